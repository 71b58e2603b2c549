import { address, ask, inPath } from './hub.js'
import { announce, byId, setText } from './dom.js'
import { plural } from './format.js'
import { isJson } from './json.js'
import * as curl from './curl.js'

/** The form that publishes: on a channel, to everyone, or to one client. */
export class Publisher {
  #form = byId('publish-form')
  #result = byId('publish-result')

  constructor() {
    this.#form.addEventListener('submit', event => {
      event.preventDefault()
      this.#publish()
    })
    this.#form.addEventListener('input', () => this.#refresh())
    this.#form.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#form.requestSubmit()
    })
    byId('new-key').addEventListener('click', () => {
      this.#field('key').value = crypto.randomUUID?.() ?? String(Math.random()).slice(2)
      this.#refresh()
    })
    this.#refresh()
  }

  get command() {
    return curl.publishing(this.#request())
  }

  /** Takes what an event or a row of a table offers into the form. */
  draft({ channel, client, name, data }) {
    this.#field('to').value = client ? 'client' : channel === null ? 'everyone' : 'channel'
    if (channel) this.#field('channel').value = channel
    if (client) this.#field('client').value = client
    if (name !== undefined) this.#field('event').value = name ?? ''
    if (data !== undefined) this.#field('data').value = data
    this.#refresh()
    this.#field(data !== undefined ? 'data' : client ? 'event' : 'data').focus()
  }

  #field(name) {
    return this.#form.elements[name]
  }

  #request() {
    const text = name => this.#field(name).value.trim()
    const to = text('to')
    const event = text('event')
    const body = this.#field('data').value
    const headers = text('key') && to !== 'client' ? { 'Idempotency-Key': text('key') } : {}
    if (to === 'everyone') {
      const value = /^\s*[[{]/.test(body) && isJson(body) ? body : JSON.stringify(body)
      const json = `{${event ? `"event":${JSON.stringify(event)},` : ''}"data":${value}}`
      return { url: address('broadcast'), body: json, headers: { 'Content-Type': 'application/json', ...headers } }
    }
    if (to === 'client') return { url: address(`clients/${inPath(text('client'))}/events`, { event }), body, headers }
    const keep = this.#field('keep').checked ? undefined : 'false'
    return { url: address(`events/${inPath(text('channel'))}`, { event, keep }), body, headers }
  }

  async #publish() {
    const { url, body, headers } = this.#request()
    try {
      const { id, recipients } = await ask('POST', url, body, headers)
      this.#tell('done', [id, recipients === undefined ? 'sent' : plural(recipients, 'listener')].filter(Boolean).join(' → '))
    } catch (problem) {
      this.#tell('failed', problem.status ? problem.message : 'The hub doesn’t answer: nothing is known of this event.')
    }
  }

  #tell(state, text) {
    this.#result.dataset.state = state
    setText(this.#result, text)
    announce(state === 'done' ? `Published. ${text}` : `Not published. ${text}`)
  }

  #refresh() {
    const to = this.#field('to').value
    for (const part of this.#form.querySelectorAll('[data-for]')) part.hidden = !part.dataset.for.split(' ').includes(to)
    this.#field('channel').required = to === 'channel'
    this.#field('client').required = to === 'client'
    const data = this.#field('data').value
    const kind = data === '' ? 'empty' : isJson(data) ? 'JSON' : 'plain text'
    setText(byId('data-kind'), kind)
    setText(byId('curl-publish'), this.command)
  }
}
