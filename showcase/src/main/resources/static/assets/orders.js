import { attempt, element, listen, read, send, time } from './live.js'

const STEPS = ['placed', 'packed', 'shipped', 'delivered']
const NEXT = {
  placed: ['packed', 'Pack it', 'Checked and packed'],
  packed: ['shipped', 'Ship it', 'Handed to the carrier'],
  shipped: ['delivered', 'Deliver it', 'Signed for at the door'],
}
const FIRST = ['placed', 'Order again', 'Ordered again']

const board = document.querySelector('#orders')
const template = document.querySelector('#order')
const result = document.querySelector('#result')
const shown = new Map()

class Order {
  constructor(id, item) {
    this.id = id
    this.states = new Map()
    this.card = template.content.firstElementChild.cloneNode(true)
    this.card.dataset.order = id
    this.card.querySelector('.order-id').textContent = id
    this.card.querySelector('.order-item').textContent = item
    this.button = this.card.querySelector('button')
    this.button.addEventListener('click', () => this.advance())
    board.append(this.card)
  }

  /** A state that came in the snapshot, in the stream, or in both. */
  add(state) {
    if (this.states.has(state.seq)) return
    this.states.set(state.seq, state)
    const inOrder = [...this.states.values()].sort((one, other) => one.seq - other.seq)
    this.draw(inOrder)
  }

  draw(states) {
    const { status } = states.at(-1)
    const reached = STEPS.indexOf(status)
    this.card.dataset.status = status
    this.card.dataset.states = String(states.length)
    this.card.querySelector('.order-status').textContent = status
    this.card.querySelectorAll('.steps li').forEach((step, i) => (step.dataset.done = String(i <= reached)))
    this.card.querySelector('.timeline').replaceChildren(
      ...states
        .slice(-6)
        .reverse()
        .map(state =>
          element('li', {}, element('span', {}, element('b', {}, state.status), ' ', state.note), time(state.timestamp)),
        ),
    )
    this.next = NEXT[status] ?? FIRST
    this.button.textContent = this.next[1]
  }

  advance() {
    const [status, , details] = this.next
    attempt(result, async () => {
      const { sent } = await send(`/api/orders/${encodeURIComponent(this.id)}/update`, { status, details })
      return `Told ${sent} ${sent === 1 ? 'stream' : 'streams'} that order ${this.id} is ${status}`
    })
  }
}

function order(id, item = `Order ${id}`) {
  if (!shown.has(id)) shown.set(id, new Order(id, item))
  return shown.get(id)
}

const snapshot = await read('/api/orders')
for (const { id, item, states } of snapshot.orders.slice(0, 12).sort((one, other) => one.id.localeCompare(other.id))) {
  for (const state of states) order(id, item).add(state)
}

// From the snapshot's place on: what happened meanwhile comes first, and nothing is missed.
listen('/events', {
  query: { channel: 'order-*', lastEventId: snapshot.position },
  on: {
    status: ({ orderId, status, details, seq, timestamp }) => order(orderId).add({ seq, status, note: details, timestamp }),
    'order-update': ({ orderId, status, note, seq, timestamp }) => order(orderId).add({ seq, status, note, timestamp }),
  },
})
