import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A hub as users start it. MILLRACE names another command to start it with. */
const COMMAND = process.env.MILLRACE ?? fileURLToPath(new URL('../../millrace', import.meta.url))

export class Hub {
  #flags
  #process
  #scheme = 'http'
  port = 0

  constructor(flags) {
    this.#flags = flags
  }

  static async start(...flags) {
    const hub = new Hub(flags)
    await hub.start()
    return hub
  }

  /** Starts it, or starts it again on the port that it had. */
  async start() {
    const hub = spawn(COMMAND, ['--port', String(this.port), ...this.#flags], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = hub
    for await (const line of createInterface({ input: hub.stdout })) {
      const [, scheme, port] = /(https?):\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? []
      if (!port) continue
      this.#scheme = scheme
      this.port = Number(port)
      hub.stdout.resume()
      return
    }
    throw new Error(`the hub did not start: ${COMMAND} ${this.#flags.join(' ')}`)
  }

  get url() {
    return `${this.#scheme}://127.0.0.1:${this.port}`
  }

  /** Ends it as a crash does. */
  async kill() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
  }

  async publish(channel, data, query = '') {
    const response = await fetch(`${this.url}/events/${channel}${query}`, { method: 'POST', body: data })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return response.json()
  }

  async get(path) {
    return (await fetch(this.url + path)).json()
  }
}
