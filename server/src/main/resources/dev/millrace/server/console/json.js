import { el } from './dom.js'

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g
const MAX = 200_000

export function isJson(text) {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * The event in an envelope: its channel, its name, and its data as text. The text is cut out of the line and not written
 * anew from the parsed value, which would change long numbers.
 */
export function unwrap(line) {
  const { channel, event, data } = JSON.parse(line)
  if (typeof data === 'string') return { channel, name: event, data }
  const before = `{"channel":${JSON.stringify(channel)},"event":${JSON.stringify(event)},"data":`
  return { channel, name: event, data: line.startsWith(before) ? line.slice(before.length, -1) : JSON.stringify(data) }
}

/** Data as a reader likes it: JSON indented and told apart by kind, anything else as it is. Every digit stays. */
export function pretty(text) {
  const shown = el('pre', { class: 'data-whole' })
  if (text.length > MAX) shown.append(text.slice(0, MAX), `\n… ${text.length - MAX} more characters`)
  else if (/^\s*[[{]/.test(text) && isJson(text)) shown.append(...indented(text.match(TOKEN)))
  else shown.append(text)
  return shown
}

function* indented(tokens) {
  let depth = 0
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if ('{['.includes(token)) {
      const isEmpty = '}]'.includes(tokens[i + 1])
      yield isEmpty ? token + tokens[++i] : token + newline(++depth)
    } else if ('}]'.includes(token)) yield newline(--depth) + token
    else if (token === ',') yield ',' + newline(depth)
    else if (token === ':') yield ': '
    else yield el('span', { class: kind(token, tokens[i + 1]) }, token)
  }
}

const newline = depth => '\n' + '  '.repeat(depth)

function kind(token, next) {
  if (token[0] === '"') return next === ':' ? 'json-key' : 'json-text'
  return 'json-value'
}
