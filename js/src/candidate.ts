import type { ConnectionOptions } from './connection.js'
import { createOwner, type Note, type Owner } from './owner.js'

/**
 * A tab or the worker as it waits for the lock of its group, which makes it the owner of the stream. While it waits it
 * follows the stream, so that it can go on exactly where the owner before it stopped.
 */
export interface Candidate {
  /** Where the stream is, as far as this candidate has heard. */
  readonly lastEventId: string
  readonly owner: Owner | undefined
  /** Queues for the lock; owns the stream once it has it, until closed. */
  queue(): void
  /** Says something to all of the group, this candidate included. */
  say(note: Note): void
  close(): void
}

export function createCandidate(
  group: string,
  founder: string,
  options: ConnectionOptions,
  listener: (note: Note) => void,
): Candidate {
  const channel = new BroadcastChannel(group)
  const closing = new AbortController()
  const { signal } = closing
  let { lastEventId = '' } = options
  let granted: string[] = []
  let isFirst = true
  let owner: Owner | undefined

  function hear(note: Note): void {
    const { state, message } = note
    if (state || message) isFirst = false
    lastEventId = message?.event?.id || state?.lastEventId || lastEventId
    granted = message?.granted ?? state?.granted ?? granted
    owner?.hear(note)
    listener(note)
  }

  function say(note: Note): void {
    if (signal.aborted) return
    channel.postMessage(note)
    hear(note)
  }

  channel.onmessage = ({ data }) => hear(data)
  return {
    get lastEventId() {
      return lastEventId
    },
    get owner() {
      return owner
    },
    say,

    queue() {
      holdLock(group, signal, () => {
        // A stream that was there before goes on: no tab's wish for the past began it.
        const { history } = isFirst ? options : {}
        owner = createOwner(group, isFirst ? founder : '', { ...options, lastEventId, history }, granted, say)
        say({ owner: true })
      }).catch(() => {})
    },

    close() {
      owner?.close()
      closing.abort()
      channel.close()
    },
  }
}

/** Waits for the lock, and holds it until the signal aborts; fails where the page may have none. */
export function holdLock(name: string, signal: AbortSignal, onHeld: () => void): Promise<unknown> {
  return navigator.locks.request(name, { signal }, () => {
    onHeld()
    return new Promise(resolve => signal.addEventListener('abort', resolve))
  })
}
