// The same by long polling, with Express: a request waits until there is something after the id that it names, gets all
// that there is, and the client asks again.
import { application, Channels, HEARTBEAT_MS, listen } from './channels.js'

const app = application()
const channels = new Channels()

app.get('/events/:channel', (request, response) => {
  const channel = channels.get(request.params.channel)
  const after = request.query.after === undefined ? undefined : Number(request.query.after)
  if (after === undefined || after < channel.lastId) return answer(channel, response, after ?? channel.lastId)
  const waiting = { response, after }
  channel.listeners.add(waiting)
  const timeout = setTimeout(() => leave() && answer(channel, response, after), HEARTBEAT_MS)
  const leave = () => {
    clearTimeout(timeout)
    return channel.listeners.delete(waiting)
  }
  waiting.leave = leave
  response.on('close', leave)
})

function answer(channel, response, after) {
  const events = channel.history.filter(({ id }) => id > after)
  response.json({ lastId: channel.lastId, events })
}

channels.publishTo(app, (channel) => {
  for (const waiting of [...channel.listeners]) {
    waiting.leave()
    answer(channel, waiting.response, waiting.after)
  }
})

listen(app)
