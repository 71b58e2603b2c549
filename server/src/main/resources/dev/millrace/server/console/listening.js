import { address, get, inPath, post } from './hub.js'
import { unwrap } from './json.js'
import { newest, Stream } from './stream.js'

const REPLAYED = 50
const FIGURES = 60
const SETTLE_MILLIS = 600
const SYSTEM = '$system'
const NAME = /^[\p{L}\p{Nd}_\-.:/@~=+]{1,200}$/u

const REASONS = {
  age: 'This stream has reached the hub’s age limit.',
  draining: 'The hub is shutting down.',
  full: 'The hub has no room for another stream.',
  kicked: 'An administrator ended this stream.',
  replaced: 'Another stream took this one’s place.',
}

/** What this page listens to: its channels, the stream that brings them, and what arrives, told as entries. */
export class Listening {
  /** The stream's secret name. It lets this page, and nobody else, steer the stream; it dies with the page. */
  clientId = secret()
  channels
  stream

  #onEntry
  #onSystem
  #onChange
  #onDate
  #isLive = false
  #hasFigures = false
  #lostAt = 0
  #replayed // the channels of what arrives right after connecting

  /** @param on { entry, system, state, change, date } */
  constructor(channels, on) {
    this.channels = new Set(channels)
    this.#onEntry = on.entry
    this.#onSystem = on.system
    this.#onChange = on.change
    this.#onDate = on.date
    this.stream = new Stream(
      () => this.#address(),
      event => this.#receive(event),
      state => {
        if (this.#isLive && state.name !== 'live') this.#lost(state)
        this.#isLive = state.name === 'live'
        on.state(state)
      },
    )
  }

  has(channel) {
    return this.channels.has(channel)
  }

  /** Adds a channel or pattern to the live stream. Throws an Error that says what is wrong. */
  async add(entry) {
    check(entry)
    if (this.has(entry)) return
    this.channels.add(entry)
    this.#onChange()
    await this.#steered('subscribe', entry, () => this.channels.delete(entry))
  }

  async remove(entry) {
    if (!this.channels.delete(entry)) return
    this.#onChange()
    if (entry !== SYSTEM) await this.#steered('unsubscribe', entry, () => this.channels.add(entry))
  }

  /** Begins again as somebody else: with another token. */
  renew() {
    this.clientId = secret()
    this.stream.open()
  }

  #address() {
    const history = this.stream.lastEventId ? undefined : REPLAYED
    const channel = [...this.channels]
    return address('events', { channel, envelope: 1, heartbeat: 'event', clientId: this.clientId, history })
  }

  async #steered(verb, channel, undo) {
    if (!this.#isLive) return this.stream.open() // a stream that was refused for its channels may have a chance now
    try {
      await post(verb, { clientId: this.clientId, channel })
    } catch (problem) {
      undo()
      this.#onChange()
      throw problem
    }
  }

