import { address, inPath, token } from './hub.js'

/** The commands that do in a terminal what the page does. A token is left to the shell's variable, never shown. */

const quote = text => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

function command(parts) {
  const auth = token.value ? ['-H "Authorization: Bearer $TOKEN"'] : []
  return ['curl', ...parts, ...auth].join(' ')
}

export function listening(channels, lastEventId) {
  const list = channels.map(channel => inPath(channel).replaceAll('+', '%2B')).join(',')
  const where = channels.length === 1 ? 'events/' + inPath(channels[0]) : 'events' + (list && '?channels=' + list)
  const resume = lastEventId ? [`-H ${quote('Last-Event-ID: ' + lastEventId)}`] : []
  return command(['-N', quote(address(where).href), ...resume])
}

/** @param request as publish.js makes it: { url, body, headers } */
export function publishing({ url, body, headers }) {
  const named = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`)
  return command([quote(url.href), ...named, '--data-raw', quote(body)])
}
