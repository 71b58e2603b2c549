import type { ClientOptions } from './api.js'
import { type ConnectionOptions, createConnection } from './connection.js'
import type { Link, Receiver } from './link.js'

/** What a link is opened with: the page's own options, and what was made of them. */
export type LinkOptions = ClientOptions & ConnectionOptions

/** Opens the best link that there is: one stream for all tabs, else one connection, or a few over HTTP/1.1. */
export async function openLink(options: LinkOptions, receive: Receiver, signal: AbortSignal): Promise<Link> {
  const isPage = globalThis.document
  try {
    if (isPage && navigator.locks && options.share !== false) {
      return await (await import('./share.js')).joinTabs(options, receive, signal)
    }
    if (isPage || options.pool) return (await import('./pool.js')).createPool(options, receive)
  } catch {
    // That module isn't served here, or not now: one connection does it all, too.
  }
  return createConnection(options, receive)
}
