import { address, ask, get, inPath } from './hub.js'
import { announce, byId, el, setText, Table } from './dom.js'
import { bytes, count, span } from './format.js'

const PERIOD_MILLIS = 3000
const PAGE = 200

/** The hub's channels, with who listens and what is kept. */
export class Channels {
  #table
  #actions
  #isListening
  /** What was seen last, for the lists that complete a name. */
  names = []

  /** @param actions { listen, unlisten, draft } */
  constructor(actions, isListening) {
    this.#actions = actions
    this.#isListening = isListening
    this.#table = new Table(byId('channel-rows'), channel => this.#row(channel))
    byId('channel-prefix').addEventListener('input', () => this.refresh())
    setInterval(() => document.hidden || this.refresh(), PERIOD_MILLIS)
    this.refresh()
  }

  async refresh() {
    const prefix = byId('channel-prefix').value.trim()
    try {
      const { channels, next } = await get('channels', { prefix, limit: PAGE })
      if (prefix !== byId('channel-prefix').value.trim()) return
      this.#table.show(channels, ({ channel }) => channel)
      setText(byId('channel-badge'), channels.length ? count(channels.length) + (next ? '+' : '') : '')
      setText(byId('channel-note'), note(channels, next, prefix))
      if (!prefix) this.#complete(channels)
    } catch (problem) {
      setText(byId('channel-note'), problem.status ? problem.message : '')
    }
  }

  #complete(channels) {
    const names = channels.map(({ channel }) => channel).filter(name => !name.startsWith('$'))
    if (names.join() === this.names.join()) return
    this.names = names
    byId('known-channels').replaceChildren(...names.map(value => el('option', { value })))
  }

  #row({ channel }) {
    const [listeners, kept, last] = [el('td', { class: 'number' }), el('td', { class: 'number' }), el('td', { class: 'id wide' })]
    const toggle = el('button', { type: 'button', class: 'quiet', click: () => this.#toggle(channel) })
    const draft = el('button', { type: 'button', class: 'quiet', click: () => this.#actions.draft({ channel }) }, 'Publish…')
    draft.setAttribute('aria-label', `Publish on ${channel}`)
    if (channel.startsWith('$')) draft.hidden = true
    const actions = el('td', { class: 'actions' }, toggle, draft)
    const element = el('tr', {}, el('th', { scope: 'row', class: 'channel', title: channel }, channel), listeners, kept, last, actions)
    const update = now => {
      setText(listeners, count(now.subscribers))
      setText(kept, count(now.retained))
      setText(last, now.lastId ?? '–')
      const isOn = this.#isListening(channel)
      setText(toggle, isOn ? 'Stop' : 'Listen')
      toggle.setAttribute('aria-label', isOn ? `Stop listening to ${channel}` : `Listen to ${channel}`)
    }
    return { element, update }
  }

  async #toggle(channel) {
    await (this.#isListening(channel) ? this.#actions.unlisten(channel) : this.#actions.listen(channel))
    this.refresh()
  }
}

function note(channels, next, prefix) {
  if (next) return `Only the first ${PAGE} are shown: narrow them by their beginning.`
  if (channels.length) return ''
  return prefix ? 'No channel begins like this.' : 'A channel exists from its first event or listener on.'
}

/** The hub's live connections. */
export class Connections {
  #table = new Table(byId('connection-rows'), client => this.#row(client))
  #ownId
  #actions

  /** @param actions { draft, explain } */
  constructor(ownId, actions) {
    this.#ownId = ownId
    this.#actions = actions
    byId('client-user').addEventListener('input', () => this.refresh())
    setInterval(() => document.hidden || byId('connections').hidden || this.refresh(), PERIOD_MILLIS)
  }

  async refresh() {
    const user = byId('client-user').value.trim()
    try {
      const { clients, next } = await get('clients', { user, limit: PAGE })
      if (user !== byId('client-user').value.trim()) return
      const known = name => clients.some(client => client[name] !== undefined)
      for (const name of ['user', 'node']) byId('connection-table').classList.toggle('has-' + name, known(name))
      this.#table.show(clients, ({ clientId }) => clientId)
      if (!user) setText(byId('connection-badge'), count(clients.length) + (next ? '+' : ''))
      setText(byId('connection-note'), next ? `Only the first ${PAGE} are shown: narrow them by their user.` : '')
    } catch (problem) {
      setText(byId('connection-note'), problem.status ? problem.message : '')
    }
  }

  #row({ clientId }) {
    const cell = (name, isNumber) => el('td', { class: isNumber ? `number ${name}` : name })
    const cells = { user: cell('user'), channels: cell('channels wide'), protocol: cell('protocol wide'), age: cell('age', true), lag: cell('lag', true), bytes: cell('bytes wide', true), node: cell('node wide') }
    const own = clientId === this.#ownId()
    const name = el('th', { scope: 'row', class: 'id', title: clientId }, own ? 'this page' : clientId)
    const message = el('button', { type: 'button', class: 'quiet wide', click: () => this.#actions.draft({ client: clientId }) }, 'Message…')
    const explain = el('button', { type: 'button', class: 'quiet', click: () => this.#actions.explain({ client: clientId }) }, 'Explain…')
    explain.setAttribute('aria-label', `Explain an event to ${clientId}`)
    const end = el('button', { type: 'button', class: 'quiet', click: () => this.#end(clientId) }, 'End')
    end.setAttribute('aria-label', `End the stream of ${clientId}`)
    message.setAttribute('aria-label', `Send an event to ${clientId}`)
    const element = el('tr', { class: own ? 'own' : '' }, name, ...Object.values(cells), el('td', { class: 'actions' }, explain, message, end))
    const update = client => {
      setText(cells.user, client.user ?? '')
      setText(cells.channels, (client.channels ?? []).join(', '))
      setText(cells.protocol, client.protocol ?? '')
      setText(cells.age, span(Date.now() - client.connectedAt))
      setText(cells.lag, client.lag ? count(client.lag) : client.drained ? '0' : 'sending')
      setText(cells.bytes, bytes(client.bytes))
      setText(cells.node, client.node ?? '')
    }
    return { element, update }
  }

  async #end(clientId) {
    try {
      await ask('DELETE', address('clients/' + inPath(clientId)))
      announce('Stream ended.')
    } catch (problem) {
      setText(byId('connection-note'), problem.message)
    }
    this.refresh()
  }
}
