// The same by WebSocket, with ws: its defaults, so without compression.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { application, Channels, HEARTBEAT_MS, listen } from './channels.js'

const app = application()
const channels = new Channels()
const http = createServer(app)
const sockets = new WebSocketServer({ server: http })

sockets.on('connection', (socket, request) => {
  const channel = channels.get(request.url.slice('/events/'.length))
  channel.listeners.add(socket)
  const heartbeat = setInterval(() => socket.ping(), HEARTBEAT_MS)
  socket.on('close', () => {
    clearInterval(heartbeat)
    channel.listeners.delete(socket)
  })
})

channels.publishTo(app, (channel, { id, data }) => {
  const message = JSON.stringify({ id, event: 'message', data })
  for (const listener of channel.listeners) listener.send(message)
})

listen(http)
