import { announce, byId, copies, el, setText } from './dom.js'
import { Events } from './events.js'
import { Explain } from './explain.js'
import { Figures } from './figures.js'
import { age } from './format.js'
import { token } from './hub.js'
import * as curl from './curl.js'
import { Listening } from './listening.js'
import { Publisher } from './publish.js'
import { Channels, Connections } from './tables.js'
import { tabs } from './tabs.js'

const SLOW_MILLIS = 5000
const STATES = {
  connecting: 'Connecting',
  live: 'Live',
  waiting: 'Reconnecting',
  refused: 'Refused',
  unauthorized: 'Token needed',
}

const figures = new Figures()
const publisher = new Publisher()
const events = new Events({ draft, explain }, id => curl.listening([...listening.channels], id))
const listening = new Listening(wantedChannels(), {
  entry: tell,
  system: data => figures.streamed(data),
  date: (id, at) => events.date(id, at),
  change: showChannels,
  state: showState,
})
const channels = new Channels({ listen, unlisten, draft }, channel => listening.has(channel))
const explanations = new Explain()
const connections = new Connections(() => listening.clientId, { draft, explain })
const show = tabs(name => name === 'connections' && connections.refresh())

// ---- the stream's state ----

let state = { name: 'connecting' }
let stateSince = Date.now()

function showState(now) {
  if (now.name !== state.name) {
    stateSince = Date.now()
    if (now.name !== 'connecting') announce([STATES[now.name], now.detail].filter(Boolean).join('. '))
  }
  state = now
  if (now.name === 'unauthorized') askToken(token.value ? (now.detail ?? 'The token has expired.') : 'This hub asks for a token.')
  if (now.name === 'live') byId('token-form').hidden = true
  tick()
}

function tick() {
  byId('status').dataset.state = state.name
  setText(byId('status-text'), STATES[state.name])
  setText(byId('status-more'), more())
  byId('status-action').hidden = !['waiting', 'refused'].includes(state.name)
  document.title = state.name === 'live' ? 'Millrace' : `${STATES[state.name]} · Millrace`
}

function more() {
  if (state.name === 'live') return `heard ${age(Date.now() - listening.stream.heard)} ago`
  if (state.name === 'waiting') return `in ${age(state.until - Date.now() + 999)}. ${state.detail}`
  if (state.name === 'connecting' && Date.now() - stateSince > SLOW_MILLIS) {
    return 'No answer yet. Browsers open six connections to a hub: other tabs may hold them.'
  }
  return state.name === 'refused' ? state.detail : ''
}

byId('status-action').addEventListener('click', () => (state.name === 'waiting' ? listening.stream.now() : listening.stream.open()))
setInterval(tick, 1000)

// ---- the token ----

function askToken(why) {
  setText(byId('token-why'), why ?? '')
  byId('token-form').hidden = false
  if (why && document.activeElement === document.body) byId('token').focus() // never out of something being typed
}

byId('token-button').addEventListener('click', () => {
  askToken()
  byId('token').focus()
})
byId('token-form').addEventListener('submit', event => {
  event.preventDefault()
  token.value = byId('token').value.trim()
  byId('token').value = ''
  byId('token-form').hidden = true
  listening.renew()
  channels.refresh()
  showCommands()
})
byId('token-form').addEventListener('keydown', event => {
  if (event.key === 'Escape') byId('token-form').hidden = true
})

// ---- channels ----

function wantedChannels() {
  const given = new URLSearchParams(location.search).getAll('channel').filter(Boolean)
  return given.length ? given : ['*']
}

function showChannels() {
  const focused = document.activeElement?.dataset?.channel
  const wanted = [...listening.channels]
  byId('listening').replaceChildren(...wanted.map(chip))
  if (focused && !listening.has(focused)) (byId('listening').querySelector('button') ?? byId('channel-entry')).focus()
  const query = new URLSearchParams(wanted.map(channel => ['channel', channel]))
  history.replaceState(null, '', wanted.join() === '*' || !wanted.length ? location.pathname : '?' + query)
  setText(byId('empty-channels'), wanted.length ? wanted.join(', ') : 'broadcasts')
  showCommands()
}

function chip(channel) {
  const remove = el('button', { type: 'button', 'aria-label': `Stop listening to ${channel}`, 'data-channel': channel, click: () => unlisten(channel) })
  remove.append(el('span', { 'aria-hidden': 'true' }, '×'))
  const meaning = channel === '*' ? 'every channel' : undefined
  return el('li', { title: meaning }, el('span', {}, channel), remove)
}

async function listen(channel) {
  await steer(() => listening.add(channel), `Listening to ${channel}`)
}

async function unlisten(channel) {
  await steer(() => listening.remove(channel), `No longer listening to ${channel}`)
}

async function steer(change, done) {
  setText(byId('listen-problem'), '')
  try {
    await change()
    announce(done)
    return true
  } catch (problem) {
    setText(byId('listen-problem'), problem.message)
    return false
  }
}

byId('listen-form').addEventListener('submit', async event => {
  event.preventDefault()
  const entry = byId('channel-entry')
  const channel = entry.value.trim()
  if (channel && (await steer(() => listening.add(channel), `Listening to ${channel}`))) entry.value = ''
  entry.focus()
})

// ---- what goes on the page ----

function tell(entry) {
  if (entry.kind === 'gap') announce(entry.data)
  events.add(entry)
}

function draft(from) {
  show('publish')
  publisher.draft(from)
}

function explain(from) {
  show('connections')
  explanations.draft(from)
}

function showCommands() {
  setText(byId('curl-listen'), curl.listening([...listening.channels]))
  setText(byId('curl-publish'), publisher.command)
}

for (const input of document.querySelectorAll('input, textarea')) {
  Object.assign(input, { autocomplete: 'off', autocapitalize: 'none', spellcheck: false })
}
copies(byId('copy-listen'), () => byId('curl-listen').textContent)
copies(byId('copy-publish'), () => byId('curl-publish').textContent)
setText(byId('host'), location.host)
showChannels()
listening.stream.open()
