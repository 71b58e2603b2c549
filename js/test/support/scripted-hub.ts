import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

interface Kept {
  offset: number
  channel: string | null
  event: string | null
  data: string
}

interface Listener {
  clientId: string
  channels: string[]
  envelope: boolean
  response: ServerResponse
}

export interface Seen {
  method: string
  url: URL
  headers: IncomingMessage['headers']
  at: number
}

/**
 * A hub of a few lines that says what `http-api.md` says, and misbehaves on demand: what a test wants to see and a real
 * hub would not do. The same behaviour suite runs against the real hub too.
 */
export class ScriptedHub {
  /** Every request, oldest first. */
  readonly requests: Seen[] = []
  readonly listeners = new Set<Listener>()
  /** Answers a request instead of the hub, when it returns true. */
  intercept: (request: Seen, response: ServerResponse) => boolean = () => false
  retryMillis = 100
  retained = 1000
  heartbeatMillis = 30_000
  epoch = 'e1'
  #history: Kept[] = []
  #offset = 0
  #keys = new Map<string, number>()
  #server!: Server
  #sockets = new Set<Socket>()
  #port = 0
  #timers = new Set<NodeJS.Timeout>()

  static async start(): Promise<ScriptedHub> {
    const hub = new ScriptedHub()
    await hub.listen()
    return hub
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get url(): string {
    return this.origin + '/events'
  }

  /** Begins, or begins again, on the same port. */
  async listen(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.#server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>(resolve => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Goes away as a killed process does: connections are reset, the port refuses. */
  async kill(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.cut()
    await closed
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
    this.listeners.clear()
  }

  /** Ends every stream as a hub does on purpose. */
  end(): void {
    for (const { response } of this.listeners) response.end()
  }

  opened(path = '/events'): Seen[] {
    return this.requests.filter(({ method, url }) => method === 'GET' && url.pathname.startsWith(path))
  }

  publish(channel: string | null, data: unknown, event: string | null = null): string {
    const kept = { offset: ++this.#offset, channel, event, data: typeof data === 'string' ? data : JSON.stringify(data) }
    this.#history.push(kept)
    this.#history.splice(0, this.#history.length - this.retained)
    for (const listener of this.listeners) if (concerns(listener, kept)) this.#send(listener, kept)
    return this.#id(kept.offset)
  }

  /** Says something that only the hub can say. */
  tell(event: string, data: unknown, extra = ''): void {
    for (const { response } of this.listeners) response.write(`${extra}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  #id(offset: number): string {
    return `${this.epoch}-${offset}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.origin)
    const seen = { method: request.method!, url, headers: request.headers, at: performance.now() }
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
    response.setHeader('access-control-allow-credentials', 'true')
    response.setHeader('access-control-expose-headers', 'retry-after')
    if (seen.method === 'OPTIONS') {
      response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '')
      response.setHeader('access-control-allow-methods', 'GET, POST, DELETE')
      response.writeHead(204).end()
      return
    }
    this.requests.push(seen)
    if (this.intercept(seen, response)) return
    const body = await text(request)
    if (seen.method === 'GET' && url.pathname.startsWith('/events')) this.#open(seen, response)
    else if (url.pathname === '/stats') json(response, 200, { totalConnections: this.listeners.size })
    else if (/^\/(un)?subscribe$/.test(url.pathname)) this.#steer(url.pathname.slice(1), JSON.parse(body), response)
    else if (url.pathname.startsWith('/events/')) this.#publish(seen, body, response)
    else if (url.pathname.endsWith('/token')) json(response, 200, { success: true })
    else if (url.pathname === '/broadcast') json(response, 200, { success: true, id: this.publish(null, JSON.parse(body).data) })
    else json(response, 404, { status: 404, title: 'Not Found', detail: 'no such path' })
  }

  #open({ url, headers }: Seen, response: ServerResponse): void {
    const query = url.searchParams
    const inPath = decodeURIComponent(url.pathname.slice('/events/'.length))
    const channels = [...(inPath ? [inPath] : []), ...query.getAll('channel')]
    const clientId = query.get('clientId') ?? randomUUID()
    for (const old of this.listeners) {
      if (old.clientId !== clientId) continue
      old.response.end(`retry: ${this.retryMillis}\nevent: closing\ndata: {"reason":"replaced"}\n\n`)
      this.listeners.delete(old)
    }
    const listener = { clientId, channels, envelope: query.get('envelope') === '1', response }
    const lastId = headers['last-event-id']?.toString() || query.get('lastEventId') || ''
    const [, epoch, offset] = /^(.*)-(\d+)$/.exec(lastId) ?? []
    const mine = this.#history.filter(kept => concerns(listener, kept))
    const isKnown = epoch === this.epoch
    const firstKept = this.#history[0]?.offset ?? this.#offset + 1
    const isWhole = isKnown && +offset! >= firstKept - 1
    const newest = query.get('history') ? mine.slice(-Number(query.get('history'))) : []
    const replay = lastId === 'earliest' || (lastId && !isKnown) ? mine : lastId ? mine.filter(kept => kept.offset > +offset!) : newest
    const start = isWhole ? lastId : this.#id((replay[0]?.offset ?? this.#offset + 1) - 1)
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-store, no-transform' })
    const resumed = lastId && lastId !== 'earliest' ? isWhole : null
    response.write(`retry: ${this.retryMillis}\nid: ${start}\nevent: connected\ndata: ${JSON.stringify({ clientId, channels, resumed })}\n\n`)
    if (resumed === false) {
      for (const channel of channels) {
        response.write(`event: gap\ndata: ${JSON.stringify({ channel, after: isKnown ? lastId : null, resumedAt: start })}\n\n`)
      }
    }
    for (const kept of replay) this.#send(listener, kept)
    this.listeners.add(listener)
    const beat = setInterval(() => {
      response.write(query.get('heartbeat') === 'event' ? `event: heartbeat\ndata: {"time":${Date.now()}}\n\n` : ':\n\n')
    }, this.heartbeatMillis)
    this.#timers.add(beat)
    response.on('close', () => {
      clearInterval(beat)
      this.listeners.delete(listener)
    })
  }

  #send({ response, envelope }: Listener, { offset, channel, event, data }: Kept): void {
    const text = envelope ? JSON.stringify({ channel, event, data: parsed(data) }) : data
    const lines = text.split('\n').map(line => `data: ${line}\n`)
    response.write(`id: ${this.#id(offset)}\n${event === null ? '' : `event: ${event}\n`}${lines.join('')}\n`)
  }

