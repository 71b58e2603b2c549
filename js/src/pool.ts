import type { PoolLimits } from './api.js'
import { type ConnectionOptions, createConnection } from './connection.js'
import type { Link, Receiver } from './link.js'
import type { Status } from './stream.js'

interface Member {
  connection: Link
  channels: Set<string>
  status: Status
}

/**
 * Makes a few connections that share the channels of one client: for HTTP/1.1, where a browser grants six to a host and
 * all its tabs. A further one is opened when the others are full; when all are, the emptiest takes one more. Order holds
 * for each channel, and over the channels of one connection only. The first connection stays, for the broadcasts.
 */
export function createPool(options: ConnectionOptions & { pool?: PoolLimits }, receive: Receiver): Link {
  const limits = options.pool ?? defaultLimits(options.address.base)
  let members: Member[] = []
  let status: Status | undefined

  function room(isFirst: boolean): Member {
    const emptiest = members.reduce((a, b) => (b.channels.size < a.channels.size ? b : a))
    const isFull = emptiest.channels.size >= limits.channels
    return isFull && members.length < limits.connections ? add(isFirst) : emptiest
  }

  /** Adds a connection. One that comes later has no past to resume: its channels are new. */
  function add(isFirst: boolean): Member {
    const past = isFirst ? {} : { lastEventId: undefined, history: undefined }
    const connection = createConnection({ ...options, ...past }, message => {
      if (message.status) onStatus(member, message.status)
      else receive(message)
    })
    const member: Member = { connection, channels: new Set(), status: 'connecting' }
    members.push(member)
    return member
  }

  /** The pool is open when all its connections are, and closed for good with the first that is. */
  function onStatus(member: Member, now: Status): void {
    if (!members.includes(member)) return
    member.status = now
    const all = members.map(each => each.status)
    const overall = (['closed', 'waiting', 'connecting'] as const).find(each => all.includes(each)) ?? 'open'
    if (overall === 'closed') close()
    if (overall !== status) receive({ status: (status = overall) })
  }

  function close(): void {
    for (const { connection } of members.splice(0)) connection.close()
  }

  return {
    get lastEventId() {
      return members.length === 1 ? members[0]!.connection.lastEventId : ''
    },

    listenTo(channels) {
      const isFirst = !members.length
      const homeless = new Set(channels)
      for (const member of members) {
        for (const channel of member.channels) if (!channels.has(channel)) member.channels.delete(channel)
        for (const channel of member.channels) homeless.delete(channel)
      }
      if (isFirst) add(isFirst)
      for (const channel of homeless) room(isFirst).channels.add(channel)
      const before = members
      members = before.filter((member, index) => !index || member.channels.size)
      for (const member of before) {
        if (members.includes(member)) member.connection.listenTo(member.channels)
        else member.connection.close()
      }
    },

    wake(restart) {
      for (const { connection } of members) connection.wake(restart)
    },

    close,
  }
}

/** As wide as the HTTP version asks for: one stream is enough where nothing limits its number of channels. */
function defaultLimits(base: string): PoolLimits {
  const { origin } = new URL(base)
  // HTTP/2 and 3 carry any number of streams over one connection.
  const isMultiplexed = ['navigation', 'resource']
    .flatMap(type => performance.getEntriesByType(type) as PerformanceResourceTiming[])
    .some(({ name, nextHopProtocol }) => name.startsWith(origin + '/') && /^h[23]/.test(nextHopProtocol))
  return isMultiplexed ? { connections: 1, channels: 1 } : { connections: 4, channels: 10 }
}
