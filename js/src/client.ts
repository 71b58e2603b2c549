import { asError, createAccess } from './access.js'
import { parseAddress } from './address.js'
import type { Client, ClientOptions } from './api.js'
import { type Handler, type HubError, type HubEvent, overlap } from './events.js'
import { parseJson } from './json.js'
import type { Link, Message } from './link.js'
import { openLink } from './open.js'
import type { WireEvent } from './parser.js'
import { publish } from './publish.js'
import type { Failure, Status } from './stream.js'

/** Two and a half heartbeats of a hub with the default of 30 s. */
const SILENCE_MILLIS = 75_000
const MOST_REMEMBERED_IDS = 1000
const MOST_WAITING = 10_000

/** Names that no event has, for what is told beside the events: each of them, and each new status. */
const EVERY = ''
const STATUS = '\0'

/** A handler, and what it is for: a channel (null: any), and an event name. */
type Listener = [channel: string | null, type: string, handler: Handler<never>]

/** Makes the client of `connect`: what the page wants on one side, the link that brings it on the other. */
export function createClient(url: string | URL, options: ClientOptions = {}): Client<object> {
  const address = parseAddress(url)
  const access = createAccess(options)
  const closing = new AbortController()
  const listeners = new Set<Listener>()
  /** Channels that are wanted whether or not somebody listens. */
  const pinned = new Set(address.channels)
  /** Those who wait for a channel to be granted or refused (null: all of them); true where they wait on. */
  let waiting: ((channel: string | null, error?: HubError) => true | void)[] = []
  /** Ids of late, for an event may come again when another tab or connection takes over. */
  const seen = new Set<string>()
  let wanted = new Set<string>()
  let opening: Promise<Link> | undefined
  let link: Link | undefined
  let status: Status = 'connecting'
  let failure: HubError | undefined
  let isScheduled = false

  function on(...listener: Listener): () => void {
    listeners.add(listener)
    update()
    return () => {
      listeners.delete(listener)
      update()
    }
  }

  /** Hands the wanted channels to the link: once for all that changes in one go of the page's code. */
  function update(): void {
    if (isScheduled) return
    isScheduled = true
    queueMicrotask(async () => {
      isScheduled = false
      wanted = new Set(pinned)
      for (const [channel] of listeners) if (channel) wanted.add(channel)
      if (status !== 'closed') (await (opening ??= open())).listenTo(wanted)
    })
  }

  async function open(): Promise<Link> {
    const { signal } = closing
    const all = { silenceMillis: SILENCE_MILLIS, ...options, address, access }
    const opened = (link = await openLink(all, receive, signal))
    if (globalThis.document) {
      document.addEventListener('visibilitychange', () => document.hidden || opened.wake(false), { signal })
      addEventListener('online', () => opened.wake(true), { signal })
    }
    if (signal.aborted) opened.close()
    return opened
  }

  function receive({ event, status: now, failure, granted }: Message): void {
    if (status === 'closed') return
    if (event) onEvent(event)
    if (now) onStatus(now)
    if (failure) onFailure(failure)
    granted?.forEach(channel => settle(channel))
  }

  function onEvent({ type, data: text, id }: WireEvent): void {
    if (id !== undefined && type !== 'connected') {
      if (seen.has(id)) return
      const [oldest] = seen.add(id)
      if (seen.size > MOST_REMEMBERED_IDS) seen.delete(oldest!)
    }
    const value = parseJson(text)
    const channel: string | null = value?.channel ?? null
    // What is published comes in an envelope; what the hub says itself doesn't.
    const isPublished = value?.event !== undefined && value.channel !== undefined
    if (channel && link?.shared && ![...wanted].some(name => overlap(name, channel))) return
    emit({ type, data: isPublished ? value.data : value, id, channel }, isPublished || type === 'gap')
  }

  function onStatus(now: Status): void {
    if (now === status) return
    status = now
    if (status === 'closed') {
      settle(null, failure ?? asError<Failure>({ message: 'closed', final: true }))
      closing.abort()
      link?.close()
    }
    emit({ type: STATUS, data: status, channel: null })
  }

  function onFailure(failed: Failure): void {
    const { channel = null, final } = failed
    const error = asError(failed)
    if (channel && !wanted.has(channel)) return
    emit({ type: 'error', data: error, channel })
    if (channel) {
      // Its handlers go with it: the channel is asked for again only by whoever asks anew.
      pinned.delete(channel)
      for (const listener of listeners) if (listener[0] === channel) listeners.delete(listener)
      settle(channel, error)
      update()
    } else if (final) failure = error
  }

  function settle(channel: string | null, error?: HubError): void {
    waiting = waiting.filter(settled => settled(channel, error))
  }

  function emit(event: HubEvent, isForAll = false): void {
    for (const [channel, type, handler] of [...listeners]) {
      if (type !== event.type && !(type === EVERY && isForAll)) continue
      if (channel && !(event.channel && overlap(channel, event.channel))) continue
      try {
        handler(event.data as never, event as never)
      } catch (error) {
        // One handler's mistake is the page's to hear of, and no other handler's to suffer.
        void Promise.reject(error)
      }
    }
  }

  /**
   * The events of a client or a channel, one after the other. It holds at most 10000 that were not fetched yet; beyond
   * that it gives up those that wait, and says so by a `gap`.
   */
  async function* iterate(channel: string | null): AsyncGenerator<HubEvent, void> {
    let queue: HubEvent[] = []
    let after: string | null = null
    let end = failure
    let wake = (): void => {}
    const push = (_: unknown, event: HubEvent): void => {
      if (queue.length >= MOST_WAITING) {
        const resumedAt = queue.at(-1)!.id ?? null
        queue = [{ type: 'gap', data: { channel, after, resumedAt }, channel }]
      }
      queue.push(event)
      wake()
    }
    const fail = (error: HubError): void => {
      if (error.final && (error.channel ?? channel) === channel) end = error
      wake()
    }
    const detach = [on(channel, EVERY, push), on(null, 'error', fail), on(null, STATUS, () => wake())]
    try {
      for (;;) {
        for (let event; (event = queue.shift()); ) {
          after = event.id ?? after
          yield event
        }
        if (end) throw end
        if (status === 'closed') return
        await new Promise<void>(resolve => (wake = resolve))
      }
    } finally {
      for (const remove of detach) remove()
    }
  }

  const client: Client<object> = {
    get status() {
      return status
    },
    get lastEventId() {
      return link?.lastEventId ?? ''
    },
    on: (type, handler) => on(null, type, handler),
    onStatus: handler => on(null, STATUS, handler),
    channel: name => ({
      name,
      on: (type: string, handler: Handler<never>) => on(name, type, handler),
      [Symbol.asyncIterator]: () => iterate(name),
    }),
    [Symbol.asyncIterator]: () => iterate(null),

    subscribe(channel) {
      pinned.add(channel)
      update()
      const settled = new Promise<void>((resolve, reject) => {
        waiting.push((settled, error) => {
          if (settled && settled !== channel) return true
          return void (error ? reject(error) : resolve())
        })
      })
      // A refusal is an `error` event too: a caller who doesn't wait need not catch it.
      settled.catch(() => {})
      return settled
    },

    unsubscribe(channel) {
      pinned.delete(channel)
      update()
    },

    publish: (channel, data, how = {}) => publish(access, address.base, channel, data, how),
    close: () => onStatus('closed'),
  }

  options.signal?.addEventListener('abort', client.close, closing)
  // A relative URL and no page: this is the page's server, where nobody listens.
  if (options.signal?.aborted || address.base.startsWith('http://_')) client.close()
  update()
  return client
}
