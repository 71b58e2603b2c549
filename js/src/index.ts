import type { Client, ClientOptions } from './api.js'
import { createClient } from './client.js'

export type { AccessOptions, TokenSource } from './access.js'
export type { Channel, Client, ClientOptions, EventName, EventSourceOf, PoolLimits, Published, PublishOptions } from './api.js'
export type { Handler, HubError, HubEvent, HubNotices } from './events.js'
export type { Status } from './stream.js'

/**
 * Listens to a hub. `url` is the address of its `/events` or `/events/{channel}`; the type parameter maps event names to
 * the types of their data.
 */
export const connect: <Events = Record<string, unknown>>(url: string | URL, options?: ClientOptions) => Client<Events> =
  createClient as never
