import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/clients.js'
import { Gateway } from '../support/gateway.js'
import { isHubBuilt, RealHub, token } from '../support/real-hub.js'
import { browserRuntimes, dataOf, type PlainOptions, statusOf, type Tab } from '../support/runtimes.js'

const secret = '0123456789abcdef0123456789abcdef'
const numbers = (to: number): number[] => Array.from({ length: to }, (_, i) => i)

/** How tabs share: through the worker, or by turns where the worker's file can't be had. */
const ways = [
  ['a worker', {}],
  ['locks', { worker: '/dist/nothing.js' }],
] as const

describe.skipIf(!isHubBuilt).each(browserRuntimes.map(runtime => [runtime.name, runtime] as const))('tabs of %s', (_, runtime) => {
  let hub: RealHub
  let gateway: Gateway
  const tabs: Tab[] = []

  async function open(url: string, options: PlainOptions = {}): Promise<Tab> {
    const tab = await runtime.open()
    tabs.push(tab)
    await tab.listen(url, options)
    await until(async () => (await statusOf(tab)) === 'open')
    return tab
  }
  const gets = async (tab: Tab, expected: unknown[]): Promise<void> => {
    await until(async () => (await dataOf(tab)).length >= expected.length)
    expect(await dataOf(tab)).toEqual(expected)
  }

  /** Keeps such requests back until what it returns is called. */
  function holds(matches: (path: string) => boolean): { (): void; isHolding: boolean } {
    let release!: () => void
    const released = new Promise<void>(resolve => (release = resolve))
    const held = Object.assign(() => {
      gateway.hold = () => undefined
      release()
    }, { isHolding: false })
    gateway.hold = path => {
      if (!matches(path)) return undefined
      held.isHolding = true
      return released
    }
    return held
  }

  beforeAll(async () => {
    await runtime.start()
    hub = await RealHub.start('--heartbeat', '1s')
    gateway = await Gateway.before(() => hub.origin)
  })
  afterEach(async () => {
    for (const tab of tabs.splice(0)) await tab.close().catch(() => {})
    await until(() => gateway.streams.size === 0)
  })
  afterAll(async () => {
    gateway?.close()
    await runtime.stop()
    await hub?.kill()
  })

  describe.each(ways)('by %s', (way, how) => {
    const name = (channel: string): string => `${channel}/${way.replace(' ', '-')}`

    it('hold one connection between three, and each gets its own', async () => {
      const three = [await open(gateway.url, how), await open(gateway.url, how), await open(gateway.url, how)]
      for (const [i, tab] of three.entries()) {
        await tab.run(({ client }, channels) => Promise.all(channels.map(channel => client.subscribe(channel))), [name('all'), name(`own${i}`)])
      }
      expect(await hub.connections()).toBe(1)
      await hub.publish(name('all'), 'all')
      for (const i of [0, 1, 2]) await hub.publish(name(`own${i}`), i)
      for (const [i, tab] of three.entries()) await gets(tab, ['all', i])
    })

    it('go on without loss or double when the leading one is closed, within a second', { retry: 4 }, async () => {
      const url = `${gateway.url}/${name('lead')}/${Date.now()}`
      const channel = url.slice(gateway.url.length + 1)
      const [leader, ...others] = [await open(url, how), await open(url, how), await open(url, how)]
      let isPublishing = true
      let published = 0
      const publisher = (async () => {
        while (isPublishing) await hub.publish(channel, published++)
      })()
      await until(() => published > 50)
      const asked = gateway.asked
      const from = performance.now()
      await leader!.close()
      if (way === 'locks') await until(() => gateway.asked > asked && gateway.streams.size)
      const reached = published
      await until(async () => (await dataOf(others[0]!)).length > reached + 1)
      const took = performance.now() - from
      isPublishing = false
      await publisher
      for (const tab of others) await gets(tab, numbers(published))
      // The worker lives on, and with it the stream; by locks another tab opens one.
      expect(gateway.asked - asked).toBe(way === 'locks' ? 1 : 0)
      expect(await hub.connections()).toBe(1)
      expect(took).toBeLessThan(1000)
    })

    it('let go of what only a closed tab wanted', async () => {
      await open(gateway.url, how)
      const other = await open(gateway.url, how)
      await other.run(({ client }, channel) => client.subscribe(channel), name('left'))
      const listeners = async (): Promise<number> => (await (await fetch(`${hub.origin}/channels/${name('left')}`)).json()).subscribers
      await hub.publish(name('left'), 0)
      expect(await listeners()).toBe(1)
      await other.close()
      await until(async () => (await listeners()) === 0)
    })

    it('come back together when the hub was killed', async () => {
      const channel = name('killed')
      const both = [await open(hub.url + '/' + channel, how), await open(hub.url + '/' + channel, how)]
      await hub.publish(channel, 'before')
      await hub.kill()
      await hub.listen()
      await hub.publish(channel, 'after')
      for (const tab of both) await gets(tab, ['before', 'after'])
      expect(await hub.connections()).toBe(1)
    })

    it('give a late one the past that it asks for, in one order with the present', async () => {
      const channel = name('past')
      const url = gateway.url + '/' + channel
      const first = await open(url, how)
      for (const i of numbers(5)) await hub.publish(channel, i)
      await gets(first, numbers(5))
      const position = await first.run(({ events }) => events[1]!.id!, null)
      const second = await open(url, { ...how, lastEventId: position })
      const third = await open(url, { ...how, history: 1 })
      await hub.publish(channel, 5)
      await gets(second, [2, 3, 4, 5])
      await gets(third, [4, 5])
      await until(() => gateway.streams.size === 1)
      await hub.publish(channel, 6)
      await gets(second, [2, 3, 4, 5, 6])
      await gets(third, [4, 5, 6])
      await gets(first, numbers(7))
    })

    it('are open only once the past that they ask for is on its way', async () => {
      const channel = name('held')
      const url = gateway.url + '/' + channel
      const first = await open(url, how)
      await hub.publish(channel, 0)
      await gets(first, [0])
      const release = holds(path => path.includes('history=1'))
      const second = await runtime.open()
      tabs.push(second)
      await second.listen(url, { ...how, history: 1 })
      await until(() => release.isHolding)
      await hub.publish(channel, 1)
      await gets(first, [0, 1])
      expect(await statusOf(second)).toBe('connecting')
      release()
      await until(async () => (await statusOf(second)) === 'open')
      await hub.publish(channel, 2)
      await gets(second, [1, 2])
    })

    it('lose nothing of a channel that comes late to the stream they share', async () => {
      const [old, fresh] = [name('old'), name('fresh')]
      const first = await open(`${gateway.url}/${old}`, how)
      await hub.publish(fresh, 'f0')
      const release = holds(path => path.startsWith('/subscribe'))
      const second = await open(`${gateway.url}?channel=${old}&channel=${fresh}`, { ...how, history: 1 })
      await until(() => release.isHolding)
      await gets(second, ['f0'])
      // Both streams show this one, and yet it is no seam: what follows in the other channel comes by one alone.
      await hub.publish(old, 'o1')
      await gets(first, ['o1'])
      await hub.publish(fresh, 'f2')
      await gets(second, ['f0', 'o1', 'f2'])
      // Nor is the heartbeat of the own stream a sign that the shared one will do.
      await second.run(({ client }) => new Promise<void>(resolve => client.on('heartbeat', () => resolve())), null)
      await hub.publish(fresh, 'f3')
      await gets(second, ['f0', 'o1', 'f2', 'f3'])
      release()
      await until(() => gateway.streams.size === 1)
      await hub.publish(fresh, 'f4')
      await gets(second, ['f0', 'o1', 'f2', 'f3', 'f4'])
      await gets(first, ['o1'])
    })

    it('show once what is not kept, while they catch up', async () => {
      const channel = name('typing')
      const url = gateway.url + '/' + channel
      await open(url, how)
      const second = await open(url, { ...how, lastEventId: 'earliest' })
      await second.run(({ client }, channel) => client.publish(channel, 'typing', { keep: false }), channel)
      await until(() => gateway.streams.size === 1)
      await hub.publish(channel, 'done')
      await gets(second, ['typing', 'done'])
    })

    it('give the first one the past that it asks for', async () => {
      const channel = name('history')
      for (const i of numbers(5)) await hub.publish(channel, i)
      const first = await open(gateway.url + '/' + channel, { ...how, history: 2 })
      await gets(first, [3, 4])
      expect(gateway.streams.size).toBe(1)
    })

    it('wait no longer when the network is back', async () => {
      const tab = await open(gateway.url, { ...how, retryMillis: 60_000 })
      const asked = gateway.asked
      await tab.run(() => void dispatchEvent(new Event('online')), null)
      await until(() => gateway.asked === asked + 1 && gateway.streams.size === 1)
      await until(async () => (await statusOf(tab)) === 'open')
    })

    it('keep to themselves what a refused channel is', async () => {
      const good = await open(gateway.url, how)
      const bad = await open(gateway.url, how)
      const refused = await bad.run(({ client }) => client.subscribe('$no').catch(({ status }) => status), null)
      expect(refused).toBe(400)
      expect(await statusOf(good)).toBe('open')
      expect(await statusOf(bad)).toBe('open')
    })
  })

  it.skipIf(runtime.name !== 'chrome')('go on by turns when the worker is killed', async () => {
    const url = gateway.url + '/worker-killed'
    const both = [await open(url), await open(url)]
    let isPublishing = true
    let published = 0
    const publisher = (async () => {
      while (isPublishing) await hub.publish('worker-killed', published++)
    })()
    const asked = gateway.asked
    const worker = runtime.browser.targets().find(target => target.type() === 'shared_worker')!
    await (await worker.worker())!.close()
    await until(() => gateway.asked > asked && gateway.streams.size === 1)
    isPublishing = false
    await publisher
    for (const tab of both) await gets(tab, numbers(published))
  })

  it('of two users do not share', async () => {
    const guarded = await RealHub.start('--jwt-secret', secret)
    for (const user of ['ann', 'bob']) {
      runtime.pages.scripts.set(`/token/${user}`, token(secret, { sub: user, millrace: { subscribe: ['a'] } }))
    }
    const anns = [await runtime.open(), await runtime.open()]
    const bob = await runtime.open()
    tabs.push(...anns, bob)
    for (const tab of anns) await tab.listen(guarded.url + '/user:ann', { tokenUrl: '/token/ann' })
    await bob.listen(guarded.url + '/user:bob', { tokenUrl: '/token/bob' })
    for (const tab of [...anns, bob]) await until(async () => (await statusOf(tab)) === 'open')
    const admin = { authorization: 'Bearer ' + token(secret, { sub: 'op', millrace: { publish: ['*'], admin: true } }) }
    const stats = await (await fetch(guarded.origin + '/stats', { headers: admin })).json()
    expect(stats.totalConnections).toBe(2)
    await fetch(guarded.url + '/user:ann', { method: 'POST', body: 'hello ann', headers: admin })
    for (const tab of anns) await gets(tab, ['hello ann'])
    expect(await dataOf(bob)).toEqual([])
    await guarded.kill()
  })

  it('without sharing spread many channels over at most four connections', async () => {
    const tab = await open(gateway.url, { share: false })
    await tab.run(({ client }) => Promise.all(Array.from({ length: 45 }, (_, i) => client.subscribe(`pool/${i}`))), null)
    expect(gateway.streams.size).toBe(4)
    for (const i of numbers(45)) await hub.publish(`pool/${i}`, i)
    await until(async () => (await dataOf(tab)).length === 45)
    expect((await dataOf(tab)).sort((a, b) => +a! - +b!)).toEqual(numbers(45))
  })

  it('have a stream of their own where the browser keeps locks from them', async () => {
    const tab = (await runtime.open()) as Tab & { page: import('puppeteer-core').Page }
    tabs.push(tab)
    // As in a frame that is sandboxed.
    await tab.page.evaluate(() => {
      navigator.locks.request = () => Promise.reject(new DOMException('denied', 'SecurityError'))
    })
    await tab.listen(gateway.url + '/no-locks')
    await until(async () => (await statusOf(tab)) === 'open')
    await hub.publish('no-locks', 1)
    await gets(tab, [1])
  })

  it('need no more than the core: one connection does it, too', async () => {
    runtime.pages.missing.add('/dist/share.js').add('/dist/pool.js')
    const tab = await open(gateway.url + '/core')
    runtime.pages.missing.clear()
    await hub.publish('core', 1)
    await gets(tab, [1])
  })

  it('look at once whether there is a hub, when the page is looked at again', async () => {
    const tab = await open(gateway.url, { share: false })
    gateway.status = 503
    gateway.cut()
    await until(async () => (await statusOf(tab)) === 'waiting')
    // Each look ends one wait, so that the hub is asked far sooner than the back-off would.
    const asked = gateway.asked
    const look = (): Promise<void> => tab.run(() => void document.dispatchEvent(new Event('visibilitychange')), null)
    for (const more of [1, 2, 3, 4, 5, 6, 7, 8]) {
      await until(async () => (await look(), gateway.asked >= asked + more))
    }
    gateway.status = 0
    await until(async () => (await look(), (await statusOf(tab)) === 'open'))
  })

  it('need none of this: native EventSource listens, resumes and hears of gaps', async () => {
    const page = (await runtime.open()) as Tab & { page: import('puppeteer-core').Page }
    tabs.push(page)
    await page.page.evaluate(url => {
      const got: unknown[] = ((window as any).got = [])
      const source = ((window as any).source = new EventSource(url))
      source.onmessage = ({ data, lastEventId }) => got.push([data, lastEventId])
      source.addEventListener('status', ({ data }) => got.push(['status', data]))
      source.addEventListener('connected', ({ data }) => got.push(['connected', JSON.parse(data).resumed]))
    }, gateway.url + '/native')
    const got = (): Promise<unknown[][]> => page.page.evaluate(() => (window as any).got)
    await until(async () => (await got()).length === 1)
    const id = await hub.publish('native', 'one')
    await hub.publish('native', { state: 'shipped' }, 'status')
    await until(async () => (await got()).length === 3)
    gateway.cut()
    await hub.publish('native', 'meanwhile')
    await until(async () => (await got()).length === 5, 60_000)
    expect(await got()).toEqual([
      ['connected', null],
      ['one', id],
      ['status', '{"state":"shipped"}'],
      ['connected', true],
      ['meanwhile', expect.any(String)],
    ])
  }, 120_000)
})
