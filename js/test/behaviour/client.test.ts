import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HubError, Status } from '../../src/index.js'
import { collect, listen, until } from '../support/clients.js'
import { json, ScriptedHub } from '../support/scripted-hub.js'

let hub: ScriptedHub
beforeEach(async () => void (hub = await ScriptedHub.start()))
afterEach(() => hub.kill())

const isOpen = (client: { status: Status }) => () => client.status === 'open'

function jwt(claims: object): string {
  return ['{"alg":"none"}', JSON.stringify(claims), ''].map(part => Buffer.from(part).toString('base64url')).join('.')
}

describe('listening', () => {
  it('hands JSON data and text to the handlers of a channel, and of the client', async () => {
    const client = listen(hub.url)
    const got: unknown[] = []
    client.channel('orders/42').on('status', (data, { id, channel, type }) => got.push([data, id, channel, type]))
    client.on('message', data => got.push(data))
    await until(isOpen(client))
    const id = hub.publish('orders/42', { state: 'shipped' }, 'status')
    hub.publish('orders/42', 'plain text')
    await until(() => got.length === 2)
    expect(got).toEqual([[{ state: 'shipped' }, id, 'orders/42', 'status'], 'plain text'])
  })

  it('opens one stream for all that is asked for in one go', async () => {
    const client = listen(hub.url)
    for (const name of ['a', 'b', 'c/*']) client.channel(name).on('x', () => {})
    await until(isOpen(client))
    expect(hub.opened().map(({ url }) => url.searchParams.getAll('channel'))).toEqual([['a', 'b', 'c/*']])
    expect(hub.requests).toHaveLength(1)
  })

  it('gives each channel its own events, a pattern those that match, and broadcasts to the client alone', async () => {
    const client = listen(hub.url)
    const got: string[] = []
    client.channel('a/1').on('x', data => got.push(`a/1 ${data}`))
    client.channel('a/*').on('x', data => got.push(`a/* ${data}`))
    client.on('x', (data, { channel }) => got.push(`${channel} ${data}`))
    await until(isOpen(client))
    hub.publish('a/1', '1', 'x')
    hub.publish('a/2', '2', 'x')
    hub.publish('b', '3', 'x')
    hub.publish(null, '4', 'x')
    await until(() => got.length === 6)
    expect(got).toEqual(['a/1 1', 'a/* 1', 'a/1 1', 'a/* 2', 'a/2 2', 'null 4'])
  })

  it('takes channels from the path and the query of its URL', async () => {
    const client = listen(`${hub.url}/orders/a%20b?channel=c&channels=d,e&x=1`)
    await until(isOpen(client))
    const { url } = hub.opened()[0]!
    expect(url.pathname).toBe('/events')
    expect(url.searchParams.getAll('channel')).toEqual(['orders/a b', 'c', 'd', 'e'])
    expect(url.searchParams.get('x')).toBe('1')
  })

  it('refuses a URL that is no hub address', () => {
    expect(() => listen(hub.origin + '/stream')).toThrow('url must end in /events')
  })

  it('stays silent on the server of a page, where a relative URL leads nowhere', () => {
    expect(listen('/events').status).toBe('closed')
  })

  it('replays history first when asked', async () => {
    for (let i = 0; i < 5; i++) hub.publish('a', i)
    const got = collect(listen(hub.url + '/a', { history: 2 }))
    await until(() => got.length === 2)
    expect(got.map(({ data }) => data)).toEqual([3, 4])
  })

  it('is iterable, client and channel, until it is closed', async () => {
    const client = listen(hub.url)
    const data: unknown[] = []
    const done = (async () => {
      for await (const event of client.channel('a')) data.push(event.data)
    })()
    await until(isOpen(client))
    hub.publish('a', 1)
    hub.publish('a', 2)
    await until(() => data.length === 2)
    client.close()
    await done
    expect(data).toEqual([1, 2])
  })

  it('leaves a channel when its iterator ends', async () => {
    const client = listen(hub.url)
    await until(isOpen(client))
    const first = (async () => {
      for await (const { data } of client.channel('a')) return data
    })()
    await until(() => [...hub.listeners][0]?.channels.includes('a'))
    hub.publish('a', 'one')
    expect(await first).toBe('one')
    await until(() => ![...hub.listeners][0]?.channels.includes('a'))
  })

  it('announces a gap to an iterator that fell too far behind', async () => {
    const client = listen(hub.url + '/a')
    const iterator = client[Symbol.asyncIterator]()
    const first = iterator.next()
    await until(isOpen(client))
    hub.publish('a', 0)
    await first
    for (let i = 1; i <= 10_001; i++) hub.publish('a', i)
    await until(() => client.lastEventId === 'e1-10002')
    expect((await iterator.next()).value).toMatchObject({ type: 'gap', data: { after: 'e1-1', resumedAt: 'e1-10001' } })
    expect((await iterator.next()).value).toMatchObject({ data: 10_001 })
  })

  it('lets no handler harm another', async () => {
    const uncaught: unknown[] = []
    const before = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', error => uncaught.push(error))
    const client = listen(hub.url + '/a')
    const got: unknown[] = []
    client.on('message', () => {
      throw new Error('mine')
    })
    client.on('message', data => got.push(data))
    await until(isOpen(client))
    hub.publish('a', 1)
    hub.publish('a', 2)
    await until(() => got.length === 2 && uncaught.length === 2)
    process.removeAllListeners('unhandledRejection')
    for (const listener of before) process.on('unhandledRejection', listener)
  })

  it('tells its status, and its end by a signal', async () => {
    const controller = new AbortController()
    const client = listen(hub.url, { signal: controller.signal })
    const seen: Status[] = []
    client.onStatus(status => seen.push(status))
    await until(isOpen(client))
    hub.cut()
    await until(() => seen.length >= 4)
    await until(isOpen(client))
    controller.abort()
    expect(seen).toEqual(['open', 'waiting', 'connecting', 'open', 'closed'])
    await until(() => hub.listeners.size === 0)
    expect(hub.opened()).toHaveLength(2)
  })
})

