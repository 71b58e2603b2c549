import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../support/clients.js'
import { Gateway } from '../support/gateway.js'
import { isHubBuilt, RealHub, token } from '../support/real-hub.js'
import { dataOf, runtimes, statusOf, type Tab } from '../support/runtimes.js'

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe.skipIf(!isHubBuilt).each(runtimes.map(runtime => [runtime.name, runtime] as const))('against the real hub, in %s', (_, runtime) => {
  let hub: RealHub
  let gateway: Gateway
  let tab: Tab

  beforeAll(async () => {
    await runtime.start()
    hub = await RealHub.start('--heartbeat', '1s', '--history-size', '50')
    gateway = await Gateway.before(() => hub.origin)
  })
  afterAll(async () => {
    gateway?.close()
    await runtime.stop()
    await hub?.kill()
  })
  beforeEach(async () => void (tab = await runtime.open()))
  afterEach(() => tab.close())

  const isOpen = async (): Promise<boolean> => (await statusOf(tab)) === 'open'
  const gets = (expected: unknown[], timeout = 30_000): Promise<void> =>
    until(async () => (await dataOf(tab)).length >= expected.length, timeout).then(async () => expect(await dataOf(tab)).toEqual(expected))

  it('hands out JSON and text under their names', async () => {
    await tab.listen(hub.url + '/names')
    await until(isOpen)
    const id = await hub.publish('names', { state: 'shipped' }, 'status')
    await hub.publish('names', 'plain\ntext')
    await gets([{ state: 'shipped' }, 'plain\ntext'])
    expect(await tab.run(({ events }) => events, null)).toEqual([
      { type: 'status', data: { state: 'shipped' }, id, channel: 'names' },
      { type: 'message', data: 'plain\ntext', id: expect.any(String), channel: 'names' },
    ])
  })

  it('survives a hub that is killed and away for 5 s', async () => {
    await tab.listen(hub.url + '/killed')
    await until(isOpen)
    for (const i of numbers(0, 20)) await hub.publish('killed', i)
    await hub.kill()
    await pause(5000)
    await hub.listen()
    for (const i of numbers(20, 40)) await hub.publish('killed', i)
    await gets(numbers(0, 40), 60_000)
  }, 120_000)

  it('survives phases of 503, 429 and cuts, without loss', async () => {
    await tab.listen(gateway.url + '/phases')
    await until(isOpen)
    const expected: number[] = []
    const publish = async (): Promise<void> => {
      expected.push(expected.length)
      await hub.publish('phases', expected.length - 1)
    }
    for (const status of [503, 429, 0]) {
      await publish()
      gateway.status = status
      gateway.cut()
      const asked = gateway.asked
      await publish()
      await until(() => gateway.asked >= asked + (status ? 2 : 1), 60_000)
      gateway.status = 0
      await publish()
      await gets(expected, 60_000)
    }
  }, 120_000)

  it('gives up a link that is mute, and loses nothing', async () => {
    await tab.listen(gateway.url + '/mute', { silenceMillis: 2500 })
    await until(isOpen)
    gateway.mute()
    await hub.publish('mute', 1)
    await gets([1])
    expect(await tab.run(({ statuses }) => statuses, null)).toContain('waiting')
  }, 120_000)

  it('tells of a gap, then goes on with what is left', async () => {
    await tab.listen(gateway.url + '/gap')
    await until(isOpen)
    gateway.status = 503
    gateway.cut()
    for (const i of numbers(0, 60)) await hub.publish('gap', i)
    gateway.status = 0
    await gets(['gap', ...numbers(10, 60)])
  }, 120_000)

  it('comes and goes from channels on the live stream', async () => {
    await tab.listen(gateway.url)
    await until(isOpen)
    const asked = gateway.asked
    await tab.run(({ client }) => client.subscribe('live/*'), null)
    await hub.publish('live/1', 1)
    await gets([1])
    await tab.run(({ client }) => client.unsubscribe('live/*'), null)
    await until(async () => (await (await fetch(hub.origin + '/channels/live/1')).json()).subscribers === 0)
    await hub.publish('live/1', 2)
    await tab.run(({ client }) => client.subscribe('live/2'), null)
    await hub.publish('live/2', 3)
    await gets([1, 3])
    expect(gateway.asked).toBe(asked)
  })

  it('publishes, once under one key', async () => {
    await tab.listen(hub.url + '/published/a%2Bb')
    await until(isOpen)
    const publish = ({ client }: { client: import('../../src/index.js').Client }) =>
      client.publish('published/a+b', { x: 1 }, { event: 'put', idempotencyKey: 'the key' })
    const [first, second] = [await tab.run(publish, null), await tab.run(publish, null)]
    expect(first.id).toBe(second.id)
    expect(first.recipients).toBe(1)
    await tab.run(({ client }) => client.publish('published/a+b', 'typing', { keep: false }), null)
    await gets([{ x: 1 }, 'typing'])
  })

  it('says what the hub refuses', async () => {
    await tab.listen(hub.url)
    await until(isOpen)
    const refusal = await tab.run(({ client }) => client.subscribe('$forbidden').catch(({ status, channel, message }) => ({ status, channel, message })), null)
    expect(refusal).toEqual({ status: 400, channel: '$forbidden', message: expect.stringMatching(/.{10}/) })
    expect(await statusOf(tab)).toBe('open')
  })
})

describe.skipIf(!isHubBuilt).each(runtimes.map(runtime => [runtime.name, runtime] as const))('with tokens, in %s', (_, runtime) => {
  const secret = '0123456789abcdef0123456789abcdef'
  let hub: RealHub
  let issuer: Gateway
  let issued = 0
  let millis = 3_600_000

  beforeAll(async () => {
    await runtime.start()
    hub = await RealHub.start('--jwt-secret', secret)
    issuer = await Gateway.before(() => hub.origin)
    issuer.answer = (path, outgoing) => {
      if (path !== '/token') return false
      issued++
      const claims = { sub: 'ann', exp: Math.floor((Date.now() + millis) / 1000), jti: `${issued}`, millrace: { subscribe: ['a', 'b'], publish: ['a'] } }
      outgoing.writeHead(200, { 'access-control-allow-origin': '*' }).end(token(secret, claims))
      return true
    }
  })
  afterAll(async () => {
    issuer?.close()
    await runtime.stop()
    await hub?.kill()
  })

  it('keeps the stream over the end of its first token', async () => {
    millis = 8000
    const tab = await runtime.open()
    await tab.listen(hub.url + '/a', { tokenUrl: issuer.origin + '/token' })
    await until(async () => (await statusOf(tab)) === 'open')
    const [before, expiry] = [issued, Date.now() + millis]
    await until(() => issued > before && Date.now() > expiry + 1000)
    await tab.run(({ client }) => client.publish('a', 'still here'), null)
    await until(async () => (await dataOf(tab)).includes('still here'))
    expect(await tab.run(({ statuses }) => statuses, null)).toEqual(['open'])
    await tab.close()
  }, 120_000)

  it('loses a channel that is not granted, and no other', async () => {
    millis = 3_600_000
    const tab = await runtime.open()
    await tab.listen(hub.url + '?channel=a&channel=secret', { tokenUrl: issuer.origin + '/token' })
    await until(async () => (await statusOf(tab)) === 'open')
    await tab.run(({ client }) => client.subscribe('a'), null)
    const refusal = await tab.run(({ client }) => client.subscribe('secret').catch(({ status }) => status), null)
    expect(refusal).toBe(403)
    await tab.run(({ client }) => client.publish('a', 'granted'), null)
    await until(async () => (await dataOf(tab)).includes('granted'))
    await tab.close()
  })
})
