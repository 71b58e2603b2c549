import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Link } from '../../../console-tests/support/link.js'
import { isLive, until } from '../support/browser.js'
import { run } from '../support/shell.js'

const card = (page, id) => page.locator(`[data-order="${id}"]`)
const states = (page, id) => card(page, id).locator('.timeline b').allTextContents()
const count = async (page, id) => Number(await card(page, id).getAttribute('data-states'))

/** The page of orders. */
export const orders = ({ showcase, meet }) => {
  const tell = (id, status, how = 'update') => showcase.post(`/api/orders/${id}/${how}`, { status })

  it('the page of orders shows a new state on every open page at once', async () => {
    const [one, other] = [await meet(), await meet()]
    const pages = [await one.opens(`${showcase.url}/orders.html`), await other.opens(`${showcase.url}/orders.html`)]
    for (const page of pages) await isLive(page)
    for (const [act, status] of [['Pack it', 'packed'], ['Ship it', 'shipped'], ['Deliver it', 'delivered'], ['Order again', 'placed']]) {
      await card(pages[0], '1002').getByRole('button', { name: act }).click()
      for (const page of pages) await page.locator(`[data-order="1002"][data-status=${status}]`).waitFor()
    }
    await pages[0].locator('#result', { hasText: 'Told 2 streams that order 1002 is placed' }).waitFor()
    await tell('1002', 'lost in the post', 'status')
    for (const page of pages) await until(() => states(page, '1002'), texts => texts[0] === 'lost in the post')
  })

  it('the page of orders misses no state that comes between its snapshot and its stream', async () => {
    const person = await meet()
    await tell('seam', 'first')
    await person.context.route('**/api/orders', async route => {
      const snapshot = await route.fetch()
      for (const status of ['second', 'third']) await tell('seam', status)
      await run(`curl -sN '${showcase.url}/events/order-seam?history=3'`, /third/) // the hub has it, not only the database
      await route.fulfill({ response: snapshot })
    })
    const page = await person.opens(`${showcase.url}/orders.html`)
    await until(() => states(page, 'seam'), texts => texts.join() === 'third,second,first')
  })

  it('the page of orders misses no state when it is reloaded in the middle of an order', async () => {
    const person = await meet()
    await tell('busy', 'state 0')
    const page = await person.opens(`${showcase.url}/orders.html`)
    let last = 0
    let isOver = false
    const work = (async () => {
      while (!isOver && last < 45) await tell('busy', `state ${++last}`, last % 2 ? 'status' : 'update')
    })()
    for (let i = 0; i < 3; i++) {
      await page.reload()
      await isLive(page)
    }
    isOver = true
    await work
    await until(() => states(page, 'busy'), texts => texts[0] === `state ${last}`)
    assert.equal(await count(page, 'busy'), last + 1)
    const newest = Array.from({ length: Math.min(6, last + 1) }, (_, i) => `state ${last - i}`)
    assert.deepEqual(await states(page, 'busy'), newest)
  })

  it('the page of orders gets the states that it missed while the line was cut, each once', async () => {
    const person = await meet()
    person.mayFail = true // the cut line
    const link = await Link.to(showcase)
    try {
      await tell('far', 'placed')
      const page = await person.opens(`${link.url}/orders.html`)
      await isLive(page)
      link.cut()
      await page.locator('#live:not([data-state=live])').waitFor()
      for (const status of ['packed', 'shipped']) await tell('far', status)
      link.mend()
      await isLive(page)
      await tell('far', 'delivered')
      await until(() => states(page, 'far'), texts => texts.join() === 'delivered,shipped,packed,placed')
    } finally {
      link.close()
    }
  })

  it('the page of orders shows what is right when the application was killed and started again', async () => {
    const person = await meet()
    person.mayFail = true // the application that was away
    await tell('sturdy', 'placed')
    const page = await person.opens(`${showcase.url}/orders.html`)
    await isLive(page)
    await tell('sturdy', 'packed')
    await showcase.kill()
    await showcase.start()
    await tell('sturdy', 'shipped')
    await until(() => states(page, 'sturdy'), texts => texts.join() === 'shipped,packed,placed')
  })
}
