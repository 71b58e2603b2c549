import type { Failure } from './stream.js'

/** An event as a page gets it. */
export interface HubEvent<T = unknown> {
  /** The event's name; `message` where it has none. */
  type: string
  /** The parsed JSON value, or the text where the data is no JSON. */
  data: T
  /** The position to resume after this event; absent for an event that the hub did not keep. */
  id?: string
  /** The channel; null for a broadcast or a message to this client alone. */
  channel: string | null
}

/** Why a client, or one channel of it, failed. */
export type HubError = Error & Failure

/** What the hub and the client themselves say, by the names that nobody can publish. */
export interface HubNotices {
  /** The stream is there. `resumed` is false where something since the last id is missing, null for a first connect. */
  connected: { clientId: string; channels: string[]; resumed: boolean | null }
  /** Events that will never come, because they are no longer kept: load the state anew. */
  gap: { channel: string | null; after: string | null; resumedAt: string | null }
  subscribed: { channel: string }
  unsubscribed: { channel: string }
  /** The token's time is up; the client comes back with a fresh one. */
  expired: unknown
  /** The hub ends the stream on purpose; the client comes back. */
  closing: { reason: 'age' | 'draining' | 'full' | 'kicked' | 'replaced' }
  /** The stream is quiet and alive. */
  heartbeat: { time: number }
  error: HubError
}

/** What the data of an event of this name is. */
export type Data<Events, Type extends string> = Type extends keyof HubNotices
  ? HubNotices[Type]
  : Type extends keyof Events
    ? Events[Type]
    : unknown

/** Called with an event's data first, which is what most handlers want. */
export type Handler<T = unknown> = (data: T, event: HubEvent<T>) => void

/** Whether two channels, or patterns, are the same or one stands for the other. */
export function overlap(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a)
}

function covers(pattern: string, channel: string): boolean {
  return pattern.endsWith('*') ? channel.startsWith(pattern.slice(0, -1)) : pattern === channel
}
