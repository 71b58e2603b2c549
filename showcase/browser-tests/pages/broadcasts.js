import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isLive, shows, until } from '../support/browser.js'

const PAGES = ['', 'announcements', 'orders', 'dashboard', 'alerts', 'ticker']

const address = (showcase, name) => `${showcase.url}/${name && `${name}.html`}`

/** The pages of announcements and of alerts: what everybody gets. */
export const broadcasts = ({ showcase, meet }) => {
  it('the announcements reach everybody who has the page open, and who opens it later', async () => {
    const [ann, bob, cy] = [await meet(), await meet(), await meet()]
    const hers = await ann.opens(address(showcase, 'announcements'))
    const his = await bob.opens(address(showcase, 'announcements'))
    for (const page of [hers, his]) await isLive(page)
    await hers.getByLabel('Title').fill('Soup')
    await hers.getByLabel('Message').fill('It is ready')
    await hers.getByText('Success', { exact: true }).click()
    await hers.getByRole('button', { name: 'Announce' }).click()
    await shows(hers, 'output', /^Sent to \d+ streams$/)
    const late = await cy.opens(address(showcase, 'announcements'))
    for (const page of [hers, his, late]) await shows(page, '.notice[data-kind=success]', 'It is ready')
  })

  it('the announcements stand once and newest first, however often the page is opened', async () => {
    const person = await meet()
    for (const title of ['one', 'two']) await showcase.post('/api/notifications', { title, message: 'order' })
    const page = await person.opens(address(showcase, 'announcements'))
    const titles = () => page.locator('.notice', { hasText: 'order' }).locator('strong').allTextContents()
    await until(titles, texts => texts.join() === 'two,one')
    await page.reload()
    await until(titles, texts => texts.join() === 'two,one')
  })

  it('an alert shows on every open page but the chat', async () => {
    const person = await meet()
    const pages = []
    for (const name of PAGES) {
      const page = await person.opens(address(showcase, name))
      await isLive(page)
      pages.push(page)
      if (pages.length > 4) await pages.shift().close() // a browser has six connections to a host
    }
    const chat = await (await meet()).opens(address(showcase, 'chat'))
    await chat.getByLabel('Your name').fill('Quiet')
    await chat.getByRole('button', { name: 'Join' }).click()
    await isLive(chat)
    const sender = await (await meet()).opens(address(showcase, 'alerts'))
    await isLive(sender)
    // They go away by themselves: so it is looked for before it is there.
    const shown = Promise.all([...pages, sender].map(page => shows(page, '.toast[data-kind=warning]', 'The door bell rang')))
    await sender.getByLabel('Message').fill('The door bell rang')
    await sender.getByText('Warning', { exact: true }).click()
    await sender.getByRole('button', { name: 'Alert all pages' }).click()
    await shows(sender, 'output', /^On \d+ open pages$/)
    await shown
    await showcase.post('/chat/lobby/message', { userId: 'Cy', message: 'and after it' })
    await shows(chat, '.message', 'and after it')
    assert.equal(await chat.locator('.toast').count(), 0)
  })
}
