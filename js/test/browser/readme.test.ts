import { readFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Page } from 'puppeteer-core'
import { rolldown } from 'rolldown'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/clients.js'
import { Gateway } from '../support/gateway.js'
import { isHubBuilt, RealHub } from '../support/real-hub.js'
import { browserRuntimes } from '../support/runtimes.js'

const home = new URL('../../', import.meta.url)
const out = new URL('test-results/', home)

/** The examples of the README, by the heading that they stand under. */
const examples = new Map<string, string[]>()
for (const section of readFileSync(new URL('README.md', home), 'utf8').split(/^#+ /m)) {
  const heading = section.split('\n', 1)[0]!
  examples.set(heading, [...section.matchAll(/^```(?:js|tsx?)\n([^]*?)^```/gm)].map(([, code]) => code!))
}

/** What an example calls, and this test looks at. */
const declared = 'declare const show: (...said: unknown[]) => void, render: typeof show;\n'

describe.skipIf(!isHubBuilt || !browserRuntimes.length)('the examples of the README', () => {
  const [runtime] = browserRuntimes
  let hub: RealHub
  let gateway: Gateway
  let page: Page | undefined

  beforeAll(async () => {
    await runtime!.start()
    hub = await RealHub.start()
    gateway = await Gateway.before(() => hub.origin)
    mkdirSync(out, { recursive: true })
  })
  afterEach(async () => {
    await page?.close()
    page = undefined
  })
  afterAll(async () => {
    gateway?.close()
    await runtime!.stop()
    await hub?.kill()
  })

  /** Opens a page of the hub's own origin that runs the example. */
  async function run(heading: string, index = 0): Promise<void> {
    const code = examples.get(heading)![index]!
    const file = new URL(`example-${heading.replace(/\W/g, '')}-${index}.tsx`, out)
    writeFileSync(file, declared + code)
    const bundle = await rolldown({ input: fileURLToPath(file), transform: { define: { 'process.env.NODE_ENV': '"production"' } }, logLevel: 'silent' })
    const script = (await bundle.generate({ format: 'esm', codeSplitting: false })).output[0].code
    gateway.answer = (path, outgoing) => {
      const body = {
        '/': `<!doctype html><div id="root"></div><button id="leave"></button><script>said = []; show = render = (...all) => said.push(all)</script><script type="module" src="/example.js"></script>`,
        '/example.js': script,
        '/token': 'a-token-that-an-open-hub-ignores',
      }[path]
      if (body === undefined) return false
      outgoing.setHeader('content-type', path === '/' ? 'text/html' : 'text/javascript')
      outgoing.end(body)
      return true
    }
    page = await runtime!.browser.newPage()
    page.on('pageerror', error => console.error(heading, error))
    await page.goto(gateway.origin + '/')
  }

  const said = (): Promise<unknown[][]> => page!.evaluate(() => (window as any).said)
  const says = (expected: unknown[]): Promise<void> =>
    until(async () => JSON.stringify(await said()).includes(JSON.stringify(expected).slice(1, -1)))
  const isListening = (channel: string): Promise<void> =>
    until(async () => {
      const response = await fetch(`${hub.origin}/channels/${encodeURI(channel)}`)
      return response.ok && (await response.json()).subscribers > 0
    })

  it('at the top', async () => {
    await run('@millrace/client')
    await isListening('orders/42')
    await hub.publish('orders/42', { state: 'shipped' }, 'status')
    await says([{ state: 'shipped' }])
  })

  it('of channels', async () => {
    await hub.publish('chat/lobby', 'earlier', 'line')
    await run('Listening', 0)
    await until(async () => JSON.stringify(await said()).includes('earlier'))
    const id = await hub.publish('chat/lobby', 'now', 'line')
    await says([id, 'now'])
    await hub.publish('orders/7', { state: 'packed' }, 'status')
    await says(['orders/7', { state: 'packed' }])
    await fetch(hub.origin + '/broadcast', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ event: 'news', data: 'sunshine' }),
    })
    await says(['to all', 'sunshine'])
    await page!.click('#leave')
    await until(async () => (await (await fetch(hub.origin + '/channels/chat/lobby')).json()).subscribers === 0)
  })

  it('of a loop', async () => {
    await run('Listening', 1)
    await isListening('orders/42')
    const id = await hub.publish('orders/42', { state: 'delivered' }, 'status')
    await says(['status', { state: 'delivered' }, id])
  })

  it('of types', async () => {
    await run('Listening', 2)
    await isListening('cursors')
    await hub.publish('orders/42', { state: 'packed' }, 'status')
    await hub.publish('cursors', [1, 2], 'moved')
    await says(['PACKED'])
    await says([3])
  })

  it('of publishing', async () => {
    await run('Publishing')
    await until(async () => (await said()).length === 1)
    const { events } = await (await fetch(hub.origin + '/channels/chat/lobby/history')).json()
    expect(events.at(-1)).toMatchObject({ id: (await said())[0]![0], event: 'line', data: '{"from":"ann","text":"hello"}' })
  })

  it('of tokens', async () => {
    await run('Tokens')
    await isListening('user:ann')
    await hub.publish('user:ann', { text: 'hi' }, 'notice')
    await says([{ text: 'hi' }])
  })

  it('of what happens', async () => {
    await run('When something happens')
    await says(['closed'])
  })

  it('of React', async () => {
    await run('React')
    await isListening('orders/42')
    await hub.publish('orders/42', { state: 'shipped' }, 'status')
    await hub.publish('chat/lobby', 'hello', 'line')
    await until(() => page!.$eval('#root', root => root.textContent).then(text => text === 'open: shipped hello'))
  })

  it('of TypeScript, as the compiler sees them', async () => {
    writeFileSync(new URL('tsconfig.json', out), JSON.stringify({ extends: '../tsconfig.json', include: ['typed-*.tsx'] }))
    for (const [heading, index] of [['Listening', 2], ['React', 0]] as const) {
      writeFileSync(new URL(`typed-${heading}.tsx`, out), declared + examples.get(heading)![index])
    }
    const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', home))
    const said = await new Promise(resolve => execFile(process.execPath, [tsc, '-p', fileURLToPath(out)], (_, stdout) => resolve(stdout)))
    expect(said).toBe('')
  }, 120_000)

  it('of Node', async () => {
    const file = new URL('example-node.mjs', out)
    writeFileSync(file, examples.get('Node')![0]!.replace('http://localhost:8080', hub.origin))
    const ended = new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [fileURLToPath(file)], (error, stdout) => (error ? reject(error) : resolve(stdout)))
    })
    await isListening('orders/42')
    await hub.publish('orders/42', { state: 'shipped' })
    expect(await ended).toBe("{ state: 'shipped' }\n")
  })
})
