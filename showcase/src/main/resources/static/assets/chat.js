import { attempt, element, listen, send, time } from './live.js'

const TYPING_MILLIS = 3000

const entrance = document.querySelector('#entrance')
const room = document.querySelector('#room')
const list = document.querySelector('#messages')
const members = document.querySelector('#members')
const typists = document.querySelector('#typing')
const form = document.querySelector('#say')
const typing = new Map()
let me
let path
let stream
let toldTyping = 0
let clientId

entrance.elements.name.value = sessionStorage.getItem('name') ?? ''

function enter(name, where) {
  me = name
  sessionStorage.setItem('name', name)
  path = `/chat/${encodeURIComponent(where)}`
  document.querySelector('#room-name').textContent = where
  entrance.hidden = true
  room.hidden = false
  list.replaceChildren()
  form.elements.message.focus()
  stream = listen(path, {
    query: { userId: me },
    on: {
      connected: data => (clientId = data.clientId),
      message: (data, event) => say(data, event.lastEventId),
      userJoined: ({ userId, users, timestamp }) => {
        if (userId !== me) remark(`${userId} came in`, timestamp)
        show(users)
      },
      userLeft: ({ userId, users, timestamp }) => {
        remark(`${userId} left`, timestamp)
        stopTyping(userId)
        show(users)
      },
      typing: ({ userId }) => startTyping(userId),
    },
    onGap: () => remark('Something was said that is no longer remembered', Date.now()),
  })
}

/** Tells the room at once; otherwise it would find out by the next heartbeat. */
function sayGoodbye() {
  if (clientId) navigator.sendBeacon(`${path}/leave`, new Blob([JSON.stringify({ clientId })], { type: 'application/json' }))
  clientId = undefined
}

function leave() {
  sayGoodbye()
  stream.close()
  room.hidden = true
  entrance.hidden = false
}

function say({ userId, message, timestamp }, id) {
  if (document.getElementById(id)) return
  const isMine = userId === me
  const previous = list.lastElementChild
  stopTyping(userId)
  append(
    element(
      'li',
      { class: 'message', id, 'data-mine': String(isMine), 'data-from': userId, 'data-same': String(previous?.dataset.from === userId) },
      face(userId),
      element('div', { class: 'bubble' }, element('b', {}, isMine ? 'You' : userId), element('p', {}, message), time(timestamp)),
    ),
  )
}

function remark(text, timestamp) {
  append(element('li', { class: 'remark' }, text, ' ', time(timestamp)))
}

function append(item) {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80
  list.append(item)
  while (list.children.length > 200) list.firstChild.remove()
  if (isAtEnd) list.scrollTop = list.scrollHeight
}

/** A round with a letter, in a colour of its own. */
function face(name) {
  let hash = 0
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 6
  return element('span', { class: `face face-${hash}`, 'aria-hidden': 'true' }, [...name][0].toUpperCase())
}

function show(users) {
  members.replaceChildren(...users.map(name => element('li', {}, face(name), name === me ? `${name} (you)` : name)))
  document.querySelector('#count').textContent = `${users.length} here`
}

function startTyping(name) {
  if (name === me) return
  clearTimeout(typing.get(name))
  typing.set(name, setTimeout(() => stopTyping(name), TYPING_MILLIS))
  showTyping()
}

function stopTyping(name) {
  clearTimeout(typing.get(name))
  typing.delete(name)
  showTyping()
}

function showTyping() {
  const names = [...typing.keys()]
  typists.textContent = names.length === 0 ? '' : `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} typing …`
}

entrance.addEventListener('submit', event => {
  event.preventDefault()
  enter(entrance.elements.name.value.trim(), entrance.elements.room.value.trim())
})

document.querySelector('#leave').addEventListener('click', leave)
addEventListener('pagehide', sayGoodbye)

form.addEventListener('submit', event => {
  event.preventDefault()
  const message = form.elements.message.value.trim()
  if (message === '') return
  attempt(form.querySelector('output'), async () => {
    await send(`${path}/message`, { userId: me, message })
    form.elements.message.value = ''
    toldTyping = 0
  })
})

form.elements.message.addEventListener('input', () => {
  if (Date.now() - toldTyping < TYPING_MILLIS / 2 || form.elements.message.value === '') return
  toldTyping = Date.now()
  send(`${path}/typing`, { userId: me }).catch(() => {})
})
