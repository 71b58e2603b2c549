import { type Access, claims, refusal } from './access.js'
import type { Address } from './address.js'
import { backoffMillis, mayPass, sleep } from './backoff.js'
import { parseJson, randomId } from './json.js'
import type { Link, Receiver } from './link.js'
import { createStream, type Status, type StreamOptions } from './stream.js'

export interface ConnectionOptions extends StreamOptions {
  address: Address
  access: Access
  history?: number
}

/** Within what a timer can hold. */
const LONGEST_TIMER_MILLIS = 2_000_000_000

/**
 * One stream of a hub: keeps its channels as the client wants them, live and over reconnects, and its token fresh.
 *
 * A channel is wanted from `listenTo` on, and granted once the hub has confirmed it. A connect that is refused is tried
 * again with the granted ones alone, so that a forbidden or misspelled channel never costs the others theirs.
 */
export function createConnection(options: ConnectionOptions, receive: Receiver): Link {
  const { address, access, history } = options
  /** All channels that were ever wanted: the hub remembers a stream, and may bring back one that was left. */
  const known = new Set<string>()
  let clientId = randomId()
  let status: Status | undefined
  let wanted = new Set<string>()
  /** What the stream carries, as it says itself between the events before a change and those after. */
  let granted = new Set<string>()
  /** The same as the hub's answers have it, which may be ahead of the stream. */
  let steered = new Set<string>()
  let isCautious = false
  let isSteering = false
  let renewal: ReturnType<typeof setTimeout>

  function onStatus(now: Status): void {
    if (now !== 'open') clearTimeout(renewal)
    if (now !== status) receive({ status: (status = now) })
  }

  function announce(): void {
    receive({ granted: [...granted] })
    void steer()
  }

  function change(how: 'add' | 'delete', channel: string): void {
    granted[how](channel)
    steered[how](channel)
    announce()
  }

  /** Asks the hub, one by one, for what is wanted and not there, and to take away what is there and not wanted. */
  async function steer(): Promise<void> {
    if (isSteering) return
    isSteering = true
    for (let failures = 0; status === 'open'; ) {
      const channel = [...known].find(each => wanted.has(each) !== steered.has(each))
      if (channel === undefined) break
      if (!(await ask(channel).catch(() => false))) await sleep(backoffMillis(failures++, 1000))
    }
    isSteering = false
  }

  /** Asks for one change; returns whether that is settled. */
  async function ask(channel: string): Promise<boolean> {
    const subscribes = wanted.has(channel)
    const response = await post(subscribes ? '/subscribe' : '/unsubscribe', { clientId, channel })
    const { ok, status } = response
    if (subscribes && (status === 400 || status === 403)) {
      wanted.delete(channel)
      known.delete(channel)
      const { message } = await refusal(response)
      receive({ failure: { message, status, channel, final: true } })
      return true
    }
    if (ok) steered[subscribes ? 'add' : 'delete'](channel)
    return ok
  }

  function post(path: string, body: unknown): Promise<Response> {
    return access.post(address.base + path, JSON.stringify(body), { 'content-type': 'application/json' })
  }

  /** Gives the running stream a fresh token when four fifths of the old one's time are over. */
  function renewInTime(): void {
    const millis = (claims(access.token).exp! * 1000 - Date.now()) * 0.8
    if (!(millis > 0)) return
    const renew = async (): Promise<void> => {
      await access.refresh()
      await post(`/clients/${clientId}/token`, {})
      if (status === 'open') renewInTime()
    }
    // Where that fails the hub says `expired` in the end, and the stream comes back with a fresh one.
    renewal = setTimeout(() => renew().catch(() => {}), Math.min(Math.max(millis, 1000), LONGEST_TIMER_MILLIS))
  }

  const stream = createStream(
    {
      async open(headers, signal) {
        await access.refresh()
        const query = new URLSearchParams([...address.query, ['envelope', '1'], ['heartbeat', 'event'], ['clientId', clientId]])
        for (const channel of isCautious ? granted : wanted) query.append('channel', channel)
        if (history && !stream.lastEventId) query.append('history', '' + history)
        return access.request(`${address.base}/events?${query}`, { signal, cache: 'no-store' }, headers)
      },

      judge(status, isRepeated) {
        if (mayPass(status)) return 'later'
        if (status === 401 && access.canRefresh) return isRepeated ? 'later' : 'again'
        if (status === 409) clientId = randomId()
        else if (status === 400 || status === 403) isCautious = true
        else return 'never'
        return isRepeated ? 'never' : 'again'
      },

      onStatus,
      onFailure: failure => receive({ failure }),

      onEvent(event) {
        const { type, data } = event
        if (type === 'closing' || type === 'expired') stream.obeysRetry = true
        else onStatus('open')
        if (type === 'connected') {
          granted = new Set(parseJson(data).channels)
          steered = new Set(granted)
          isCautious = false
          announce()
          renewInTime()
        }
        if (type === 'subscribed') change('add', parseJson(data).channel)
        if (type === 'unsubscribed') change('delete', parseJson(data).channel)
        receive({ event })
      },
    },
    options,
  )

  return {
    get lastEventId() {
      return stream.lastEventId
    },
    listenTo(channels) {
      wanted = new Set(channels)
      for (const channel of channels) known.add(channel)
      if (status === 'open') announce()
      else if (!status) void stream.run()
    },
    wake: stream.wake,
    close: stream.close,
  }
}
