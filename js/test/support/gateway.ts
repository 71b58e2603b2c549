import { createServer, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A reverse proxy in front of a hub that misbehaves as proxies do: answers errors of its own, cuts, goes mute. */
export class Gateway {
  /** An error status to answer every request with; 0 to pass it on. */
  status = 0
  /** Answers a request instead of the hub, when it returns true. */
  answer: (path: string, outgoing: ServerResponse) => boolean = () => false
  /** Keeps a request back until the promise settles, where it returns one. */
  hold: (path: string) => Promise<unknown> | undefined = () => undefined
  /** The event streams asked for so far, and those that are open. */
  asked = 0
  readonly streams = new Set<{ isMute: boolean }>()
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(target: () => string) {
    this.#server = createServer(async (incoming, outgoing) => {
      const path = incoming.url!
      const isStream = incoming.method === 'GET' && path.startsWith('/events')
      if (isStream) this.asked++
      await this.hold(path)
      if (this.answer(path, outgoing)) return
      if (this.status) {
        const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*,authorization', 'retry-after': '0' }
        outgoing.writeHead(incoming.method === 'OPTIONS' ? 204 : this.status, cors).end()
        return
      }
      const stream = { isMute: false }
      const { method, headers } = incoming
      const onward = request(target() + path, { method, headers }, answer => {
        if (isStream && answer.statusCode === 200 && !outgoing.destroyed) this.streams.add(stream)
        outgoing.writeHead(answer.statusCode!, answer.headers)
        outgoing.flushHeaders()
        answer.on('data', chunk => stream.isMute || outgoing.write(chunk))
        answer.on('end', () => outgoing.end())
        answer.on('error', () => outgoing.destroy())
      })
      onward.on('error', () => outgoing.destroy())
      outgoing.on('close', () => {
        this.streams.delete(stream)
        onward.destroy()
      })
      incoming.pipe(onward)
    })
    this.#server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  static async before(target: () => string): Promise<Gateway> {
    const gateway = new Gateway(target)
    await new Promise<void>(resolve => gateway.#server.listen(0, '127.0.0.1', resolve))
    return gateway
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    return this.origin + '/events'
  }

  /** Lets nothing more through on the streams that are open, though they stay open. */
  mute(): void {
    for (const stream of this.streams) stream.isMute = true
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  close(): void {
    this.cut()
    this.#server.close()
  }
}
