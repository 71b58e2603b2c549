import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The showcase as its users start it. MILLRACE names another command to start it with. */
const COMMAND = process.env.MILLRACE ?? fileURLToPath(new URL('../../../millrace', import.meta.url))

/** The application, with its data in a folder of its own; so it can be killed, and started again where it was. */
export class Showcase {
  #folder = mkdtempSync(join(tmpdir(), 'millrace-showcase-'))
  #process
  port = 0

  /** Starts it, or starts it again on the port that it had. */
  async start() {
    const flags = ['showcase', '--port', String(this.port), '--data-dir', this.#folder]
    this.#process = spawn(COMMAND, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
    const printed = []
    for await (const line of createInterface({ input: this.#process.stdout })) {
      printed.push(line)
      const port = /^showcase: http:\/\/localhost:(\d+)/.exec(line)?.[1]
      if (!port) continue
      this.port = Number(port)
      this.#process.stdout.resume()
      return
    }
    throw new Error(`the showcase did not start: ${COMMAND} ${flags.join(' ')}\n${printed.join('\n')}`)
  }

  get url() {
    return `http://localhost:${this.port}`
  }

  /** Ends it as a crash does. */
  async kill() {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
  }

  async close() {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Sends JSON as a program would, signed in where a user is named. */
  async post(path, body = {}, user) {
    const headers = { 'Content-Type': 'application/json' }
    if (user) headers.Authorization = `Basic ${btoa(`${user}:millrace`)}`
    const response = await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  async get(path) {
    return (await fetch(this.url + path)).json()
  }
}
