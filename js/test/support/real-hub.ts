import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

const jar = join(root, 'cli/target/millrace.jar')
const { JAVA_HOME } = process.env
const java = JAVA_HOME ? join(JAVA_HOME, 'bin/java') : 'java'

/** Whether the hub is built: these tests run against it where it is, and say so where it isn't. */
export const isHubBuilt: boolean = existsSync(jar)
if (!isHubBuilt) console.warn('SKIPPED: the suites against the real hub, which is not built; ./millrace --version builds it')

/** A hub in a process of its own, which is really killed. */
export class RealHub {
  readonly #flags: string[]
  readonly #data = mkdtempSync(join(tmpdir(), 'millrace-js-'))
  #process!: ChildProcess
  #port = 0

  private constructor(flags: string[]) {
    this.#flags = flags
  }

  static async start(...flags: string[]): Promise<RealHub> {
    const hub = new RealHub(['--data-dir', '', '--retry', '50ms', '--cors-origin', '*', '--host', '127.0.0.1', ...flags])
    hub.#flags[1] = hub.#data
    await hub.listen()
    return hub
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get url(): string {
    return this.origin + '/events'
  }

  /** Begins, or begins again, on the same port with the same data. */
  async listen(): Promise<void> {
    const hub = spawn(java, ['-jar', jar, ...this.#flags, '--port', `${this.#port}`], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process = hub
    await new Promise<void>((resolve, reject) => {
      let said = ''
      const hear = (text: Buffer): void => {
        const [, port] = /listening on https?:\/\/\S+:(\d+)\n/.exec((said += text)) ?? []
        if (port) resolve(void (this.#port = +port))
      }
      hub.stdout!.on('data', hear)
      hub.stderr!.on('data', hear)
      hub.on('exit', code => reject(new Error(`the hub ended with ${code}: ${said}`)))
    })
  }

  /** Kills the process, as a crash would. */
  async kill(): Promise<void> {
    this.#process.removeAllListeners('exit')
    const gone = new Promise(resolve => this.#process.on('exit', resolve))
    this.#process.kill('SIGKILL')
    await gone
  }

  async publish(channel: string, data: unknown, event?: string): Promise<string> {
    const url = `${this.url}/${channel}${event === undefined ? '' : '?event=' + event}`
    const response = await fetch(url, { method: 'POST', body: typeof data === 'string' ? data : JSON.stringify(data) })
    if (!response.ok) throw new Error(`publish: ${response.status} ${await response.text()}`)
    return (await response.json()).id
  }

  async connections(): Promise<number> {
    return (await (await fetch(this.origin + '/stats')).json()).totalConnections
  }
}

/** A token signed with a shared secret, as the hub's `--jwt-secret` wants it. */
export function token(secret: string, claims: object): string {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
  return [...parts, createHmac('sha256', secret).update(parts.join('.')).digest('base64url')].join('.')
}
