import { announce, byId, copies, el, setText } from './dom.js'
import { age, bytes, count, plural } from './format.js'
import { pretty } from './json.js'

const LIMIT = 500
const PREVIEW = 300
const FLUSH_MILLIS = 100
const CALM = 12

/**
 * The events as they arrive, newest first: a bounded list in which what leaves is counted. Held back while paused, and
 * always put on the page in batches, so that a flood costs no more than what can be seen of it.
 *
 * An entry is { kind: 'event' | 'notice' | 'gap', channel, name, data, id, at }; at is when it happened.
 */
export class Events {
  #list = byId('event-list')
  #empty = byId('event-empty')
  #entries = [] // oldest first
  #incoming = []
  #total = 0
  #dropped = 0
  #unread = 0
  #isPaused = false
  #needle = ''
  #current
  #timer
  #actions
  #command

  /**
   * @param actions { draft, explain }: take an event to the publish form, or to the question who was given it
   * @param command makes the terminal's command that resumes after an id
   */
  constructor(actions, command) {
    this.#actions = actions
    this.#command = command
    byId('pause').addEventListener('click', () => this.#pause(!this.#isPaused))
    byId('clear').addEventListener('click', () => this.#clear())
    byId('filter').addEventListener('input', event => this.#filter(event.target.value))
    byId('unread').addEventListener('click', () => this.#list.parentElement.scrollTo({ top: 0 }))
    this.#list.parentElement.addEventListener('scroll', () => this.#readMark())
    this.#list.addEventListener('keydown', event => this.#move(event))
    setInterval(() => this.#tick(), 1000)
    setInterval(() => this.#summarise(), 15_000)
  }

  add(entry) {
    this.#total++
    this.#incoming.push(entry)
    if (this.#incoming.length > LIMIT) {
      this.#incoming.shift()
      this.#dropped++
    }
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MILLIS)
  }

  /** Corrects when an event happened: a replayed one is older than its arrival. */
  date(id, at) {
    for (const entry of [...this.#entries, ...this.#incoming]) if (entry.id === id) entry.at = Math.min(entry.at, at)
    this.#tick()
  }

  #flush() {
    this.#timer = undefined
    if (this.#isPaused) return this.#count()
    const fresh = this.#incoming
    this.#incoming = []
    for (const entry of fresh) this.#render(entry, fresh.length <= CALM)
    this.#list.prepend(...fresh.map(entry => entry.row).reverse())
    this.#entries.push(...fresh)
    const old = this.#entries.splice(0, Math.max(0, this.#entries.length - LIMIT))
    for (const entry of old) entry.row.remove()
    this.#dropped += old.length
    if (!this.#entries.includes(this.#current)) this.#focusable(this.#shown()[0])
    if (this.#list.parentElement.scrollTop > 0) this.#unread += fresh.length
    this.#count()
  }

  #render(entry, isCalm) {
    const { kind, channel, name, data, id } = entry
    entry.age = el('span', { class: 'age' }, age(Date.now() - entry.at))
    const cells =
      kind === 'event'
        ? [
            el('span', { class: channel === null ? 'channel everyone' : 'channel', title: channel ?? '' }, channel ?? 'everyone'),
            el('span', { class: name === null ? 'name none' : 'name', title: name ?? '' }, name ?? 'message'),
            el('span', { class: 'data' }, data === '' ? '(empty)' : data.slice(0, PREVIEW)),
            el('span', { class: 'id', title: id }, id || 'not kept'),
          ]
        : [el('span', { class: 'tag' }, name), el('span', { class: 'data' }, data)]
    entry.button = el(
      'button',
      { type: 'button', class: 'row', tabindex: '-1', 'aria-expanded': 'false', click: () => this.#toggle(entry) },
      entry.age,
      ...cells,
    )
    entry.row = el('li', { class: isCalm ? `${kind} fresh` : kind }, entry.button)
    entry.row.hidden = !this.#matches(entry)
  }

  #toggle(entry) {
    const isOpen = entry.button.getAttribute('aria-expanded') === 'true'
    entry.button.setAttribute('aria-expanded', String(!isOpen))
    this.#focusable(entry)
    if (isOpen) entry.detail.remove()
    else entry.row.append((entry.detail = this.#detail(entry)))
  }

  #detail({ kind, channel, name, data, id, at }) {
    const facts = [new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' })]
    if (kind === 'event') facts.push(bytes(new Blob([data]).size), id ? `id ${id}` : 'not kept, no id')
    const actions = [copies(el('button', { type: 'button', class: 'quiet' }, 'Copy data'), () => data)]
    if (kind === 'event') {
      const draft = () => this.#actions.draft({ channel, name, data })
      actions.push(el('button', { type: 'button', class: 'quiet', click: draft }, 'Publish again…'))
    }
    if (kind === 'event' && id) {
      const explain = () => this.#actions.explain({ event: id })
      actions.push(el('button', { type: 'button', class: 'quiet', click: explain }, 'Who got it…'))
    }
    if (id) actions.push(copies(el('button', { type: 'button', class: 'quiet' }, 'Copy curl from here'), () => this.#command(id)))
    return el(
      'div',
      { class: 'detail' },
      el('p', { class: 'facts' }, facts.join(' · ')),
      pretty(data),
      el('p', { class: 'actions' }, ...actions),
    )
  }

  #pause(isPaused) {
    this.#isPaused = isPaused
    const button = byId('pause')
    button.setAttribute('aria-pressed', String(isPaused))
    setText(button, isPaused ? 'Resume' : 'Pause')
    announce(isPaused ? 'Paused. New events wait.' : 'Resumed.')
    this.#flush()
  }

  #clear() {
    for (const entry of this.#entries) entry.row.remove()
    this.#entries = []
    this.#total = this.#incoming.length
    this.#dropped = this.#unread = 0
    this.#current = undefined
    this.#count()
    announce('Cleared.')
  }

  #filter(text) {
    this.#needle = text.trim().toLowerCase()
    for (const entry of this.#entries) entry.row.hidden = !this.#matches(entry)
    if (!this.#shown().includes(this.#current)) this.#focusable(this.#shown()[0])
    this.#count()
  }

  #matches({ channel, name, data, id }) {
    const needle = this.#needle
    if (!needle) return true
    const has = text => (text ?? '').toLowerCase().includes(needle)
    return has(channel) || has(name) || has(id) || has(data)
  }

  /** Newest first, as on the page. */
  #shown() {
    return this.#entries.filter(entry => !entry.row.hidden).reverse()
  }

  /** One row takes part in the tab order; the arrows move to the others. */
  #focusable(entry) {
    this.#current?.button.setAttribute('tabindex', '-1')
    this.#current = entry
    entry?.button.setAttribute('tabindex', '0')
  }

  #move(event) {
    const shown = this.#shown()
    const here = shown.findIndex(entry => entry.button === event.target)
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: shown.length - 1 }[event.key]
    if (here < 0 || next === undefined || !shown[next]) return
    event.preventDefault()
    this.#focusable(shown[next])
    shown[next].button.focus()
  }

  #readMark() {
    if (this.#list.parentElement.scrollTop === 0) this.#unread = 0
    this.#count()
  }

  #tick() {
    const now = Date.now()
    for (const entry of this.#entries) setText(entry.age, age(now - entry.at))
  }

  #count() {
    const shown = this.#needle ? this.#shown().length : this.#entries.length
    const parts = [this.#needle ? `${count(shown)} of ${plural(this.#entries.length, 'line')}` : plural(shown, 'line')]
    if (this.#isPaused) parts.push(`paused, ${count(this.#incoming.length)} waiting`)
    if (this.#dropped) parts.push(`${plural(this.#dropped, 'older one')} left this view`)
    setText(byId('event-count'), parts.join(' · '))
    setText(byId('event-badge'), this.#total ? count(this.#total) : '')
    this.#empty.hidden = this.#entries.some(({ kind, row }) => !row.hidden && (kind === 'event' || this.#needle))
    this.#empty.dataset.filtered = String(this.#needle !== '')
    byId('unread').hidden = this.#unread === 0
    setText(byId('unread'), `${plural(this.#unread, 'new line')} above`)
  }

  #announced = 0

  /** At most a sentence in a quarter of a minute: the list itself is silent. */
  #summarise() {
    const fresh = this.#total - this.#announced
    this.#announced = this.#total
    if (fresh > 0 && !document.hidden && !this.#isPaused) announce(plural(fresh, 'new event'))
  }
}
