// What the applications have in common: channels by name with their listeners and a history, and POST /publish/:channel,
// which takes a JSON value and answers how many listeners it went to.
import express from 'express'

const MAX_HISTORY = 1000

export const HEARTBEAT_MS = 30_000

export function application() {
  const app = express()
  app.disable('x-powered-by')
  app.use(express.json({ strict: false }))
  return app
}

export class Channels {
  #byName = new Map()

  get(name) {
    let channel = this.#byName.get(name)
    if (!channel) this.#byName.set(name, (channel = { name, listeners: new Set(), history: [], lastId: 0 }))
    return channel
  }

  // deliver(channel, event) hands an event to all listeners of a channel
  publishTo(app, deliver) {
    app.post('/publish/:channel', (request, response) => {
      const channel = this.get(request.params.channel)
      const event = { id: ++channel.lastId, data: request.body }
      channel.history.push(event)
      if (channel.history.length > MAX_HISTORY) channel.history.shift()
      const recipients = channel.listeners.size
      deliver(channel, event)
      response.json({ success: true, recipients })
    })
  }
}

export function listen(server) {
  const port = Number(process.env.PORT)
  const http = server.listen(port, '127.0.0.1', 4096)
  http.requestTimeout = 0
  http.keepAliveTimeout = 600_000
  return http
}
