import { listen } from './live.js'

const POINTS = 60
const WIDTH = 600
const HEIGHT = 180
const SVG = 'http://www.w3.org/2000/svg'

/** A chart of the last two minutes: one line for each figure, the first of them filled. */
class Chart {
  constructor(figure, lines, { format, least = 1, most = () => 0, limit = Infinity }) {
    this.figure = figure
    this.lines = lines
    this.format = format
    this.least = least
    this.most = most
    this.limit = limit
    this.svg = figure.querySelector('svg')
    this.svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
    this.svg.setAttribute('preserveAspectRatio', 'none')
    for (let i = 1; i < 4; i++) this.svg.append(shape('line', 'grid', { x1: 0, x2: WIDTH, y1: (HEIGHT * i) / 4, y2: (HEIGHT * i) / 4 }))
    this.area = shape('path', 'area area-0')
    this.svg.append(this.area)
    this.paths = lines.map((_, i) => shape('path', `line line-${i}`))
    this.svg.append(...this.paths)
  }

  draw(samples) {
    const values = this.lines.map(line => samples.map(line))
    const highest = Math.min(this.limit, Math.max(this.least, this.most(samples.at(-1)), ...values.flat()) * 1.05)
    const step = WIDTH / (POINTS - 1)
    const left = WIDTH - (samples.length - 1) * step
    values.forEach((line, i) => {
      const points = line.map((value, x) => `${(left + x * step).toFixed(1)},${(HEIGHT - (value / highest) * HEIGHT).toFixed(1)}`)
      this.paths[i].setAttribute('d', `M${points.join('L')}`)
      if (i === 0) this.area.setAttribute('d', `M${left},${HEIGHT}L${points.join('L')}L${WIDTH},${HEIGHT}Z`)
    })
    this.figure.querySelectorAll('[data-line]').forEach((label, i) => (label.textContent = this.format(values[i].at(-1))))
    this.figure.querySelector('.top-value').textContent = this.format(highest)
  }
}

function shape(name, kind, attributes = {}) {
  const made = document.createElementNS(SVG, name)
  made.setAttribute('class', kind)
  made.setAttribute('vector-effect', 'non-scaling-stroke')
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

const percent = share => `${Math.round(share * 100)} %`
const mib = size => (size >= 1024 ? `${(size / 1024).toFixed(1)} GiB` : `${Math.round(size)} MiB`)
const rate = perSecond => `${perSecond >= 100 ? Math.round(perSecond) : perSecond.toFixed(1)}/s`

const figure = name => document.querySelector(`figure[data-chart=${name}]`)
const charts = [
  new Chart(figure('cpu'), [sample => sample.cpu, sample => sample.cpuProcess], { format: percent, least: 0.2, limit: 1 }),
  new Chart(figure('memory'), [sample => sample.memory, sample => sample.heap], { format: mib, most: sample => sample.memoryTotal }),
  new Chart(figure('hub'), [sample => sample.deliveredPerSecond, sample => sample.publishedPerSecond], { format: rate, least: 4 }),
]
const samples = []

listen('/events', {
  query: { channel: 'dashboard', history: String(POINTS) },
  on: {
    metrics(sample) {
      samples.push(sample)
      if (samples.length > POINTS) samples.shift()
      for (const chart of charts) chart.draw(samples)
      document.querySelector('#uptime').textContent = duration(sample.uptime)
      document.querySelector('#streams').textContent = sample.streams.toLocaleString()
      document.querySelector('#samples').textContent = String(samples.length)
    },
  },
  // After a restart of the hub the figures begin anew; those that were drawn are still true.
  onGap() {},
})

function duration(seconds) {
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}
