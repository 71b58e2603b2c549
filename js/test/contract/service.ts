import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStream, type Stream } from '../../src/stream.js'

/** What the harness asks a stream to be opened with. */
interface Order {
  streamUrl: string
  callbackUrl: string
  initialDelayMs?: number
  readTimeoutMs?: number
  lastEventId?: string
  headers?: Record<string, string>
  method?: string
  body?: string
}

export const capabilities: readonly string[] = [
  'bom', 'comments', 'headers', 'last-event-id', 'post', 'read-timeout', 'report', 'restart',
]

/**
 * The service by which the public sse-contract-tests harness drives the client's stream: its REST protocol. The suite beside
 * it speaks the same protocol, and is ours.
 */
export async function serveContract(port: number): Promise<Server> {
  const streams = new Map<string, Stream>()
  let opened = 0

  const server = createServer(async (request, response) => {
    const { method, url = '/' } = request
    const stream = streams.get(url)
    const end = (status: number, headers: Record<string, string> = {}): unknown => response.writeHead(status, headers).end()
    if (url === '/') {
      if (method === 'GET') response.setHeader('content-type', 'application/json').end(JSON.stringify({ capabilities }))
      else if (method === 'DELETE') end(204) && server.close()
      else if (method === 'POST') {
        const order = (await json(request)) as Order | undefined
        if (!order?.streamUrl || !order.callbackUrl) return end(400)
        const path = `/streams/${++opened}`
        streams.set(path, open(order))
        end(201, { location: `http://${request.headers.host}${path}` })
      } else end(405)
    } else if (!stream) end(404)
    else if (method === 'DELETE') {
      stream.close()
      streams.delete(url)
      end(204)
    } else {
      const { command } = ((await json(request)) ?? {}) as { command?: string }
      if (command === 'restart') stream.wake(true)
      end(command === 'restart' || command === 'listen' ? 202 : 400)
    }
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return server
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

function open(order: Order): Stream {
  let count = 0
  let queue: Promise<unknown> = Promise.resolve()
  const tell = (message: object): void => {
    const url = `${order.callbackUrl}/${++count}`
    queue = queue.then(() => fetch(url, { method: 'POST', body: JSON.stringify(message) })).catch(() => {})
  }
  const stream = createStream(
    {
      open: (headers, signal) =>
        fetch(order.streamUrl, {
          method: order.method ?? 'GET',
          body: order.body,
          headers: { ...headers, ...order.headers },
          cache: 'no-store',
          signal,
        }),
      onStatus() {},
      onEvent: ({ type, data }) => tell({ kind: 'event', event: { type, data, id: stream.lastEventId } }),
      onComment: comment => tell({ kind: 'comment', comment }),
      onFailure: ({ message }) => tell({ kind: 'error', comment: message }),
      judge: status => (!status || status >= 500 ? 'later' : 'never'),
    },
    { lastEventId: order.lastEventId, silenceMillis: order.readTimeoutMs ?? 300_000, retryMillis: order.initialDelayMs },
  )
  void stream.run()
  return stream
}

async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    return undefined
  }
}
