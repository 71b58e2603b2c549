import { Problem, address, authorization, inPath } from './hub.js'
import { Parser } from './parser.js'

const QUIET = 75_000
const ANSWERLESS = 15_000
const MAX_WAIT = 15_000

/**
 * The page's stream from the hub: an EventSource that tells events of any name, sends a token, and never gives up by
 * itself. It resumes after the last id, waits as long as the hub asks, and takes silence for a broken line.
 *
 *     connecting ──200──► live ──ends──► waiting ──► connecting
 *         ├──no answer, 429, 5xx────────────┘
 *         ├──401──► unauthorized
 *         └──any other status──► refused          open() begins again from any state
 */
export class Stream {
  /** When the hub was heard last, in milliseconds. */
  heard = 0
  lastEventId = ''

  #address
  #onEvent
  #onState
  #control = new AbortController()
  #wake = () => {}
  #retry = 3000
  #failures = 0
  #quiet = QUIET

  /**
   * @param address is asked before each attempt
   * @param onEvent is told each event
   * @param onState is told { name, detail, until } at each change
   */
  constructor(address, onEvent, onState) {
    this.#address = address
    this.#onEvent = onEvent
    this.#onState = onState
    addEventListener('online', () => this.#wake())
    document.addEventListener('visibilitychange', () => document.hidden || this.#wake())
  }

  /** Connects, whatever went before. */
  open() {
    this.#control.abort()
    this.#control = new AbortController()
    this.#run(this.#control.signal)
  }

  /** Ends it, for a reason that no other attempt would change. */
  stop(state) {
    this.#control.abort()
    this.#onState(state)
  }

  /** Ends a wait for the next attempt. */
  now() {
    this.#wake()
  }

  async #run(stopped) {
    while (!stopped.aborted) {
      this.#onState({ name: 'connecting' })
      const end = await this.#listen(stopped)
      if (stopped.aborted) return
      if (end.name !== 'waiting') return this.#onState(end)
      const wait = this.#pause()
      this.#onState({ ...end, until: Date.now() + wait })
      await new Promise(resolve => {
        this.#wake = resolve
        setTimeout(resolve, wait)
        stopped.addEventListener('abort', resolve)
      })
      this.#wake = () => {}
    }
  }

  /** What the hub asked for; longer and longer while it doesn't answer; scattered, as many pages may wait at once. */
  #pause() {
    const wait = Math.min(MAX_WAIT, this.#retry * 1.5 ** Math.min(this.#failures++, 8))
    return Math.max(wait, this.#retry) * (0.8 + 0.4 * Math.random())
  }

  /** One connection, from its request to its end. Returns the state that follows. */
  async #listen(stopped) {
    const cut = new AbortController()
    const abort = () => cut.abort()
    stopped.addEventListener('abort', abort)
    let isOpen = false
    this.heard = Date.now()
    const watch = setInterval(() => this.#checkSilence(cut, isOpen), 2000)
    try {
      const response = await fetch(this.#address(), {
        headers: { Accept: 'text/event-stream', ...this.#resumption(), ...authorization() },
        cache: 'no-store',
        signal: cut.signal,
      })
      if (response.status !== 200) return await refusal(response)
      isOpen = true
      this.heard = Date.now()
      this.#onState({ name: 'live' })
      await this.#read(response.body)
      return { name: 'waiting', detail: 'The hub ended the stream' }
    } catch {
      return { name: 'waiting', detail: isOpen ? 'Connection lost' : 'The hub doesn’t answer' }
    } finally {
      clearInterval(watch)
      stopped.removeEventListener('abort', abort)
    }
  }

  #resumption() {
    return this.lastEventId ? { 'Last-Event-ID': this.lastEventId } : {}
  }

  async #read(body) {
    const parser = new Parser(event => {
      this.#failures = 0
      this.lastEventId = event.id
      this.#onEvent(event)
    }, this.lastEventId)
    await read(body, text => {
      this.heard = Date.now()
      parser.push(text)
      this.lastEventId = parser.lastEventId
      this.#retry = parser.retry ?? this.#retry
    })
  }

  /**
   * Cuts a connection that says nothing. One that never answered may be a dead one that the browser kept for later; one that
   * was open may belong to a hub that beats slower than we think, so each alarm doubles our patience.
   */
  #checkSilence(cut, isOpen) {
    if (Date.now() - this.heard < (isOpen ? this.#quiet : ANSWERLESS)) return
    if (isOpen) this.#quiet *= 2
    cut.abort()
  }
}

/** Tells the newest kept events of a channel: what comes within a second on a stream of its own. */
export async function newest(channel, count, tell) {
  const control = new AbortController()
  const timeout = setTimeout(() => control.abort(), 1000)
  const parser = new Parser(event => {
    tell(event)
    if (count-- === 0) control.abort() // after connected and so many more
  })
  try {
    const url = address('events/' + inPath(channel), { history: count })
    const { body } = await fetch(url, { headers: { Accept: 'text/event-stream', ...authorization() }, signal: control.signal })
    await read(body, text => parser.push(text))
  } catch {
    // left, or lost: what has come is enough
  } finally {
    clearTimeout(timeout)
  }
}

async function read(body, tell) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    tell(decoder.decode(value, { stream: true }))
  }
}

async function refusal(response) {
  const { message } = await Problem.of(response)
  if (response.status === 401) return { name: 'unauthorized', detail: message }
  const later = response.status === 429 || response.status >= 500
  return { name: later ? 'waiting' : 'refused', detail: message }
}
