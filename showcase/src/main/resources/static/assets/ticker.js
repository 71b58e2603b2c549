import { element, listen, time } from './live.js'

const list = document.querySelector('#list')
const number = document.querySelector('#number')
const button = document.querySelector('#toggle')
let stream

function add(...parts) {
  list.prepend(element('li', {}, ...parts))
  while (list.children.length > 40) list.lastChild.remove()
}

function start() {
  stream = listen('/ticker', {
    on: {
      message: text => add(element('b', {}, text), time(Date.now())),
      tick({ number: count, timestamp }) {
        number.textContent = String(count)
        add(element('span', {}, `Event #${count}`), time(timestamp))
      },
    },
    onGap() {},
  })
  button.textContent = 'Stop'
  button.dataset.running = 'true'
}

function stop() {
  stream.close()
  add(element('b', {}, 'stopped'), time(Date.now()))
  button.textContent = 'Start'
  button.dataset.running = 'false'
}

button.addEventListener('click', () => (button.dataset.running === 'true' ? stop() : start()))
start()
