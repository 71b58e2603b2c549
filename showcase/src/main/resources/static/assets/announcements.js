import { attempt, element, listen, send, time } from './live.js'

const list = document.querySelector('#list')
const form = document.querySelector('form')

listen('/events', {
  query: { history: '100' },
  on: {
    notification({ title, message, severity, timestamp }, event) {
      if (!severity || document.getElementById(event.lastEventId)) return
      list.prepend(
        element(
          'li',
          { class: 'notice', 'data-kind': severity, id: event.lastEventId },
          element('div', { class: 'notice-head' }, element('strong', {}, title), time(timestamp)),
          element('p', {}, message),
          element('span', { class: 'tag' }, severity),
        ),
      )
      while (list.children.length > 20) list.lastChild.remove()
    },
  },
  onGap() {},
})

form.addEventListener('submit', event => {
  event.preventDefault()
  attempt(form.querySelector('output'), async () => {
    const { clientCount } = await send('/api/notifications', Object.fromEntries(new FormData(form)))
    form.elements.message.value = ''
    return `Sent to ${clientCount} ${clientCount === 1 ? 'stream' : 'streams'}`
  })
})
