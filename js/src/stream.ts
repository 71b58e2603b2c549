import { type Refusal, refusal } from './access.js'
import { backoffMillis } from './backoff.js'
import { createParser, type WireEvent } from './parser.js'

/** What a stream is doing: asking for an answer, open, waiting before it asks again, or closed for good. */
export type Status = 'connecting' | 'open' | 'waiting' | 'closed'

/** Why a stream, or one channel of it, failed. A plain object, for it passes from one tab to another. */
export interface Failure {
  message: string
  /** The HTTP status; 0 where there was no answer. */
  status?: number
  /** The channel that was refused, where it was one alone. */
  channel?: string
  /** Whether nothing more will come: the stream is closed, or the channel has left it. */
  final: boolean
}

/** What to do about a failure: try `again` at once, for the next request will differ; `later`; or `never`. */
export type Verdict = 'again' | 'later' | 'never'

/** What a stream asks of its owner, and tells it. */
export interface StreamOwner {
  /** Makes the next request, with these headers and under this signal. */
  open(headers: Record<string, string>, signal: AbortSignal): Promise<Response>
  onStatus(status: Status): void
  onEvent(event: WireEvent): void
  onComment?(text: string): void
  onFailure(failure: Failure): void
  /** What to do about an error status, or none (0); it may be the same as the last. */
  judge(status: number, isRepeated: boolean): Verdict
}

export interface StreamOptions {
  lastEventId?: string
  /** How long an open stream may be silent, in milliseconds, before it is taken for dead. */
  silenceMillis: number
  /** The reconnection time until the server names its own. */
  retryMillis?: number
}

/** An event stream that is kept alive until it is closed. */
export interface Stream {
  /** Where the stream will resume; empty before the first id. */
  lastEventId: string
  /** Set by the owner where the server has spread the reconnects itself: the next wait is its `retry`, exactly. */
  obeysRetry: boolean
  /** Runs until the stream is closed. */
  run(): Promise<void>
  /** Waits no longer, and gives up a connection that has been silent for too long; `restarts`: any connection. */
  wake(restarts: boolean): void
  close(): void
}

const CONNECT_MILLIS = 20_000
const STABLE_MILLIS = 5000

/**
 * Makes a stream that reconnects with back-off from where it stopped, until the server or its owner ends it. It knows
 * nothing of hubs: what is particular to Millrace is in `connection.ts`.
 */
export function createStream(
  owner: StreamOwner,
  { lastEventId = '', silenceMillis, retryMillis = 1000 }: StreamOptions,
): Stream {
  let failures = 0
  let deadline = 0
  let isClosed = false
  let isHurried = false
  let attempt = new AbortController()
  let endWait = (): void => {}

  /** One attempt: returns when an open stream has ended, throws where there was none or it broke. */
  async function connect(): Promise<void> {
    const { signal } = (attempt = new AbortController())
    isHurried = stream.obeysRetry = false
    deadline = performance.now() + CONNECT_MILLIS
    // One coarse timer, which a chunk of the stream does not touch.
    const watch = setInterval(giveUp, silenceMillis / 4)
    try {
      const headers: Record<string, string> = { accept: 'text/event-stream' }
      if (stream.lastEventId) headers['last-event-id'] = stream.lastEventId
      const response = await owner.open(headers, signal)
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
      if (response.status !== 200 || !isStream) throw await refusal(response)
      await read(response.body!.getReader())
    } finally {
      clearInterval(watch)
      attempt.abort()
    }
  }

  async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const openedAt = performance.now()
    const decoder = new TextDecoder()
    const parser = createParser(
      stream.lastEventId,
      event => {
        stream.lastEventId = parser.lastEventId
        if (!isClosed) owner.onEvent(event)
      },
      owner.onComment,
    )
    try {
      for (;;) {
        deadline = performance.now() + silenceMillis
        const { done, value } = await reader.read()
        if (done) break
        parser.push(decoder.decode(value, { stream: true }))
        stream.lastEventId = parser.lastEventId
        retryMillis = parser.retry ?? retryMillis
      }
    } finally {
      if (performance.now() - openedAt > STABLE_MILLIS) failures = 0
    }
  }

  function giveUp(anyway?: boolean): void {
    if (anyway || performance.now() > deadline) attempt.abort(new Error('silent too long'))
  }

  async function wait(pauseMillis: number): Promise<void> {
    if (isHurried) return
    owner.onStatus('waiting')
    const millis = stream.obeysRetry ? retryMillis : backoffMillis(failures++, retryMillis)
    const sleep = new Promise<void>(resolve => (endWait = resolve))
    const timer = setTimeout(endWait, Math.max(pauseMillis, 0) + millis)
    await sleep
    clearTimeout(timer)
  }

  const stream: Stream = {
    lastEventId,
    obeysRetry: false,

    async run() {
      for (let refusedWith = 0; !isClosed; ) {
        owner.onStatus('connecting')
        let verdict: Verdict = 'later'
        let pause = 0
        try {
          await connect()
          refusedWith = 0
        } catch (error) {
          const { message, status = 0, pauseMillis = 0 } = error as Refusal
          if (isClosed || status === 204) break
          verdict = owner.judge(status, status === refusedWith)
          refusedWith = status
          pause = pauseMillis
          const final = verdict === 'never'
          if (verdict !== 'again' && !isHurried) owner.onFailure({ message, status, final })
          if (final) break
        }
        if (verdict === 'later' && !isClosed) await wait(pause)
      }
      stream.close()
    },

    wake(restarts) {
      isHurried ||= restarts
      endWait()
      giveUp(restarts)
    },

    close() {
      if (isClosed) return
      isClosed = true
      endWait()
      attempt.abort()
      owner.onStatus('closed')
    },
  }
  return stream
}
