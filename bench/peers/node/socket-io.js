// The same by Socket.IO: a room for each channel, its defaults on the server.
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { application, Channels, listen } from './channels.js'

const app = application()
const channels = new Channels()
const http = createServer(app)
const io = new Server(http)

io.on('connection', (socket) => {
  const channel = channels.get(socket.handshake.query.channel)
  socket.join(channel.name)
  channel.listeners.add(socket)
  socket.on('disconnect', () => channel.listeners.delete(socket))
})

channels.publishTo(app, (channel, event) => io.to(channel.name).emit('message', event))

listen(http)
