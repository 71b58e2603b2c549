/**
 * One event stream of a page. A native EventSource comes back by itself from a broken connection, and never from an error status or,
 * in some browsers, from a refused connection; this one comes back from all of them, from the last event it has seen.
 */
const SILENCE_MILLIS = 25_000 // the server sends something every 10 s
const FIRST_WAIT_MILLIS = 500
const LONGEST_WAIT_MILLIS = 10_000
const ALERT_MILLIS = 15_000

/**
 * @param {string} path where the stream is
 * @param {object} options
 * @param {Record<string, (data: any, event: MessageEvent) => void>} options.on what to do with each event, by its name
 * @param {Record<string, string>} [options.query] parameters; `lastEventId` is where it begins
 * @param {() => void} [options.onGap] something was missed for good: read the state anew
 * @param {() => void} [options.onRefused] the server answered with an error status; it is asked again anyway
 */
export function listen(path, { on, query = {}, onGap = () => location.reload(), onRefused = () => {} }) {
  let source
  let lastEventId = query.lastEventId ?? ''
  let wait = FIRST_WAIT_MILLIS
  let timer
  let watchdog
  let isClosed = false

  function connect() {
    const parameters = new URLSearchParams({ ...query, heartbeat: 'event' })
    if (lastEventId) {
      parameters.set('lastEventId', lastEventId)
      parameters.delete('history')
    }
    show('connecting')
    source = new EventSource(`${path}?${parameters}`)
    source.addEventListener('connected', event => {
      wait = FIRST_WAIT_MILLIS
      show('live')
      seen(event)
    })
    source.addEventListener('heartbeat', alive)
    source.addEventListener('gap', () => {
      lastEventId = ''
      onGap()
    })
    source.addEventListener('notify', event => {
      seen(event)
      toast(parse(event.data))
    })
    for (const [name, handle] of Object.entries(on)) {
      if (name === 'notify') continue
      source.addEventListener(name, event => {
        seen(event)
        handle(parse(event.data), event)
      })
    }
    source.addEventListener('error', () => {
      show('waiting')
      if (source.readyState !== EventSource.CLOSED) return
      onRefused()
      again()
    })
    alive()
  }

  function seen(event) {
    if (event.lastEventId) lastEventId = event.lastEventId
    alive()
  }

  function alive() {
    clearTimeout(watchdog)
    watchdog = setTimeout(again, SILENCE_MILLIS)
  }

  function again() {
    clearTimeout(watchdog)
    source.close()
    if (isClosed) return
    show('waiting')
    timer = setTimeout(connect, wait * (0.5 + Math.random() / 2))
    wait = Math.min(wait * 2, LONGEST_WAIT_MILLIS)
  }

  connect()
  return {
    close() {
      isClosed = true
      clearTimeout(timer)
      clearTimeout(watchdog)
      source.close()
      show('closed')
    },
  }
}

const WORDS = { connecting: 'Connecting', live: 'Live', waiting: 'Reconnecting', closed: 'Not connected' }

/** The pill in the header. */
function show(state) {
  const pill = document.querySelector('#live')
  pill.dataset.state = state
  pill.textContent = WORDS[state]
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A short alert, which goes away by itself. One that comes late, out of the history, is not shown any more. */
function toast({ message, type, timestamp }) {
  if (Date.now() - Date.parse(timestamp) > ALERT_MILLIS) return
  let shelf = document.querySelector('#toasts')
  if (!shelf) {
    shelf = element('div', { id: 'toasts', role: 'status', 'aria-live': 'polite' })
    document.body.append(shelf)
  }
  const one = element('div', { class: 'toast', 'data-kind': type }, element('strong', {}, type), element('span', {}, message))
  shelf.append(one)
  while (shelf.children.length > 4) shelf.firstChild.remove()
  setTimeout(() => one.remove(), 6000)
}

/** An element with attributes and children; texts are texts, and never HTML. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

/** Reads JSON. A server that is away or in trouble is asked again until it answers. */
export async function read(path) {
  for (let wait = FIRST_WAIT_MILLIS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MILLIS)) {
    const response = await fetch(path).catch(() => undefined)
    if (response?.ok) return response.json()
    if (response && response.status < 500) throw new Error(`The server answered ${response.status}.`)
    show('waiting')
    await new Promise(resolve => setTimeout(resolve, wait))
  }
}

/** Sends JSON; answers with the JSON that comes back, or throws what the problem says. */
export async function send(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.detail ?? `The server answered ${response.status}.`)
  return answer
}

/** Tries the act, and shows beside the form what came of it. */
export async function attempt(place, act) {
  place.dataset.kind = ''
  try {
    place.textContent = (await act()) ?? ''
  } catch (problem) {
    place.dataset.kind = 'error'
    place.textContent = problem.message
  }
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** A moment as a time element. */
export function time(timestamp) {
  const moment = new Date(timestamp)
  return element('time', { datetime: moment.toISOString(), title: moment.toLocaleString() }, TIME.format(moment))
}

document.querySelector('nav [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' })

// The commands on the page name the host that it came from, and can be copied.
for (const host of document.querySelectorAll('[data-host]')) host.textContent = location.origin
for (const button of document.querySelectorAll('button.copy')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent)
    button.textContent = 'Copied'
    setTimeout(() => (button.textContent = 'Copy'), 1500)
  })
}