describe('coming back', () => {
  it('resumes after the last id, without loss or double', async () => {
    const client = listen(hub.url + '/a')
    const got = collect(client)
    await until(isOpen(client))
    for (let i = 0; i < 50; i++) {
      hub.publish('a', i)
      if (i % 10 === 5) hub.cut()
      await until(() => hub.listeners.size || i % 3)
    }
    await until(() => got.length >= 50)
    expect(got.map(({ data }) => data)).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect(client.lastEventId).toBe('e1-50')
  })

  it('resumes after the place where it connected, when nothing came yet', async () => {
    hub.publish('a', 'before')
    const client = listen(hub.url + '/a')
    const got = collect(client)
    await until(isOpen(client))
    hub.cut()
    hub.publish('a', 'meanwhile')
    await until(() => got.length)
    expect(got.map(({ data }) => data)).toEqual(['meanwhile'])
  })

  it('survives a hub that is gone for a while, and 503 and 429 phases', async () => {
    const client = listen(hub.url + '/a')
    const got = collect(client)
    await until(isOpen(client))
    hub.publish('a', 0)
    await until(() => got.length === 1)
    await hub.kill()
    for (const status of [503, 429]) {
      hub.publish('a', status)
      let answers = 0
      hub.intercept = (_, response) => {
        json(response, status, { status, detail: 'come back later' })
        return !!++answers
      }
      if (status === 503) await hub.listen()
      await until(() => answers >= 2)
    }
    hub.intercept = () => false
    await until(() => got.length === 3)
    expect(got.map(({ data }) => data)).toEqual([0, 503, 429])
  })

  it('waits as long as Retry-After says', async () => {
    hub.intercept = (_, response) => {
      hub.intercept = () => false
      json(response, 503, {}, { 'retry-after': '1' })
      return true
    }
    const client = listen(hub.url)
    await until(isOpen(client))
    const [first, second] = hub.opened()
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(990)
  })

  it('waits the very retry of a hub that closes on purpose', async () => {
    const client = listen(hub.url)
    await until(isOpen(client))
    hub.tell('closing', { reason: 'draining' }, 'retry: 700\n')
    const from = performance.now()
    hub.end()
    await until(() => hub.opened().length === 2)
    expect(hub.opened()[1]!.at - from).toBeGreaterThanOrEqual(650)
  })

  it('keeps its client id over reconnects, so that it takes its own place', async () => {
    const client = listen(hub.url)
    await until(isOpen(client))
    hub.cut()
    await until(() => hub.opened().length === 2)
    expect(new Set(hub.opened().map(({ url }) => url.searchParams.get('clientId'))).size).toBe(1)
  })

  it('gives up a connection that is silent for too long', async () => {
    hub.heartbeatMillis = 60_000
    const client = listen(hub.url + '/a', { silenceMillis: 300 })
    const errors: HubError[] = []
    client.on('error', error => errors.push(error))
    await until(() => hub.opened().length === 2)
    expect(errors[0]).toMatchObject({ message: expect.stringContaining('silent'), final: false })
  })

  it('is content with heartbeats', async () => {
    hub.heartbeatMillis = 100
    const client = listen(hub.url, { silenceMillis: 300 })
    let beats = 0
    client.on('heartbeat', () => beats++)
    await until(() => beats === 6)
    expect(hub.opened()).toHaveLength(1)
  })

  it('stops at 204, without an error', async () => {
    hub.intercept = (_, response) => !!response.writeHead(204).end()
    const client = listen(hub.url)
    const errors: unknown[] = []
    client.on('error', error => errors.push(error))
    await until(() => client.status === 'closed')
    expect(errors).toEqual([])
    expect(hub.requests).toHaveLength(1)
  })

  it('comes back from something that is no stream', async () => {
    hub.intercept = (_, response) => {
      hub.intercept = () => false
      return !!response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in to the airport</h1>')
    }
    const client = listen(hub.url)
    await until(isOpen(client))
  })

  it('passes gaps on, to the client and to the channel', async () => {
    hub.retained = 2
    const client = listen(hub.url + '/a')
    const gaps: unknown[] = []
    client.on('gap', gap => gaps.push(gap))
    client.channel('a').on('gap', gap => gaps.push(gap))
    const got = collect(client)
    await until(isOpen(client))
    hub.cut()
    for (let i = 0; i < 4; i++) hub.publish('a', i)
    await until(() => got.length === 3)
    expect(gaps).toEqual(Array(2).fill({ channel: 'a', after: 'e1-0', resumedAt: 'e1-2' }))
    expect(got.map(({ type, data }) => (type === 'gap' ? type : data))).toEqual(['gap', 2, 3])
  })

  it('hands out an event once, though it comes twice', async () => {
    const client = listen(hub.url + '/a')
    const got = collect(client)
    await until(isOpen(client))
    for (const data of [1, 1, 2]) hub.tell('x', { channel: 'a', event: 'x', data }, `id: e1-${data}\n`)
    await until(() => got.length === 2)
    expect(got.map(({ data }) => data)).toEqual([1, 2])
  })
})

