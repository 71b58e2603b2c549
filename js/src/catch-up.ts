import { type ConnectionOptions, createConnection } from './connection.js'
import type { Link, Message, Receiver } from './link.js'
import type { WireEvent } from './parser.js'

/** Brings a tab that asks for the past to where the shared stream is. */
export interface CatchUp {
  readonly lastEventId: string
  /** Opens the tab's own stream; until then, everything is only held. */
  start(channels: ReadonlySet<string>): void
  /** Begins to look for the seam anew, for what the tab wants, or what the shared stream carries, has changed. */
  listenTo(channels: ReadonlySet<string>): void
  /** Takes an event of the shared stream, while that carries all of the tab's channels. */
  hold(event: WireEvent): void
  /** Goes over to the shared stream, after the event that both have shown where there is one. */
  finish(seam?: string): void
}

const MOST_HELD = 1000

/** What a page is told when something may be missing, of a channel or (null) of any. */
export function gap(channel: string | null): Message {
  return { event: { type: 'gap', data: JSON.stringify({ channel, after: null, resumedAt: null }) } }
}

/**
 * Makes a catch-up: a stream of the tab's own, for as long as it takes, while what the shared stream says is held. Both
 * carry the tab's channels in the same order, so the first event that both have shown is the seam; on a quiet hub the own
 * stream's heartbeat says that it has nothing more to bring. There is no seam while `isJoined` says that the shared
 * stream lacks a channel of the tab.
 */
export function createCatchUp(
  options: ConnectionOptions,
  receive: Receiver,
  isJoined: () => boolean,
  done: () => void,
): CatchUp {
  const ids = new Set<string>()
  let held: WireEvent[] = []
  let own: Link | undefined
  let isOver = false

  function finish(seam?: string): void {
    if (isOver) return
    isOver = true
    own?.close()
    done()
    // Without a seam the own stream has shown all that went before, what has no id included.
    const rest = seam ? held.slice(held.findIndex(({ id }) => id === seam) + 1) : held.filter(({ id }) => id)
    for (const event of rest) receive({ event })
  }

  return {
    get lastEventId() {
      return (own ?? options).lastEventId ?? ''
    },

    start(channels) {
      if (own) return
      own = createConnection(options, message => {
        if (isOver) return
        const { event, status, failure } = message
        if (status === 'closed') {
          receive(gap(null))
          return finish()
        }
        // The shared stream goes on, whatever becomes of this one.
        if (failure) message.failure = { ...failure, final: !!failure.channel }
        receive(message)
        const { id, type } = event ?? {}
        if (id) ids.add(id)
        if (isJoined() && (type === 'heartbeat' || (id && held.some(each => each.id === id)))) finish(id)
      })
      own.listenTo(channels)
    },

    listenTo(channels) {
      own?.listenTo(channels)
      held = []
    },

    hold(event) {
      const { id } = event
      held.push(event)
      // What both have shown is among the newest.
      if (held.length > MOST_HELD) held.shift()
      if (id && ids.has(id)) finish(id)
    },

    finish,
  }
}
