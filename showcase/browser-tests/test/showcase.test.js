import { after, afterEach, before, describe } from 'node:test'
import { broadcasts } from '../pages/broadcasts.js'
import { chat } from '../pages/chat.js'
import { commands } from '../pages/commands.js'
import { dashboard } from '../pages/dashboard.js'
import { inbox } from '../pages/inbox.js'
import { looks } from '../pages/looks.js'
import { orders } from '../pages/orders.js'
import { safety } from '../pages/safety.js'
import { ticker } from '../pages/ticker.js'
import { launch, missing, Person } from '../support/browser.js'
import { Showcase } from '../support/showcase.js'

// One application for all of them: it takes longer to start than most of the tests.
describe('the showcase', { skip: missing }, () => {
  const showcase = new Showcase()
  const people = []
  let browser

  /** Somebody new. */
  async function meet(options) {
    const person = await Person.with(browser, options)
    people.push(person)
    return person
  }

  before(async () => {
    ;[browser] = await Promise.all([launch(), showcase.start()])
  })
  after(async () => {
    await browser?.close()
    await showcase.close()
  })
  afterEach(async () => {
    const met = people.splice(0)
    for (const person of met) await person.close()
    for (const person of met) person.hasNoComplaints()
  })

  for (const suite of [looks, broadcasts, chat, orders, inbox, dashboard, ticker, commands, safety]) suite({ showcase, meet })
})