describe('channels of a live stream', () => {
  it('come and go without a reconnect', async () => {
    const client = listen(hub.url)
    const got = collect(client)
    await until(isOpen(client))
    await client.subscribe('a')
    hub.publish('a', 1)
    const remove = client.channel('b').on('message', () => {})
    await until(() => [...hub.listeners][0]!.channels.includes('b'))
    hub.publish('b', 2)
    client.unsubscribe('a')
    remove()
    await until(() => ![...hub.listeners][0]!.channels.length)
    hub.publish('a', 3)
    await client.subscribe('c')
    hub.publish('c', 4)
    await until(() => got.length === 3)
    expect(got.map(({ data }) => data)).toEqual([1, 2, 4])
    expect(hub.opened()).toHaveLength(1)
  })

  it('are asked for again by a reconnect, and those that were left are not', async () => {
    const client = listen(hub.url)
    await client.subscribe('a')
    await client.subscribe('b')
    client.unsubscribe('a')
    await until(() => [...hub.listeners][0]?.channels.join() === 'b')
    hub.cut()
    await until(() => hub.opened().length === 2)
    expect(hub.opened()[1]!.url.searchParams.getAll('channel')).toEqual(['b'])
  })

  it('are asked for again when asking failed', async () => {
    const client = listen(hub.url)
    await until(isOpen(client))
    let refused = 0
    hub.intercept = ({ url }, response) => {
      if (url.pathname !== '/subscribe' || refused++) return false
      json(response, 503, {})
      return true
    }
    await client.subscribe('a')
    expect(refused).toBe(2)
  })

  it('are asked for again when the hub takes them away', async () => {
    const client = listen(hub.url + '/a')
    await until(isOpen(client))
    hub.tell('unsubscribed', { channel: 'a' })
    await until(() => hub.requests.some(({ url }) => url.pathname === '/subscribe'))
    expect(hub.opened()).toHaveLength(1)
  })

  it('count as granted when the stream says so, not when the answer does', async () => {
    const client = listen(hub.url)
    await until(isOpen(client))
    const [listener] = hub.listeners
    hub.intercept = ({ url }, response) => {
      if (url.pathname !== '/subscribe') return false
      json(response, 200, { success: true, channels: ['a'] })
      return true
    }
    let isGranted = false
    const granted = client.subscribe('a').then(() => (isGranted = true))
    await until(() => hub.requests.some(({ url }) => url.pathname === '/subscribe'))
    const beat = new Promise<void>(resolve => client.on('heartbeat', () => resolve()))
    hub.tell('heartbeat', { time: 1 })
    await beat
    expect(isGranted).toBe(false)
    listener!.channels.push('a')
    hub.tell('subscribed', { channel: 'a' })
    await granted
  })

  it('that are forbidden fail alone', async () => {
    hub.intercept = ({ url }, response) => {
      if (url.pathname !== '/subscribe') return false
      json(response, 403, { detail: 'this token does not grant the channel' })
      return true
    }
    const client = listen(hub.url)
    const errors: HubError[] = []
    client.on('error', error => errors.push(error))
    await until(isOpen(client))
    await expect(client.subscribe('secret')).rejects.toMatchObject({ status: 403, channel: 'secret', final: true })
    expect(errors[0]!.message).toBe('this token does not grant the channel')
    expect(client.status).toBe('open')
  })

  it('that are forbidden from the begin on do not cost the others', async () => {
    hub.intercept = ({ url, method }, response) => {
      const refused = method === 'GET' ? url.searchParams.getAll('channel').includes('secret') : hub.opened().length < 2
      if (refused) json(response, 403, { detail: 'no' })
      return refused
    }
    const client = listen(hub.url)
    const good = client.subscribe('good')
    await good
    expect(client.status).toBe('open')
    expect([...hub.listeners][0]!.channels).toEqual(['good'])
  })
})

