import { address, ask, inPath } from './hub.js'
import { byId, el, setText } from './dom.js'
import { count } from './format.js'

const TITLES = {
  written: 'Written',
  sending: 'Being sent',
  behind: 'Not yet',
  'began-later': 'Not given: began later',
  'not-matched': 'Not given: not its channel',
  'not-authorised': 'Not given: not allowed',
  gap: 'Lost, and told',
  'not-kept': 'Not known any more',
  forgotten: 'Not known any more',
  'unknown-event': 'No such event',
}

/** Why a client was given an event, or was not: the hub's answer, in words. */
export class Explain {
  #client = byId('explain-client')
  #event = byId('explain-event')

  constructor() {
    byId('explain-form').addEventListener('submit', event => {
      event.preventDefault()
      this.#ask(this.#client.value.trim(), this.#event.value.trim())
    })
  }

  /** Fills in what is known, and asks for the rest. */
  draft({ client, event }) {
    if (client) this.#client.value = client
    if (event) this.#event.value = event
    byId('explanation').replaceChildren()
    ;[this.#client, this.#event].find(input => !input.value)?.focus()
    if (this.#client.value && this.#event.value) this.#ask(this.#client.value, this.#event.value)
  }

  async #ask(client, event) {
    if (!client || !event) return show('refused', 'Give a client’s id and an event’s id.')
    try {
      const found = await ask('GET', address(`clients/${inPath(client)}/explain`, { event }))
      show(found.outcome, found.reason, facts(found))
    } catch (problem) {
      show('refused', problem.message)
    }
  }
}

function show(outcome, reason, more = '') {
  const answer = byId('explanation')
  answer.dataset.outcome = outcome
  const title = TITLES[outcome] ? [el('strong', {}, TITLES[outcome]), ' '] : []
  answer.replaceChildren(...title, el('span', {}, sentence(reason)), ...(more ? [el('span', { class: 'facts' }, more)] : []))
}

function facts({ matched, authorised, written, writtenAfter, writtenBefore, event, client }) {
  const said = [['matched', matched], ['authorised', authorised], ['written', written]]
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value ? 'yes' : 'no'}`)
  if (event.channel) said.push(`on ${event.channel}`)
  if (writtenAfter) said.push(`between ${clock(writtenAfter)} and ${clock(writtenBefore)}`)
  if (client.lag) said.push(`${count(client.lag)} events behind`)
  return said.join(' · ')
}

const sentence = text => text.charAt(0).toUpperCase() + text.slice(1) + '.'

const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }
const clock = at => new Date(at).toLocaleTimeString('en-GB', TIME)

/** Says what the form is for, until there is an answer. */
setText(byId('explanation'), 'Why a client was given an event, or was not.')
