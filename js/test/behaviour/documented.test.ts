import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/clients.js'
import { Gateway } from '../support/gateway.js'
import { isHubBuilt, RealHub } from '../support/real-hub.js'
import { browserRuntimes } from '../support/runtimes.js'

const root = new URL('../../../', import.meta.url)
const numbers = Array.from({ length: 20 }, (_, i) => i)

/** The examples of a page in a language, in the page's order. */
function examples(page: string, language: string): string[] {
  const text = readFileSync(new URL(page, root), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, code]) => code!)
}

/** Whether a tool is here, in this version or a newer one; one that isn't is named, and its examples are skipped. */
function has(tool: string, flag: string, version: [major: number, minor: number]): boolean {
  try {
    const said = execFileSync(tool, [flag], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const [, major, minor] = /(\d+)\.(\d+)/.exec(said)!
    if (+major! > version[0] || (+major! === version[0] && +minor! >= version[1])) return true
  } catch {
    // It isn't here.
  }
  console.warn(`SKIPPED: the examples for ${tool}, which is not here in version ${version.join('.')} or newer`)
  return false
}

/** A program that runs beside the test, with all that it has started; ended after the test. */
class Program {
  static readonly running = new Set<Program>()
  said = ''
  errors = ''
  readonly ended: Promise<number | null>
  readonly #pid: number

  constructor(command: string, args: string[], env: Record<string, string> = {}) {
    const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#pid = child.pid!
    child.stdout.on('data', (text: Buffer) => (this.said += text))
    child.stderr.on('data', (text: Buffer) => (this.errors += text))
    this.ended = new Promise(resolve => child.on('close', resolve))
    Program.running.add(this)
  }

  async end(): Promise<void> {
    Program.running.delete(this)
    try {
      process.kill(-this.#pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
    await this.ended
  }
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-examples-'))

describe.skipIf(!isHubBuilt)('the documented example', () => {
  let hub: RealHub
  let gateway: Gateway

  beforeAll(async () => {
    hub = await RealHub.start()
    gateway = await Gateway.before(() => hub.origin)
  })
  afterEach(async () => {
    for (const program of Program.running) await program.end()
  })
  afterAll(async () => {
    gateway?.close()
    await hub?.kill()
  })

  const at = (code: string, origin = hub.origin): string => code.replaceAll(/(http:\/\/)?localhost:8080/g, origin)

  /** Cuts the link while numbers are published; the program must print each once and in order, in such a line. */
  async function printsAll(program: Program, line: RegExp): Promise<void> {
    const printed = (): number[] => [...program.said.matchAll(line)].map(([, number]) => +number!)
    await until(() => program.said.includes('connected'), 180_000)
    for (const i of numbers) {
      if (i % 5 === 3) gateway.cut()
      await hub.publish('orders/42', i, 'count')
    }
    await until(() => printed().length >= numbers.length, 180_000)
    expect(printed()).toEqual(numbers)
    expect(program.errors).toBe('')
  }

  it.skipIf(!has('python3', '--version', [3, 9]))('of Python listens over a link that is cut, and publishes', async () => {
    const [listening, publishing] = examples('docs/clients/python.md', 'python')
    writeFileSync(join(folder, 'listen.py'), at(listening!, gateway.origin))
    writeFileSync(join(folder, 'publish.py'), at(publishing!))
    const listener = new Program('python3', ['-u', 'listen.py'])
    await printsAll(listener, /^count (\d+) /gm)
    const publisher = new Program('python3', ['publish.py'])
    expect(await publisher.ended).toBe(0)
    await until(() => listener.said.includes(`status {"state":"shipped"} ${publisher.said}`))
  }, 120_000)

  it.skipIf(!has('go', 'version', [1, 21]))('of Go listens over a link that is cut, and publishes', async () => {
    const [listening, publishing] = examples('docs/clients/go.md', 'go')
    const run = (file: string): Program => new Program('go', ['run', file], { GOTOOLCHAIN: 'local', GOFLAGS: '' })
    writeFileSync(join(folder, 'listen.go'), at(listening!, gateway.origin))
    writeFileSync(join(folder, 'publish.go'), `package main
import ("fmt"; "net/http"; "strings")
func main() {
key := "a key"
${at(publishing!)}
fmt.Println(res.Status, err)
}`)
    const listener = run('listen.go')
    await printsAll(listener, /^count (\d+) /gm)
    const publisher = run('publish.go')
    await publisher.ended
    expect(publisher.said).toBe('200 OK <nil>\n')
    await until(() => listener.said.includes('status {"state":"shipped"} '))
  }, 300_000)

  describe.skipIf(!has('curl', '--version', [7, 0]))('of curl', () => {
    const [commands, key, lines] = examples('docs/clients/curl.md', 'sh')
    const all = commands!.split('\n').map(line => line.replace(/ +#.*/, '')).filter(Boolean)
    const run = (command: string, env?: Record<string, string>): Program => new Program('sh', ['-c', at(command)], env)

    it.each(all.filter(command => command.includes('-N')))('listens: %s', async command => {
      const listener = run(command, { TOKEN: 'a-token-that-an-open-hub-ignores' })
      await until(() => listener.said.includes('event: connected'))
      const id = await hub.publish('orders/42', { state: 'shipped' }, 'status')
      await until(() => listener.said.includes(`id: ${id}\nevent: status\ndata: {"state":"shipped"}\n\n`))
    })

    it.each(all.filter(command => !command.includes('-N')))('publishes: %s', async command => {
      writeFileSync(join(folder, 'order.json'), '{\n  "state": "shipped"\n}\n')
      const publisher = run(command)
      expect(await publisher.ended).toBe(0)
      expect(JSON.parse(publisher.said)).toMatchObject({ id: expect.any(String), recipients: expect.any(Number) })
    })

    it('publishes once under one key', async () => {
      const [first, second] = [run(key!, { BUILD_ID: '7' }), run(key!, { BUILD_ID: '7' })]
      await Promise.all([first.ended, second.ended])
      expect(JSON.parse(second.said).id).toBe(JSON.parse(first.said).id)
    })

    it('publishes lines as they are made', async () => {
      writeFileSync(join(folder, 'events.ndjson'), '{"channel":"lines","event":"status","data":{"state":"shipped"}}\n')
      run(lines!)
      const history = async (): Promise<string> => await (await fetch(hub.origin + '/channels/lines/history')).text()
      await until(async () => (await history()).includes('shipped'))
    })
  })

  describe.skipIf(!browserRuntimes.length)('of EventSource', () => {
    const [runtime] = browserRuntimes
    beforeAll(() => runtime!.start())
    afterAll(() => runtime!.stop())

    it.each([
      ['README.md', 'status', ['{"state":"shipped"}']],
      ['docs/clients/eventsource.md', 'status', [{ state: 'shipped' }]],
    ])('in %s listens', async (page, event, expected) => {
      const tab = await runtime!.browser.newPage()
      await tab.goto(runtime!.pages.origin + '/')
      const code = at(examples(page, 'js').find(example => example.includes('new EventSource'))!)
      await tab.evaluate(code => {
        const global = window as any
        global.said = []
        global.render = global.console.log = (...all: unknown[]) => global.said.push(all.filter(each => !/^\w{8,}-\d+$/.test(String(each))))
        global.eval(code)
      }, code)
      const said = (): Promise<unknown[]> => tab.evaluate(() => (window as any).said)
      // The stream is there once what is published comes.
      await until(async () => (await hub.publish('orders/42', { state: 'shipped' }, event), (await said()).length))
      expect((await said())[0]).toEqual(expected)
      await tab.close()
    })
  })
})
