/** An event of an event stream, as the wire says it: its data is text. */
export interface WireEvent {
  /** The `event` field, or `message` where there is none. */
  type: string
  data: string
  /** The event's own `id` field; the stream's last event id, which may be an earlier event's, is the parser's. */
  id?: string
}

/** What a parser has learned of its stream, beside the events. */
export interface Parser {
  /** Where to resume: the id of the last complete block, also of one without data. It outlives a connection. */
  lastEventId: string
  /** The reconnection time in milliseconds that the stream asked for, if it did. */
  retry?: number
  /** Takes the next piece of the stream, and hands out every event that it completes. */
  push(chunk: string): void
}

/**
 * The parser of HTML section 9.2.6: turns decoded text, cut anywhere, into events.
 *
 * It takes text and not bytes, so the caller decodes with one streaming `TextDecoder`, which also drops the leading BOM.
 */
export function createParser(
  lastEventId: string,
  onEvent: (event: WireEvent) => void,
  onComment?: (text: string) => void,
): Parser {
  let partialLine = ''
  let endsInCr = false
  let type = ''
  let data: string | undefined
  let id: string | undefined

  function takeLine(line: string): void {
    const colon = line.indexOf(':')
    if (!line) dispatch()
    else if (!colon) onComment?.(afterSpace(line, 1))
    else if (colon < 0) takeField(line, '')
    else takeField(line.slice(0, colon), afterSpace(line, colon + 1))
  }

  function takeField(name: string, value: string): void {
    if (name === 'data') data = data === undefined ? value : data + '\n' + value
    else if (name === 'event') type = value
    else if (name === 'id' && !value.includes('\0')) id = value
    else if (name === 'retry' && /^\d+$/.test(value)) parser.retry = +value
  }

  function dispatch(): void {
    const event = { type: type || 'message', data, id }
    parser.lastEventId = id ?? parser.lastEventId
    type = ''
    data = id = undefined
    if (event.data !== undefined) onEvent(event as WireEvent)
  }

  const parser: Parser = {
    lastEventId,
    push(chunk) {
      if (!chunk) return
      let start = +(endsInCr && chunk[0] === '\n')
      // A CR ends its line at once, wherever the chunk is cut; the LF of a CRLF may come later.
      endsInCr = chunk.endsWith('\r')
      for (const { 0: end, index } of chunk.matchAll(/\r\n?|\n/g)) {
        if (index < start) continue
        const line = partialLine + chunk.slice(start, index)
        partialLine = ''
        start = index + end.length
        takeLine(line)
      }
      partialLine += chunk.slice(start)
    },
  }
  return parser
}

/** The rest of the line, without the one space that may follow a colon. */
function afterSpace(line: string, from: number): string {
  return line.slice(line[from] === ' ' ? from + 1 : from)
}
