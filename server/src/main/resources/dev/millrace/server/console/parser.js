/**
 * Parses an event stream as the HTML standard (section 9.2) says, from text in whatever pieces it comes.
 *
 * A native EventSource tells only events whose names its page knew beforehand. This page wants every event.
 */
export class Parser {
  /** The id to resume after. It outlives the connection, as the standard's "last event ID" does. */
  lastEventId
  /** The reconnection time that the stream asked for, in milliseconds. */
  retry

  #emit
  #rest = ''
  #skipLf = false
  #type = ''
  #data = ''
  #id

  /** @param emit is told each event: { type, data, id } */
  constructor(emit, lastEventId = '') {
    this.#emit = emit
    this.#id = this.lastEventId = lastEventId
  }

  push(text) {
    if (this.#skipLf && text.startsWith('\n')) text = text.slice(1)
    if (text === '') return
    this.#skipLf = text.endsWith('\r')
    const lines = text.split(/\r\n|\n|\r/)
    lines[0] = this.#rest + lines[0]
    this.#rest = lines.pop()
    for (const line of lines) this.#line(line)
  }

  #line(line) {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'data') this.#data += value + '\n'
    else if (name === 'event') this.#type = value
    else if (name === 'id' && !value.includes('\0')) this.#id = value
    else if (name === 'retry' && /^[0-9]+$/.test(value)) this.retry = Number(value)
  }

  #dispatch() {
    this.lastEventId = this.#id
    const type = this.#type || 'message'
    const data = this.#data
    this.#type = this.#data = ''
    if (data !== '') this.#emit({ type, data: data.slice(0, -1), id: this.#id })
  }
}
