import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../support/clients.js'
import { capabilities, portOf, serveContract } from './service.js'

interface Connection {
  method: string
  headers: IncomingHttpHeaders
  body: string
  response: ServerResponse
}

let service: Server
let harness: Server
let connections: Connection[]
/** Answers the next stream request in the stead of a stream, when it returns true. */
let instead: (response: ServerResponse, path: string) => boolean
let said: { kind: string; comment?: string; event?: { type?: string; data: string; id?: string } }[]

beforeAll(async () => {
  service = await serveContract(0)
  harness = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', headers, url = '' } = request
    const [, number] = /^\/callback\/(\d+)$/.exec(url) ?? []
    if (number) {
      said[+number - 1] = JSON.parse(body)
      response.end()
    } else {
      connections.push({ method, headers, body, response })
      if (!instead(response, url)) response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    }
  })
  await new Promise<void>(resolve => harness.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  for (const server of [service, harness]) {
    server.closeAllConnections()
    server.close()
  }
})
beforeEach(() => {
  connections = []
  said = []
  instead = () => false
})

const at = (path: string): string => `http://127.0.0.1:${portOf(harness)}${path}`
const service0 = (): string => `http://127.0.0.1:${portOf(service)}/`
const events = (): unknown[] => said.filter(({ kind }) => kind === 'event').map(({ event }) => event)

/** Opens a stream by the service; returns its URL once it has asked. */
async function open(order: object = {}): Promise<string> {
  const body = JSON.stringify({ streamUrl: at('/stream'), callbackUrl: at('/callback'), initialDelayMs: 0, ...order })
  const response = await fetch(service0(), { method: 'POST', body })
  expect(response.status).toBe(201)
  await until(() => connections.length >= 1)
  return response.headers.get('location')!
}

async function hears(stream: string, expected: object[]): Promise<void> {
  const url = await open()
  connections[0]!.response.write(stream)
  await until(() => events().length >= expected.length)
  expect(events()).toEqual(expected)
  await fetch(url, { method: 'DELETE' })
}

it('lists its capabilities', async () => {
  expect(await (await fetch(service0())).json()).toEqual({ capabilities })
})

it('asks as an event stream is asked for', async () => {
  await open()
  expect(connections[0]).toMatchObject({ method: 'GET', headers: { accept: 'text/event-stream', 'cache-control': 'no-cache' } })
  expect(connections[0]!.headers['last-event-id']).toBeUndefined()
})

describe('events', () => {
  it('of one line, of many, without data, with a name and an id', () =>
    hears('data: a\n\ndata: b\ndata: c\n\nevent: x\nid: 1\ndata\n\nevent: none\n\ndata: d\n\n', [
      { type: 'message', data: 'a', id: '' },
      { type: 'message', data: 'b\nc', id: '' },
      { type: 'x', data: '', id: '1' },
      { type: 'message', data: 'd', id: '1' },
    ]))
  it.each(['\r\n', '\r', '\n'])('with lines that end in %j', end =>
    hears(['data: a', 'event: b', '', 'data: c', '', ''].join(end), [
      { type: 'b', data: 'a', id: '' },
      { type: 'message', data: 'c', id: '' },
    ]))
  it('after a byte order mark', () => hears('\ufeffdata: a\n\n', [{ type: 'message', data: 'a', id: '' }]))
  it('of two megabytes', () => {
    const data = 'ä'.repeat(1_000_000)
    return hears(`data: ${data}\n\n`, [{ type: 'message', data, id: '' }])
  })
})

it('reports comments', async () => {
  await open()
  connections[0]!.response.write(':one\n: two\n')
  await until(() => said.length === 2)
  expect(said).toEqual([{ kind: 'comment', comment: 'one' }, { kind: 'comment', comment: 'two' }])
})

it('sends headers, method and body, again on a reconnect', async () => {
  await open({ method: 'REPORT', body: '{"hello":"world"}', headers: { 'header-1': 'a', 'content-type': 'application/json' } })
  connections[0]!.response.destroy()
  await until(() => connections.length === 2)
  for (const connection of connections) {
    expect(connection).toMatchObject({
      method: 'REPORT', body: '{"hello":"world"}', headers: { 'header-1': 'a', 'content-type': 'application/json' },
    })
  }
})

it('begins with the last event id that it is given', async () => {
  await open({ lastEventId: 'abc' })
  expect(connections[0]!.headers['last-event-id']).toBe('abc')
})

it('resumes with the last id, also of an event before the last', async () => {
  await open()
  connections[0]!.response.write('id: abc\ndata: a\n\ndata: b\n\nid: lost\ndata: cut')
  await until(() => events().length === 2)
  connections[0]!.response.destroy()
  await until(() => connections.length === 2)
  expect(connections[1]!.headers['last-event-id']).toBe('abc')
  connections[1]!.response.write('data: c\n\n')
  await until(() => events().length === 3)
})

it.each([301, 307])('follows a redirect by %d', async status => {
  instead = (response, path) => path === '/stream' && !!response.writeHead(status, { location: at('/elsewhere') }).end()
  await open()
  await until(() => connections.length === 2)
  connections[1]!.response.write('data: there\n\n')
  await until(() => events().length === 1)
})

it.each([500, 503])('reports the status %d, and asks again', async status => {
  instead = response => connections.length === 1 && !!response.writeHead(status).end()
  await open()
  await until(() => connections.length === 2)
  expect(said[0]).toMatchObject({ kind: 'error' })
})

it('asks no more after 204', async () => {
  instead = response => !!response.writeHead(204).end()
  const url = await open()
  await fetch(url, { method: 'POST', body: '{"command":"restart"}' })
  await fetch(url, { method: 'DELETE' })
  expect(connections).toHaveLength(1)
})

it('restarts on command', async () => {
  const url = await open()
  expect((await fetch(url, { method: 'POST', body: '{"command":"restart"}' })).status).toBe(202)
  await until(() => connections.length === 2)
  expect(said).toEqual([])
})

it('reports a read timeout, and asks again', async () => {
  await open({ readTimeoutMs: 300 })
  await until(() => connections.length === 2)
  expect(said[0]).toMatchObject({ kind: 'error' })
})

it('refuses what it does not know, and ends a stream', async () => {
  expect((await fetch(service0(), { method: 'POST', body: '{}' })).status).toBe(400)
  expect((await fetch(service0() + 'streams/none', { method: 'DELETE' })).status).toBe(404)
  const url = await open()
  expect((await fetch(url, { method: 'POST', body: '{"command":"dance"}' })).status).toBe(400)
  const ended = new Promise(resolve => connections[0]!.response.on('close', resolve))
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(204)
  await ended
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(404)
})
