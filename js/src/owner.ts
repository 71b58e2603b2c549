import { type ConnectionOptions, createConnection } from './connection.js'
import type { Message } from './link.js'
import type { WireEvent } from './parser.js'
import type { Status } from './stream.js'

/** What tabs and the owner of their stream say to each other on the `BroadcastChannel` of their group: one of these. */
export interface Note {
  /** The tab `from` is here, or wants other channels than before. */
  from?: string
  want?: string[]
  /** The tab that is gone. */
  bye?: string
  /** The page is looked at again, or (true) the network came back. */
  wake?: boolean
  /** An owner has come: each tab says again what it wants. */
  owner?: true
  /** Where the stream is, for the tab `to` that has come or changed since. */
  to?: string
  state?: State
  message?: Message
  /** An owner without a page asks this tab for a token, and gets one, or the reason why not. */
  ask?: string
  token?: string
  problem?: string
}

export interface State {
  status: Status
  /** All channels that the stream carries, or is about to begin with. */
  granted: string[]
  lastEventId: string
  /** What the stream began with, for a tab that wasn't there yet. */
  connected: WireEvent | undefined
  /** The tab whose wish, to resume or to see history, the stream began with; empty where it went on from another's. */
  founder: string
}

/** Holds the stream for all tabs of a group, where the group's lock is: in the worker, or in one of the tabs. */
export interface Owner {
  /** The tabs that the stream is for, longest here first. */
  readonly tabs: string[]
  hear(note: Note): void
  /** Ends the stream without a word to the tabs, for the next owner. */
  close(): void
}

const RESTART_MILLIS = 2000

/**
 * Makes an owner. It begins with the channels that the owner before it had, and keeps them for every tab that is alive
 * until that tab has said itself what it wants; so no tab, however slow to answer, misses an event of the take-over.
 */
export function createOwner(
  group: string,
  founder: string,
  options: ConnectionOptions,
  granted: string[],
  say: (note: Note) => void,
): Owner {
  const tabs = new Map<string, string[]>()
  const ended = new AbortController()
  const { signal } = ended
  let inherited = granted
  let status: Status = 'connecting'
  let connected: WireEvent | undefined
  let restartedAt = -Infinity

  const connection = createConnection(options, message => {
    if (signal.aborted) return
    status = message.status ?? status
    granted = message.granted ?? granted
    if (message.event?.type === 'connected') connected = message.event
    say({ message })
  })

  /** Lets every living tab inherit, until it says itself what it wants. */
  async function adopt(): Promise<void> {
    const { held } = await navigator.locks.query()
    for (const { name = '' } of held!) {
      const id = name.slice(group.length + 1)
      if (inherited.length && name.startsWith(group + '/') && !tabs.has(id)) add(id, inherited)
    }
    inherited = []
    update()
  }

  /** Takes a tab in, until it says goodbye or its own lock falls free: then it was closed, or has crashed. */
  function add(id: string, want: string[]): void {
    if (!tabs.has(id)) navigator.locks.request(`${group}/${id}`, { signal }, () => say({ bye: id })).catch(() => {})
    tabs.set(id, want)
    update()
  }

  function update(): void {
    if (signal.aborted || !tabs.size) return
    const wanted = new Set([...inherited, ...[...tabs.values()].flat()])
    connection.listenTo(wanted)
  }

  void adopt()
  return {
    get tabs() {
      return [...tabs.keys()]
    },

    hear({ from, want, bye, wake }) {
      if (from) {
        add(from, want!)
        say({ to: from, state: { status, granted, lastEventId: connection.lastEventId, connected, founder } })
      }
      if (bye && tabs.delete(bye)) update()
      if (wake === undefined) return
      // Every tab notices the new network, and one restart is enough.
      const now = performance.now()
      const restarts = wake && now - restartedAt > RESTART_MILLIS
      if (restarts) restartedAt = now
      connection.wake(restarts)
    },

    close() {
      ended.abort()
      connection.close()
    },
  }
}
