import { afterEach, vi } from 'vitest'
import { type Client, type ClientOptions, connect, type HubEvent } from '../../src/index.js'

const open = new Set<Client>()
afterEach(() => {
  for (const client of open) client.close()
  open.clear()
})

/** A client that is closed after the test, with quick back-off. */
export function listen(url: string, options: ClientOptions = {}): Client {
  const client = connect(url, { retryMillis: 50, ...options })
  open.add(client)
  return client
}

/** All events and gaps that a client got, as they come. */
export function collect(source: AsyncIterable<HubEvent>): HubEvent[] {
  const events: HubEvent[] = []
  void (async () => {
    for await (const event of source) events.push(event)
  })().catch(() => {})
  return events
}

/** Polls until the condition holds. */
export function until(condition: () => unknown, timeout = 30_000): Promise<void> {
  return vi.waitFor(async () => {
    if (!(await condition())) throw new Error(`not yet: ${condition}`)
  }, { timeout, interval: 5 })
}
