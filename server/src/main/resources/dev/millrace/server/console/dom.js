/** Small helpers around the DOM. Data reaches the page as text alone: nothing here, or anywhere, parses HTML. */

export const byId = id => document.getElementById(id)

/** An element. A function among the attributes is a listener; false and undefined leave an attribute out. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue
    if (typeof value === 'function') node.addEventListener(key, value)
    else node.setAttribute(key, value === true ? '' : value)
  }
  node.append(...children)
  return node
}

/** Sets text only where it differs, so that an idle page lays out nothing. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

const live = byId('live')

/** Says something to a screen reader, when it has finished speaking. The newest message replaces one not yet spoken. */
export function announce(text) {
  live.textContent = text
}

/** Copies what the function returns, and says so on the button for a moment. */
export function copies(button, text) {
  const label = button.textContent
  button.addEventListener('click', async () => {
    button.textContent = (await copy(text())) ? 'Copied' : 'Press Ctrl+C'
    announce(button.textContent)
    setTimeout(() => (button.textContent = label), 1500)
  })
  return button
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text) // a page from another machine without TLS has no clipboard of its own
  }
}

function copyBySelection(text) {
  const before = document.activeElement
  const area = el('textarea', { class: 'unseen', 'aria-hidden': 'true' })
  area.value = text
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  before?.focus()
  return done
}

/** A table whose rows stay the same elements while their data change, so that focus and selection survive a refresh. */
export class Table {
  #body
  #rows = new Map()
  #create

  /** @param create makes a row of an item: its element, and what to do when the item changes */
  constructor(body, create) {
    this.#body = body
    this.#create = create
  }

  show(items, keyOf) {
    const keys = new Set(items.map(keyOf))
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue
      row.element.remove()
      this.#rows.delete(key)
    }
    items.forEach((item, index) => {
      const key = keyOf(item)
      let row = this.#rows.get(key)
      if (!row) this.#rows.set(key, (row = this.#create(item)))
      row.update(item)
      const here = this.#body.children[index]
      if (here !== row.element) this.#body.insertBefore(row.element, here ?? null)
    })
  }
}
