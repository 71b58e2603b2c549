import type { WireEvent } from './parser.js'
import type { Failure, Status } from './stream.js'

/** What a link tells its client: one of these, as plain data, for it may come from another tab. */
export interface Message {
  event?: WireEvent
  status?: Status
  failure?: Failure
  /** All channels that the stream carries from here on. */
  granted?: string[]
}

export type Receiver = (message: Message) => void

/** What brings events to a client: a connection, a pool of connections, or another tab's. */
export interface Link {
  /** Where the stream would resume; empty before the first id, and where no single id can say. */
  readonly lastEventId: string
  /** Whether the link also carries what other tabs asked for. */
  readonly shared?: boolean
  /** Names all channels wanted from now on; the first call opens the stream. */
  listenTo(channels: ReadonlySet<string>): void
  /** Says that the page is looked at again, or (`restart`) that the network came back, maybe as another one. */
  wake(restart: boolean): void
  close(): void
}
