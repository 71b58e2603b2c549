import { useMemo, useRef, useSyncExternalStore } from 'react'
import type { Client, EventName } from './api.js'
import type { Data } from './events.js'
import type { Status } from './stream.js'

/**
 * The newest data of these events of a channel; `undefined` until one came. The channel is subscribed to for as long as
 * a component that asks for it is mounted.
 */
export function useChannel<Events, Type extends EventName<Events>>(
  client: Client<Events>,
  channel: string,
  type: Type,
): Data<Events, Type> | undefined

/** What the events of a channel come to: each one's data is reduced into the state, beginning with `initial`. */
export function useChannel<Events, Type extends EventName<Events>, State>(
  client: Client<Events>,
  channel: string,
  type: Type,
  reduce: (state: State, data: Data<Events, Type>) => State,
  initial: State,
): State

export function useChannel(
  client: Client,
  channel: string,
  type: string,
  reduce: (state: unknown, data: unknown) => unknown = (_, data) => data,
  initial?: unknown,
): unknown {
  const newest = useRef(reduce)
  newest.current = reduce
  const first = useRef(initial)
  const store = useMemo(() => {
    let state = first.current
    return {
      current: () => state,
      listen: (changed: () => void) =>
        client.channel(channel).on(type, data => {
          state = newest.current(state, data)
          changed()
        }),
    }
  }, [client, channel, type])
  return useSyncExternalStore(store.listen, store.current, () => first.current)
}

/** What the client is doing, for a sign that says so. */
export function useStatus(client: Client<never>): Status {
  return useSyncExternalStore(client.onStatus, () => client.status, () => 'connecting')
}
