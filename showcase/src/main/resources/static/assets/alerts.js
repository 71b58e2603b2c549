import { attempt, listen, send } from './live.js'

const form = document.querySelector('form')

listen('/events', { on: {} })

form.addEventListener('submit', event => {
  event.preventDefault()
  attempt(form.querySelector('output'), async () => {
    const { clients } = await send('/api/notify', Object.fromEntries(new FormData(form)))
    return `On ${clients} open ${clients === 1 ? 'page' : 'pages'}`
  })
})
