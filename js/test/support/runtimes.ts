import type { Browser, Page } from 'puppeteer-core'
import { type Client, type ClientOptions, connect, type HubEvent, type Status } from '../../src/index.js'
import { browsers, type Installed, launch } from './browsers.js'
import { Pages } from './pages.js'

/** What a test finds in a tab: a client, and what came to it. */
export interface Listening {
  client: Client
  events: HubEvent[]
  statuses: Status[]
}

/** Options that can be sent into a browser; the token is fetched there from this URL. */
export type PlainOptions = Omit<ClientOptions, 'token' | 'fetch' | 'signal'> & { tokenUrl?: string }

/** A place with a client: this process, or a tab of a browser. */
export interface Tab {
  listen(url: string, options?: PlainOptions): Promise<void>
  /** Runs a function there, which sees nothing but its arguments. */
  run<A, T>(script: (listening: Listening, argument: A) => T | Promise<T>, argument: A): Promise<T>
  close(): Promise<void>
}

/** Where JavaScript runs. */
export interface Runtime {
  name: string
  start(): Promise<void>
  open(): Promise<Tab>
  stop(): Promise<void>
}

/** Runs in the tab; the pages carry its source. */
export function listenHere(connect: (url: string, options: object) => Client, url: string, plain: PlainOptions): Listening {
  const { tokenUrl, ...options } = plain
  const token = tokenUrl && (() => fetch(tokenUrl).then(response => response.text()))
  const client = connect(url, { retryMillis: 50, ...options, ...(token ? { token } : {}) })
  const listening: Listening = { client, events: [], statuses: [] }
  client.onStatus(status => listening.statuses.push(status))
  ;(async () => {
    for await (const event of client) listening.events.push(event)
  })().catch(() => {})
  return listening
}

const node: Runtime = {
  name: 'Node',
  async start() {},
  async stop() {},
  async open() {
    let listening: Listening | undefined
    return {
      async listen(url, options = {}) {
        listening = listenHere(connect, url, options)
      },
      run: async (script, argument) => script(listening!, argument),
      async close() {
        listening?.client.close()
      },
    }
  },
}

export class BrowserRuntime implements Runtime {
  readonly name: string
  readonly #installed: Installed
  browser!: Browser
  pages!: Pages

  constructor(installed: Installed) {
    this.name = installed.name
    this.#installed = installed
  }

  async start(): Promise<void> {
    this.pages = await Pages.serve()
    this.pages.scripts.set('/listen.js', `${listenHere}\nwindow.listenHere = listenHere`)
    this.browser = await launch(this.#installed)
  }

  async stop(): Promise<void> {
    await this.browser.close()
    this.pages.close()
  }

  async open(): Promise<Tab & { page: Page }> {
    const page = await this.browser.newPage()
    await page.goto(this.pages.origin + '/')
    return {
      page,
      async listen(url, options = {}) {
        const here = { url, options }
        await page.evaluate(({ url, options }) => {
          const globals = window as any
          globals.listening = globals.listenHere(globals.connect, url, options)
        }, here)
      },
      run: (script, argument) =>
        page.evaluate(
          (source: string, argument) => new Function(`return (${source})`)()((window as any).listening, argument),
          `${script}`,
          argument as any,
        ) as any,
      close: () => page.close(),
    }
  }
}

export const browserRuntimes: BrowserRuntime[] = browsers.map(installed => new BrowserRuntime(installed))
export const runtimes: Runtime[] = [node, ...browserRuntimes]

/** What came to a tab, in order: the data of events, and `gap`. */
export function dataOf(tab: Tab): Promise<unknown[]> {
  return tab.run(({ events }) => events.map(({ type, data }) => (type === 'gap' ? 'gap' : data)), null)
}

export function statusOf(tab: Tab): Promise<Status> {
  return tab.run(({ client }) => client.status, null)
}
