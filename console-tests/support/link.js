import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** A way to a hub that can be cut: what a tunnel, a train or a sleeping laptop does to a page. */
export class Link {
  #server
  #sockets = new Set()
  #isUp = true
  port

  static async to(hub) {
    const link = new Link()
    link.#server = createServer(near => link.#join(near, hub))
    link.#server.listen(0, '127.0.0.1')
    await once(link.#server, 'listening')
    link.port = link.#server.address().port
    return link
  }

  get url() {
    return `http://127.0.0.1:${this.port}`
  }

  #join(near, hub) {
    if (!this.#isUp) return near.resetAndDestroy()
    const far = connect(hub.port, '127.0.0.1')
    for (const [one, other] of [[near, far], [far, near]]) {
      this.#sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
    }
  }

  /** Breaks every connection, and lets no new one through. */
  cut() {
    this.#isUp = false
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Lets nothing more pass on the connections that are open, and tells neither side: what a lost network does. */
  freeze() {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  mend() {
    this.#isUp = true
  }

  close() {
    this.cut()
    this.#server.close()
  }
}
