import { get } from './hub.js'
import { byId, setText } from './dom.js'
import { bytes, count, percent, plural, rate, share, span } from './format.js'

const POINTS = 60
const PERIOD_MILLIS = 2000
const PATIENCE_MILLIS = 6000

/** A line over time in an SVG, newest at the right edge. */
class Chart {
  #lines
  #series

  constructor(svg, ...classes) {
    this.#series = classes.map(() => [])
    this.#lines = classes.map(name => {
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
      path.setAttribute('class', name)
      svg.append(path)
      return path
    })
  }

  /** @param top the least value that the chart's height stands for */
  add(values, top) {
    values.forEach((value, i) => {
      this.#series[i].push(value)
      if (this.#series[i].length > POINTS) this.#series[i].shift()
    })
    const max = Math.max(top, ...this.#series.flat())
    this.#series.forEach((points, i) => this.#lines[i].setAttribute('d', outline(points, max)))
    return max
  }
}

/** In a box of 60 by 30, which the page stretches. */
function outline(points, max) {
  const first = POINTS - points.length
  return points.map((value, i) => `${i ? 'L' : 'M'}${first + i} ${(29 - (value / max) * 27).toFixed(2)}`).join('')
}

/** The hub's figures, drawn: out of its own stream where it publishes them, else asked for. */
export class Figures {
  #throughput = new Chart(byId('chart-throughput'), 'second', 'first')
  #connections = new Chart(byId('chart-connections'), 'first')
  #cpu = new Chart(byId('chart-cpu'), 'second', 'first')
  #memory = new Chart(byId('chart-memory'), 'first')
  #before
  #streamedAt = -Infinity
  #uptime

  constructor() {
    setInterval(() => this.#poll(), PERIOD_MILLIS)
    setInterval(() => this.#tick(), 1000)
    this.#poll()
  }

  /** Takes an event of the channel $system. */
  streamed(data) {
    this.#streamedAt = Date.now()
    this.#common(data, data.publishedPerSecond, data.deliveredPerSecond)
    byId('machine').dataset.known = 'true'
    setText(byId('cpu'), percent(data.cpuProcess))
    setText(byId('cpu-more'), `${percent(data.cpuMachine)} of ${plural(data.cores, 'core')}`)
    this.#cpu.add([data.cpuMachine, data.cpuProcess], 1)
    setText(byId('memory'), bytes(data.memoryProcess))
    setText(byId('memory-more'), `heap ${share(data.heapUsed, data.heapMax)}`)
    this.#memory.add([data.memoryProcess], data.memoryProcess * 1.2)
  }

  async #poll() {
    if (document.hidden || Date.now() - this.#streamedAt < 3 * PERIOD_MILLIS) return
    try {
      const now = { ...(await get('stats')), at: Date.now() }
      const before = this.#before ?? now
      this.#before = now
      if (now.uptime < before.uptime) return // another life of the hub counts from zero
      const seconds = Math.max(1, now.at - before.at) / 1000
      this.#common(now, (now.published - before.published) / seconds, (now.delivered - before.delivered) / seconds)
    } catch (problem) {
      this.#before = undefined
      if (problem.status !== 401 && problem.status !== 403) return
      setText(byId('throughput-more'), 'for an admin’s token')
      byId('machine').dataset.known = 'denied'
    }
  }

  #common(data, published, delivered) {
    const connections = data.connections ?? data.totalConnections
    setText(byId('published'), rate(published))
    setText(byId('delivered'), rate(delivered))
    const peak = this.#throughput.add([published, delivered], 1)
    setText(byId('throughput-more'), `peak ${rate(peak)}/s · ${count(data.delivered)} delivered in all`)
    setText(byId('connections-now'), count(connections))
    const capacity = data.maxConnections ? `of at most ${count(data.maxConnections)}` : `on ${plural(data.channels, 'channel')}`
    setText(byId('connections-more'), data.lagging ? `${capacity} · ${count(data.lagging)} behind` : capacity)
    this.#connections.add([connections], 4)
    this.#uptime = { millis: data.uptime, at: Date.now() }
    this.#tick()
  }

  #tick() {
    if (performance.now() > PATIENCE_MILLIS) byId('machine').dataset.known ??= 'false'
    if (!this.#uptime) return
    const since = Date.now() - this.#uptime.at
    if (since < 10_000) setText(byId('uptime'), `up ${span(this.#uptime.millis + since)}`)
    byId('figures').dataset.stale = String(since > 10_000)
  }
}
