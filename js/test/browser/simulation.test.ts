import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/clients.js'
import { Gateway } from '../support/gateway.js'
import { isHubBuilt, RealHub } from '../support/real-hub.js'
import { browserRuntimes, dataOf, type PlainOptions, statusOf, type Tab } from '../support/runtimes.js'

const SEED = Number(process.env.SEED ?? 20261121)
const STEPS = Number(process.env.STEPS ?? 25)
const MOST_TABS = 5
const CHANNELS = ['a', 'b', 'c'] as const

type Channel = (typeof CHANNELS)[number]

/** What is published: its number in its channel, and in all. */
interface Said {
  channel: Channel
  number: number
  place: number
}

/** What a tab must have of a channel: everything from this number on, or exactly what came after this place. */
interface Due {
  number: number
  after?: number
}

interface Guest {
  tab: Tab
  due: Map<Channel, Due>
}

/** Even numbers below 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const ways: [string, PlainOptions][] = [
  ['a worker', {}],
  ['locks', { worker: '/dist/nothing.js' }],
  ['nothing', { share: false }],
]

describe.skipIf(!isHubBuilt).each(browserRuntimes.map(runtime => [runtime.name, runtime] as const))('a simulation in %s', (_, runtime) => {
  let hub: RealHub
  let gateway: Gateway
  let guests: Guest[] = []

  beforeAll(async () => {
    await runtime.start()
    hub = await RealHub.start('--heartbeat', '1s', '--history-size', '100000')
    gateway = await Gateway.before(() => hub.origin)
  })
  afterEach(async () => {
    for (const { tab } of guests.splice(0)) await tab.close().catch(() => {})
    await until(() => gateway.streams.size === 0)
  })
  afterAll(async () => {
    gateway?.close()
    await runtime.stop()
    await hub?.kill()
  })

  it.each(ways)('of tabs that come and go, sharing by %s, keeps every event once and in order', async (way, how) => {
    const random = seeded(SEED)
    const below = (bound: number): number => Math.floor(random() * bound)
    const pick = <T>(from: readonly T[]): T => from[below(from.length)]!
    const channelName = (channel: Channel): string => `${way.replace(' ', '-')}/${channel}`
    const log: (Said & { id: string })[] = []
    const sent = new Map<Channel, number>(CHANNELS.map(channel => [channel, 0]))
    const story: string[] = []
    let place = 0
    let isPublishing = true

    const publisher = (async () => {
      // Not from the same generator: how far this gets between two steps is not the seed's to say.
      for (let turn = 0; isPublishing; turn++) {
        const channel = CHANNELS[(turn * 7 + (turn >> 2)) % CHANNELS.length]!
        const said = { channel, number: sent.get(channel)!, place: place++ }
        sent.set(channel, said.number + 1)
        log.push({ ...said, id: await hub.publish(channelName(channel), said) })
        await pause(turn % 5)
      }
    })()

    const isOpen = (tab: Tab) => until(async () => (await statusOf(tab)) === 'open', 30_000)

    const steps: Record<string, () => Promise<void>> = {
      async open() {
        if (guests.length === MOST_TABS) return
        const channels = CHANNELS.filter(() => below(2))
        if (!channels.length) channels.push(pick(CHANNELS))
        const past = log.length ? pick([{}, { history: 1 + below(5) }, { lastEventId: pick(log).id }]) : {}
        const tab = await runtime.open()
        const guest: Guest = { tab, due: new Map() }
        guests.push(guest)
        const query = channels.map(channel => 'channel=' + channelName(channel)).join('&')
        await tab.listen(`${gateway.url}?${query}`, { ...how, ...past })
        await isOpen(tab)
        const after = log.find(({ id }) => 'lastEventId' in past && id === past.lastEventId)?.place
        for (const channel of channels) guest.due.set(channel, { number: sent.get(channel)!, after })
        story.push(`opened with ${channels} ${JSON.stringify(past)}`)
      },

      async add() {
        const guest = guests.length ? pick(guests) : undefined
        const channel = pick(CHANNELS)
        if (!guest || guest.due.has(channel)) return
        await guest.tab.run(({ client }, name) => client.subscribe(name), channelName(channel))
        guest.due.set(channel, { number: sent.get(channel)! })
        story.push(`added ${channel}`)
      },

      async close() {
        if (guests.length < 2) return
        const [guest] = guests.splice(below(guests.length), 1)
        await guest!.tab.close()
        story.push('closed')
      },

      async hangUp() {
        if (guests.length < 2) return
        const [guest] = guests.splice(below(guests.length), 1)
        await guest!.tab.run(({ client }) => client.close(), null)
        story.push('hung up')
        // The page stays for a while, and its worker with it.
        await pause(below(50))
        await guest!.tab.close()
      },

      async cut() {
        gateway.cut()
        story.push('cut')
      },

      async refuse() {
        gateway.status = pick([503, 429])
        gateway.cut()
        await pause(below(300))
        gateway.status = 0
        story.push('refused')
      },

      async online() {
        if (guests.length) await pick(guests).tab.run(() => void dispatchEvent(new Event('online')), null)
        story.push('online')
      },
    }

    const names = ['open', 'open', 'open', 'add', 'close', 'close', 'hangUp', 'cut', 'refuse', 'online']
    try {
      for (let step = 0; step < STEPS; step++) {
        await steps[pick(names)]!()
        await pause(below(60))
      }
    } finally {
      isPublishing = false
      await publisher
    }

    console.info(`${runtime.name} by ${way}, seed ${SEED}: ${log.length} events; ${story.join(', ')}`)
    for (const { tab, due } of guests) {
      const wanted = [...due].map(([channel, { number, after }]) => {
        const all = log.filter(said => said.channel === channel).map(said => said.number)
        const first = after === undefined ? number : all.length - log.filter(said => said.channel === channel && said.place > after).length
        return { channel, all, first, isExact: after !== undefined }
      })
      const heard = async (): Promise<Said[]> => (await dataOf(tab)) as Said[]
      await until(async () => {
        const got = await heard()
        return wanted.every(({ channel, all, first }) => first >= all.length || got.some(said => said.channel === channel && said.number === all.length - 1))
      }, 30_000)
      const got = await heard()
      expect(got).not.toContain('gap')
      expect(got.map(said => said.place)).toEqual([...new Set(got.map(said => said.place))].sort((a, b) => a - b))
      for (const { channel, all, first, isExact } of wanted) {
        const numbers = got.filter(said => said.channel === channel).map(said => said.number)
        const begin = Math.min(numbers[0] ?? all.length, all.length)
        expect(numbers).toEqual(all.slice(begin))
        if (isExact) expect(begin).toBe(first)
        else expect(begin).toBeLessThanOrEqual(first)
      }
    }
    if (way !== 'nothing' && guests.length) await until(() => gateway.streams.size === 1)
  }, 180_000)
})