describe('tokens', () => {
  it('are asked for before each connect and go into the header', async () => {
    let count = 0
    const client = listen(hub.url, { token: async () => `token-${++count}` })
    await until(isOpen(client))
    hub.cut()
    await until(() => hub.opened().length === 2)
    expect(hub.opened().map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
    expect(hub.opened()[0]!.url.href).not.toContain('token')
  })

  it('are asked for again at once when one is refused', async () => {
    let token = 'old'
    hub.intercept = ({ headers }, response) => {
      const refused = headers.authorization !== 'Bearer new'
      if (refused) json(response, 401, { detail: 'expired' })
      return refused
    }
    const errors: unknown[] = []
    const client = listen(hub.url, {
      token: () => {
        const given = token
        token = 'new'
        return given
      },
      retryMillis: 5000,
    })
    client.on('error', error => errors.push(error))
    await until(isOpen(client), 1000)
    expect(errors).toEqual([])
  })

  it('are asked for later when they keep being refused, for keys may be about to change', async () => {
    hub.intercept = (_, response) => {
      json(response, 401, { detail: 'unknown key' })
      return true
    }
    const client = listen(hub.url, { token: () => 'same' })
    const errors: HubError[] = []
    client.on('error', error => errors.push(error))
    await until(() => errors.length >= 3)
    expect(errors[0]).toMatchObject({ status: 401, final: false, message: 'unknown key' })
  })

  it('end the client when there is no source to ask', async () => {
    hub.intercept = (_, response) => {
      json(response, 401, { detail: 'a token is needed' })
      return true
    }
    const client = listen(hub.url)
    const iteration = (async () => {
      for await (const _ of client);
    })()
    await expect(iteration).rejects.toMatchObject({ status: 401, final: true })
    expect(client.status).toBe('closed')
  })

  it('come later when their source fails', async () => {
    let failures = 2
    const client = listen(hub.url, {
      token: async () => {
        if (failures-- > 0) throw new Error('offline')
        return 'x'
      },
    })
    await until(isOpen(client))
    expect(hub.requests).toHaveLength(1)
  })

  it('are renewed on the running stream before they expire', async () => {
    let count = 0
    const token = (): string => jwt({ exp: Date.now() / 1000 + (count++ ? 3600 : 1.5), n: count })
    const client = listen(hub.url, { token })
    await until(() => hub.requests.some(({ url }) => url.pathname.endsWith('/token')))
    const renewal = hub.requests.at(-1)!
    expect(renewal.url.pathname).toBe(`/clients/${[...hub.listeners][0]!.clientId}/token`)
    expect(renewal.headers.authorization).not.toBe(hub.opened()[0]!.headers.authorization)
    expect(client.status).toBe('open')
    expect(hub.opened()).toHaveLength(1)
  })

  it('of another subject bring another client id', async () => {
    hub.intercept = (_, response) => {
      if (hub.requests.length > 1) return false
      json(response, 409, {})
      return true
    }
    const client = listen(hub.url)
    await until(isOpen(client))
    expect(new Set(hub.opened().map(({ url }) => url.searchParams.get('clientId'))).size).toBe(2)
  })

  it('never follow a redirect to another host', async () => {
    const other = await ScriptedHub.start()
    hub.intercept = ({ url }, response) => !!response.writeHead(307, { location: other.origin + url.pathname + url.search }).end()
    const client = listen(hub.url, { token: () => 'secret' })
    await until(isOpen(client))
    expect(hub.requests[0]!.headers.authorization).toBe('Bearer secret')
    expect(other.requests[0]!.headers.authorization).toBeUndefined()
    client.close()
    await other.kill()
  })
})

describe('publishing', () => {
  it('sends text as it is and anything else as JSON, under the name', async () => {
    const client = listen(hub.url + '/a')
    const got = collect(client)
    await until(isOpen(client))
    const { id } = await client.publish('a', { x: 1 }, { event: 'put' })
    await client.publish('a', 'text\nof two lines')
    await until(() => got.length === 2)
    expect(got).toMatchObject([{ type: 'put', data: { x: 1 }, id }, { type: 'message', data: 'text\nof two lines' }])
  })

  it('repeats what may not have arrived, under the same key', async () => {
    let cuts = 2
    const client = listen(hub.url + '/rooms/a%2Bb')
    const got = collect(client)
    await until(isOpen(client))
    hub.intercept = ({ method }, response) => {
      if (method !== 'POST' || cuts-- <= 0) return false
      if (cuts) response.socket!.destroy()
      else json(response, 503, {})
      return true
    }
    await client.publish('rooms/a+b', 1)
    const posts = hub.requests.filter(({ method }) => method === 'POST')
    expect(posts).toHaveLength(3)
    expect(new Set(posts.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    await until(() => got.length)
    expect(got).toMatchObject([{ data: 1, channel: 'rooms/a+b' }])
  })

  it('does not repeat what the hub keeps no key for', async () => {
    const client = listen(hub.url)
    await until(isOpen(client))
    hub.intercept = (_, response) => (json(response, 503, { detail: 'the disk is full' }), true)
    await expect(client.publish('a', 1, { keep: false })).rejects.toMatchObject({ status: 503, message: 'the disk is full' })
    expect(hub.requests.at(-1)!.headers['idempotency-key']).toBeUndefined()
    expect(hub.requests.at(-1)!.url.search).toBe('?keep=false')
  })

  it('says what was wrong', async () => {
    hub.intercept = ({ method }, response) => method === 'POST' && (json(response, 413, { detail: 'at most 256 KiB' }), true)
    await expect(listen(hub.url).publish('a', 1)).rejects.toMatchObject({ status: 413, message: 'at most 256 KiB' })
    await expect(listen(hub.url).publish('a', undefined)).rejects.toThrow('data must not be')
  })
})

describe('a pool', () => {
  const pool = { connections: 4, channels: 10 }
  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i}`)

  it('opens another connection for each ten channels, and at most four', async () => {
    const client = listen(hub.url, { pool })
    for (const name of names(45)) void client.subscribe(name)
    await until(() => client.status === 'open' && hub.listeners.size === 4)
    expect([...hub.listeners].map(({ channels }) => channels.length).sort()).toEqual([11, 11, 11, 12])
    expect(client.lastEventId).toBe('')
  })

  it('needs one connection for ten', async () => {
    const client = listen(hub.url, { pool })
    for (const name of names(10)) await client.subscribe(name)
    expect(hub.opened()).toHaveLength(1)
    await client.subscribe('one more')
    expect(hub.opened()).toHaveLength(2)
  })

  it('gives every event once, broadcasts too, and lets go of what it needs no more', async () => {
    const client = listen(hub.url, { pool })
    const got = collect(client)
    for (const name of names(25)) void client.subscribe(name)
    await until(() => client.status === 'open')
    for (const name of names(25)) hub.publish(name, name)
    hub.publish(null, 'all')
    await until(() => got.length === 26)
    expect(got.map(({ data }) => data).sort()).toEqual([...names(25), 'all'].sort())
    for (const name of names(25).slice(1)) client.unsubscribe(name)
    await until(() => hub.listeners.size === 1)
    expect(client.status).toBe('open')
  })
})
