import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/clients.js'
import { isHubBuilt, RealHub } from '../support/real-hub.js'
import { browserRuntimes } from '../support/runtimes.js'

/** A certificate for 127.0.0.1 that nobody trusts; undefined where there is no openssl to make it. */
function certificate(): { cert: string; key: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-js-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const what = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1']
  try {
    execFileSync('openssl', ['req', ...what, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return { cert, key }
  } catch {
    console.warn('SKIPPED: the suite over HTTP/2, which makes its certificate with openssl')
    return undefined
  }
}

const files = isHubBuilt ? certificate() : undefined

describe.skipIf(!files).each(browserRuntimes.map(runtime => [runtime.name, runtime] as const))('over HTTP/2 in %s', (_, runtime) => {
  let hub: RealHub
  let script: string

  beforeAll(async () => {
    await runtime.start()
    hub = await RealHub.start('--tls-cert', files!.cert, '--tls-key', files!.key)
    const bundle = await rolldown({ input: new URL('../../src/index.ts', import.meta.url).pathname, logLevel: 'silent' })
    const { output } = await bundle.generate({ format: 'iife', name: 'millrace', codeSplitting: false })
    script = output[0].code
  })
  afterAll(async () => {
    await runtime.stop()
    await hub?.kill()
  })

  it('a page that does not share has one stream for any number of channels', async () => {
    const page = await runtime.browser.newPage()
    const origin = hub.origin.replace('http:', 'https:')
    await page.goto(origin + '/healthz')
    expect(await page.evaluate(() => (performance.getEntriesByType('navigation')[0] as any).nextHopProtocol)).toBe('h2')
    await page.evaluate(source => (window as any).eval(source + ';window.millrace = millrace'), script)
    const granted = await page.evaluate(async () => {
      const client = ((window as any).client = (window as any).millrace.connect('/events', { share: false }))
      await Promise.all(Array.from({ length: 25 }, (_, i) => client.subscribe(`c/${i}`)))
      return client.status
    })
    expect(granted).toBe('open')
    const connections = (): Promise<number> => page.evaluate(async () => (await (await fetch('/stats')).json()).totalConnections)
    expect(await connections()).toBe(1)
    const got = page.evaluate(() => new Promise(resolve => (window as any).client.on('message', resolve)))
    await until(async () => {
      await page.evaluate(() => (window as any).client.publish('c/24', { over: 'h2' }))
      return Promise.race([got, false])
    })
    expect(await got).toEqual({ over: 'h2' })
    await page.close()
  })
})