  #receive({ type, data, id }) {
    if (type === 'heartbeat') return
    const notice = this.#notices[type]
    if (notice) return notice(JSON.parse(data), id)
    const event = unwrap(data)
    if (event.channel === SYSTEM) {
      this.#onSystem(JSON.parse(event.data))
      if (!this.has(SYSTEM)) return
    }
    if (event.channel) this.#replayed?.add(event.channel)
    this.#tell('event', event.name, event.data, { id: this.#isNew(id) ? id : '', channel: event.channel })
  }

  #seen = ''

  /** An event that isn't kept has no id of its own: it comes with the one before. */
  #isNew(id) {
    const isNew = id !== this.#seen
    this.#seen = id
    return isNew
  }

  #tell(kind, name, data, more = {}) {
    this.#onEntry({ kind, name, data, id: '', channel: null, at: Date.now(), ...more })
  }

  #notices = {
    connected: ({ channels, resumed }, id) => {
      this.#seen = id
      const away = this.#lostAt ? ` after ${Math.max(1, Math.round((Date.now() - this.#lostAt) / 1000))} s` : ''
      this.#lostAt = 0
      if (resumed === true) this.#tell('notice', 'resumed', `Back${away}: nothing was missed, everything since follows.`)
      else if (resumed === false) this.#tell('notice', 'connected', `Back${away}, but not everything since is still there.`)
      else this.#tell('notice', 'connected', 'Up to 50 events from the history come first.')
      this.#agree(new Set(channels))
      this.#dateReplayed(id)
    },
    subscribed: ({ channel }) => this.#steeredBy(channel, true),
    unsubscribed: ({ channel }) => this.#steeredBy(channel, false),
    gap: ({ channel, after, resumedAt }) => {
      const what = channel === null ? 'broadcasts' : channel === '*' ? 'events' : `events of ${channel}`
      const lost = after ? `The ${what} after ${after} are no longer kept.` : `The hub no longer has its earlier ${what}.`
      this.#tell('gap', 'gap', `${lost} From ${resumedAt} on nothing is missing.`)
    },
    expired: () => {
      this.#tell('notice', 'expired', 'The token has expired.')
      this.stream.stop({ name: 'unauthorized' })
    },
    closing: ({ reason }) => this.#tell('notice', 'closing', REASONS[reason] ?? reason),
  }

  #steeredBy(channel, isOn) {
    if (channel === SYSTEM && !this.has(SYSTEM)) return
    if (isOn) this.channels.add(channel)
    else this.channels.delete(channel)
    this.#onChange()
    this.#tell('notice', isOn ? 'subscribed' : 'unsubscribed', isOn ? `Listening to ${channel}` : `No longer listening to ${channel}`)
  }

  #lost({ detail }) {
    this.#lostAt = Date.now()
    if (detail) this.#tell('notice', 'lost', detail + '.')
  }

  /** The hub may remember another set of channels for this stream than the page now wants; besides $system. */
  #agree(has) {
    const steer = (verb, channel) => post(verb, { clientId: this.clientId, channel }).catch(() => {})
    for (const channel of this.channels) if (!has.has(channel)) steer('subscribe', channel)
    for (const channel of has) if (!this.has(channel) && channel !== SYSTEM) steer('unsubscribe', channel)
    if (!has.has(SYSTEM)) this.#joinSystem(true)
  }

  /** The hub's own figures come in this stream too, where it publishes them. A hub that has just begun may have none yet. */
  async #joinSystem(isFirst) {
    const { events } = await get(`channels/${SYSTEM}/history`, { limit: 1 }).catch(() => ({ events: [] }))
    if (events.length) {
      if (!this.#hasFigures) await newest(SYSTEM, FIGURES, ({ type, data }) => type === 'metrics' && this.#onSystem(JSON.parse(data)))
      this.#hasFigures = true
      await post('subscribe', { clientId: this.clientId, channel: SYSTEM }).catch(() => {})
    } else if (isFirst) setTimeout(() => this.#isLive && this.#joinSystem(false), 4000)
  }

  /** Replayed events are older than their arrival; the history knows their time. */
  #dateReplayed(after) {
    this.#replayed = new Set()
    setTimeout(async () => {
      const channels = [...this.#replayed]
      this.#replayed = undefined
      for (const channel of channels) {
        const { events } = await get(`channels/${inPath(channel)}/history`, { after, limit: REPLAYED }).catch(() => ({ events: [] }))
        for (const { id, time } of events) this.#onDate(id, time)
      }
    }, SETTLE_MILLIS)
  }
}

function secret() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
}

function check(entry) {
  const name = entry.endsWith('*') ? entry.slice(0, -1) : entry
  if (entry === '*' || entry === SYSTEM || NAME.test(name)) return
  if (name.startsWith('$')) throw new Error('Names that begin with $ are the hub’s own.')
  throw new Error('Up to 200 letters, digits and _ - . : / @ ~ = + make a channel; a pattern ends in *.')
}
