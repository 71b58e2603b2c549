import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const dist = new URL('../../dist/', import.meta.url)

/** Serves the built package under /dist/, an empty page under every other path, and scripts given to it. */
export class Pages {
  readonly scripts = new Map<string, string>()
  /** Files of the package that are not served. */
  readonly missing = new Set<string>()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async serve(): Promise<Pages> {
    const server = createServer(async ({ url = '/' }, response) => {
      const path = url.split('?')[0]!
      const script = pages.scripts.get(path) ?? (path.startsWith('/dist/') && !pages.missing.has(path) ? await text(path.slice(6)) : undefined)
      const type = script === undefined ? 'text/html' : 'text/javascript'
      response.writeHead(path.startsWith('/dist/') && script === undefined ? 404 : 200, { 'content-type': type })
      response.end(script ?? page)
    })
    const pages = new Pages(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return pages
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

const page = `<!doctype html><title>page</title><div id="root"></div>
<script type="module">
  import { connect } from '/dist/index.js'
  window.connect = connect
</script>
<script src="/listen.js"></script>`

const text = (path: string): Promise<string | undefined> => readFile(new URL(path, dist), 'utf8').catch(() => undefined)
