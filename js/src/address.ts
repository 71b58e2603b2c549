/** Where a hub is, and what a client's URL asks of it. */
export interface Address {
  /** What `/events` and its siblings, such as `/subscribe`, are relative to. */
  base: string
  /** The channels that the URL names, in its path and its query. */
  channels: string[]
  /** The query that is not about channels. */
  query: URLSearchParams
}

/** Takes `/events`, `/events/{channel}` and their queries apart. */
export function parseAddress(url: string | URL): Address {
  const { origin, pathname, searchParams: query } = new URL(url, globalThis.location?.href ?? 'http://_')
  const [, base, channel = ''] = /^(.*?)\/events(?:\/(.*))?$/.exec(pathname) ?? []
  if (base === undefined) throw new TypeError('url must end in /events[/channel]: ' + url)
  // No channel name holds a comma, so what lists them all takes them apart again.
  const list = [decodeURIComponent(channel), query.getAll('channel'), query.getAll('channels')].join()
  query.delete('channel')
  query.delete('channels')
  return { base: origin + base, channels: list.split(',').filter(Boolean), query }
}