  #steer(what: string, { clientId, channel }: { clientId: string; channel: string }, response: ServerResponse): void {
    const listener = [...this.listeners].find(each => each.clientId === clientId)
    if (!listener) return json(response, 404, { status: 404, detail: 'no client has this id' })
    const has = listener.channels.includes(channel)
    listener.channels = listener.channels.filter(each => each !== channel)
    if (what === 'subscribe') listener.channels.push(channel)
    if (has !== (what === 'subscribe')) listener.response.write(`event: ${what}d\ndata: ${JSON.stringify({ channel })}\n\n`)
    json(response, 200, { success: true, channels: listener.channels })
  }

  #publish({ url, headers }: Seen, body: string, response: ServerResponse): void {
    const channel = decodeURIComponent(url.pathname.slice('/events/'.length))
    const key = headers['idempotency-key']?.toString()
    const first = key === undefined ? undefined : this.#keys.get(key)
    if (first === undefined) this.publish(channel, body, url.searchParams.get('event'))
    if (key !== undefined && first === undefined) this.#keys.set(key, this.#offset)
    json(response, 200, { id: this.#id(first ?? this.#offset), recipients: this.listeners.size })
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', ...headers })
  response.end(JSON.stringify(body))
}

function concerns({ channels }: Listener, { channel }: Kept): boolean {
  const covers = (pattern: string): boolean => (pattern.endsWith('*') ? channel!.startsWith(pattern.slice(0, -1)) : pattern === channel)
  return channel === null || channels.some(covers)
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
