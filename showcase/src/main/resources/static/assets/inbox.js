import { attempt, element, listen, read, send, time } from './live.js'

const entrance = document.querySelector('#entrance')
const inbox = document.querySelector('#inbox')
const form = document.querySelector('#sign-in')
const list = document.querySelector('#list')
const badge = document.querySelector('#unread')
const shipResult = document.querySelector('#ship-result')
const seen = new Map()
let stream

async function start() {
  const { user } = await read('/session')
  entrance.hidden = user !== null
  inbox.hidden = user === null
  if (user === null) return
  document.querySelector('#user').textContent = user[0].toUpperCase() + user.slice(1)
  await open()
}

async function open() {
  const snapshot = await read('/notifications')
  seen.clear()
  for (const notification of snapshot.notifications) seen.set(notification.id, notification)
  draw()
  stream = listen('/notifications/stream', {
    // Envelopes tell the channel: announcements to everybody are not this user's notifications.
    query: { lastEventId: snapshot.position, envelope: '1' },
    on: {
      notification({ channel, data }) {
        if (channel === null || seen.has(data.id)) return
        seen.set(data.id, data)
        draw()
      },
      read({ data }) {
        for (const notification of seen.values()) notification.isRead ||= notification.id <= data.upTo
        draw()
      },
    },
    onRefused: signInAgain,
  })
}

/** The session may be over: sessions do not outlive the server. */
async function signInAgain() {
  const refused = stream
  const { user } = await read('/session')
  if (user !== null || refused !== stream) return
  stream.close()
  await start()
}

function draw() {
  const newestFirst = [...seen.values()].sort((one, other) => other.id - one.id)
  const unread = newestFirst.filter(notification => !notification.isRead).length
  badge.textContent = String(unread)
  badge.dataset.count = String(unread)
  document.title = `${unread > 0 ? `(${unread}) ` : ''}Inbox · Millrace showcase`
  list.replaceChildren(
    ...newestFirst.slice(0, 30).map(({ title, message, timestamp, isRead }) =>
      element(
        'li',
        { class: 'notice', 'data-read': String(isRead) },
        element('div', { class: 'notice-head' }, element('strong', {}, title), time(timestamp)),
        element('p', {}, message),
      ),
    ),
  )
}

form.addEventListener('submit', event => {
  event.preventDefault()
  attempt(form.querySelector('output'), async () => {
    const response = await fetch('/login', { method: 'POST', body: new URLSearchParams(new FormData(form)) })
    if (!response.ok) throw new Error('No such user, or another password. It is “millrace”.')
    await start()
  })
})

document.querySelector('#sign-out').addEventListener('click', async () => {
  stream.close()
  await fetch('/logout', { method: 'POST' })
  await start()
})

document.querySelector('#read').addEventListener('click', () => attempt(shipResult, async () => void (await send('/notifications/read'))))

for (const button of document.querySelectorAll('[data-ship]')) {
  button.addEventListener('click', () =>
    attempt(shipResult, async () => {
      const { recipients } = await send(`/orders/${button.dataset.ship}/ship`)
      return recipients > 0 ? 'Shipped. The owner sees it now.' : 'Shipped. It waits until the owner comes back.'
    }),
  )
}

await start()
