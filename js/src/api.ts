import type { AccessOptions } from './access.js'
import type { Data, Handler, HubEvent, HubNotices } from './events.js'
import type { Status } from './stream.js'

/** How channels are spread over connections. */
export interface PoolLimits {
  /** The most connections at a time. */
  connections: number
  /** The channels that a connection takes before another one is opened. */
  channels: number
}

export interface ClientOptions extends AccessOptions {
  /** Resumes after this id, or from everything that is retained with `earliest`. */
  lastEventId?: string
  /** Replays, on the first connect, the newest so many retained events of the channels before the live ones. */
  history?: number
  /** Whether to share one stream with the browser's other tabs, where the browser can; true by default. */
  share?: boolean
  /** The address of the worker that holds the shared stream; by default the package's own. */
  worker?: string | URL
  /** Spreads channels over connections; by default one, but 4 of 10 channels in a page over HTTP/1.1 that can't share. */
  pool?: PoolLimits
  /** How long an open stream may be silent, before it is replaced; 75000 by default, as a hub's heartbeat is 30 s. */
  silenceMillis?: number
  /** The first back-off until the hub has named its own `retry`; 1000 by default. */
  retryMillis?: number
  /** Closes the client when it aborts. */
  signal?: AbortSignal
}

export interface PublishOptions {
  /** The event's name. */
  event?: string
  /** False for those who listen now only: not retained, without an id, lost without a word. */
  keep?: boolean
  /** The same key on the same channel publishes once; made at random by default, so that a retry can't publish twice. */
  idempotencyKey?: string
}

/** What the hub answers to a publish. */
export interface Published {
  id: string | null
  /** The streams of the answering node that it goes to. */
  recipients: number
}

/** The event names that a handler can be added for: those of the type map, the hub's own, and any other. */
export type EventName<Events> = Extract<keyof Events, string> | keyof HubNotices | (string & {})

/** Where events come from: a client, or one channel of it. Iterating gives every event, and every gap. */
export interface EventSourceOf<Events> extends AsyncIterable<HubEvent> {
  /** Calls the handler with the data of each such event; what it returns removes the handler. */
  on<Type extends EventName<Events>>(type: Type, handler: Handler<Data<Events, Type>>): () => void
}

/** A channel or a pattern of a client. It is subscribed to for as long as somebody listens here. */
export interface Channel<Events = Record<string, unknown>> extends EventSourceOf<Events> {
  readonly name: string
}

/** A listener to a hub, which comes back by itself until it is closed. */
export interface Client<Events = Record<string, unknown>> extends EventSourceOf<Events> {
  readonly status: Status
  /** Where a stream would resume; empty before the first id, and while several connections share the channels. */
  readonly lastEventId: string
  /** Calls the handler with each new status; what it returns removes it. */
  onStatus(handler: (status: Status) => void): () => void
  /** The channel of this name, or the channels of this pattern. */
  channel<Own = Events>(name: string): Channel<Own>
  /** Subscribes until `unsubscribe`; settles when the hub has confirmed or refused. */
  subscribe(channel: string): Promise<void>
  unsubscribe(channel: string): void
  /** Publishes text as it is and anything else as JSON; tries again where that can't publish twice. */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<Published>
  close(): void
}
