import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isLive, shows } from '../support/browser.js'

const EVIL = '<img src=x onerror="document.title=1"><b>bold</b>'
const MARKUP = 'main img[src=x], main b b, main p b, main strong b, #toasts b, #toasts img, [onerror]'

/** What every page owes to those who look at it. */
export const safety = ({ showcase, meet }) => {
  it('every page shows data as they are, and never takes them for markup', async () => {
    const evil = await meet()
    const check = async (name, selector, act, enter = async () => {}) => {
      const page = await evil.opens(`${showcase.url}/${name}.html`)
      const title = await page.title()
      await enter(page)
      await isLive(page)
      const shown = shows(page, selector, EVIL)
      await act()
      await shown
      assert.equal(await page.locator(MARKUP).count(), 0, name)
      assert.equal(await page.title(), title)
      await page.close()
    }
    await check('announcements', '.notice p', () => showcase.post('/api/notifications', { title: EVIL, message: EVIL, severity: '"><b>' }))
    await check('alerts', '.toast span', () => showcase.post('/api/notify', { message: EVIL, type: '<b>x</b>' }))
    await check('orders', '[data-order="evil"] .timeline', () =>
      showcase.post('/api/orders/evil/update', { status: '<b>packed</b>', details: EVIL }),
    )
    await check(
      'chat',
      '.message p',
      async () => {
        await showcase.post('/chat/evil/typing', { userId: '<b>Eve</b>' })
        await showcase.post('/chat/evil/message', { userId: '<b>Eve</b>', message: EVIL })
      },
      async page => {
        await page.getByLabel('Your name').fill('<b>Me</b>')
        await page.getByLabel('Room').fill('evil')
        await page.getByRole('button', { name: 'Join' }).click()
      },
    )
    evil.hasNoComplaints()
  })

  it('every page asks nobody but its own application', async () => {
    const person = await meet()
    for (const name of ['', 'orders.html', 'inbox.html', 'dashboard.html', 'chat.html']) {
      await (await person.opens(`${showcase.url}/${name}`)).close()
    }
    assert.deepEqual([...person.origins], [showcase.url])
  })
}
