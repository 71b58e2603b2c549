import { EventSource as NpmEventSource } from 'eventsource'
import { createEventSource } from 'eventsource-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browsers, launch } from '../support/browsers.js'
import { until } from '../support/clients.js'
import { isHubBuilt, RealHub } from '../support/real-hub.js'

/** A client that others wrote: listens, and tells what it got as lines of event name and data. */
type Foreign = (url: string, names: string[]) => Promise<{ lines: () => Promise<string[]>; close: () => Promise<unknown> }>

const npmEventSource: Foreign = async (url, names) => {
  const lines: string[] = []
  const source = new NpmEventSource(url)
  for (const name of names) source.addEventListener(name, event => lines.push(`${name} ${event.data}`))
  return { lines: async () => lines, close: async () => source.close() }
}

const eventSourceClient: Foreign = async (url, names) => {
  const lines: string[] = []
  const onMessage = ({ event = 'message', data }: { event?: string; data: string }): void => {
    if (names.includes(event)) lines.push(`${event} ${data}`)
  }
  const source = createEventSource({ url, onMessage })
  return { lines: async () => lines, close: async () => source.close() }
}

/** The browser's own, on a page of the hub's own origin. */
const chromium: Foreign = async (url, names) => {
  const browser = await launch(browsers.find(({ name }) => name === 'chrome')!)
  const page = await browser.newPage()
  await page.goto(new URL('/healthz', url).href)
  await page.evaluate(
    (url, names) => {
      const lines: string[] = ((window as any).lines = [])
      const source = new EventSource(url)
      for (const name of names) source.addEventListener(name, event => lines.push(`${name} ${(event as MessageEvent).data}`))
    },
    url,
    names,
  )
  return { lines: () => page.evaluate(() => (window as any).lines as string[]), close: () => browser.close() }
}

const clients: [string, Foreign][] = [
  ['npm eventsource', npmEventSource],
  ['npm eventsource-client', eventSourceClient],
]
if (browsers.some(({ name }) => name === 'chrome')) clients.push(["Chromium's EventSource", chromium])

describe.skipIf(!isHubBuilt).each(clients)('%s, as it is', (_, listen) => {
  let hub: RealHub
  beforeAll(async () => {
    hub = await RealHub.start('--heartbeat', '1s')
  })
  afterAll(() => hub?.kill())

  it('gets named events and heartbeats, resumes after a hub that was killed, and is told of a gap', async () => {
    const names = ['connected', 'status', 'gap', 'heartbeat']
    const source = await listen(`${hub.url}/orders/42?heartbeat=event`, names)
    const has = (start: string) => async () => (await source.lines()).some(line => line.startsWith(start))
    await until(has('connected '))
    await hub.publish('orders/42', 'one', 'status')
    await until(has('status one'))
    await until(has('heartbeat {"time":'))

    await hub.kill()
    await hub.listen()
    await hub.publish('orders/42', 'two', 'status')
    await until(has('status two'))
    expect((await source.lines()).filter(line => line.startsWith('status'))).toEqual(['status one', 'status two'])
    expect(await has('gap')()).toBe(false)
    await source.close()

    const lost = await listen(`${hub.url}/orders/42?lastEventId=of-another-hub`, names)
    await until(async () => (await lost.lines()).filter(line => line.startsWith('status')).length === 2)
    expect((await lost.lines())[1]).toMatch(/^gap \{/)
    await lost.close()
  })
})
