// Server-Sent Events as the articles write them with Express: an interval for each connection, a write for each listener.
import { application, Channels, HEARTBEAT_MS, listen } from './channels.js'

const app = application()
const channels = new Channels()
const text = ({ id, data }) => `id: ${id}\nevent: message\ndata: ${JSON.stringify(data)}\n\n`

app.get('/events/:channel', (request, response) => {
  const channel = channels.get(request.params.channel)
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache',
    Connection: 'keep-alive',
    'X-Accel-Buffering': 'no',
  })
  response.write(': connected\n\n')
  const last = Number(request.get('Last-Event-ID') ?? Infinity)
  for (const event of channel.history) if (event.id > last) response.write(text(event))
  channel.listeners.add(response)
  const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), HEARTBEAT_MS)
  request.on('close', () => {
    clearInterval(heartbeat)
    channel.listeners.delete(response)
  })
})

channels.publishTo(app, (channel, event) => {
  const message = text(event)
  for (const listener of channel.listeners) listener.write(message)
})

listen(app)
