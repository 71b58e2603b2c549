import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isLive, shows, until } from '../support/browser.js'

async function signIn(page, name) {
  await page.getByText(name, { exact: true }).click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await isLive(page)
}

const unread = async page => Number(await page.locator('#unread').getAttribute('data-count'))
const rows = page => page.locator('#list .notice').count()

/** The page of a signed-in user's notifications. */
export const inbox = ({ showcase, meet }) => {
  it('the inbox has the notification that waited for its user, also when the application was killed meanwhile', async () => {
    await showcase.post('/orders/1003/ship', {}, 'ada')
    await showcase.kill()
    await showcase.start()
    const linus = await meet()
    const page = await linus.opens(`${showcase.url}/inbox.html`)
    assert.equal(await page.locator('#inbox').isVisible(), false)
    await signIn(page, 'Linus')
    await shows(page, '.notice', 'Order 1003 was handed to the carrier.')
    assert.equal(await unread(page), 1)
    assert.match(await page.title(), /^\(1\) Inbox/)
  })

  it('the inbox tells both tabs of a user, keeps their counts the same, and tells nobody else', async () => {
    const [ada, grace] = [await meet(), await meet()]
    const one = await ada.opens(`${showcase.url}/inbox.html`)
    await signIn(one, 'Ada')
    const two = await ada.opens(`${showcase.url}/inbox.html`)
    await isLive(two)
    const hers = await grace.opens(`${showcase.url}/inbox.html`)
    await signIn(hers, 'Grace')
    const [before, beforeOfGrace] = [await rows(one), await rows(hers)]

    await hers.getByRole('button', { name: 'Ship 1001, Ada’s' }).click()
    await shows(hers, '#ship-result', 'Shipped. The owner sees it now.')
    for (const tab of [one, two]) {
      await until(() => rows(tab), count => count === before + 1)
      await until(() => unread(tab), count => count === before + 1)
    }
    await one.getByRole('button', { name: 'Mark all read' }).click()
    for (const tab of [one, two]) {
      await until(() => unread(tab), count => count === 0)
      assert.match(await tab.title(), /^Inbox/)
    }
    await two.reload()
    await isLive(two)
    await until(() => rows(two), count => count === before + 1)
    assert.equal(await unread(two), 0)
    assert.equal(await rows(hers), beforeOfGrace)
  })

  it('the inbox refuses a wrong password, and shows nothing after signing out', async () => {
    const grace = await meet()
    grace.mayFail = true // the 401
    const page = await grace.opens(`${showcase.url}/inbox.html`)
    await page.getByText('Grace', { exact: true }).click()
    await page.getByLabel('Password').fill('guess')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await shows(page, 'output', 'No such user, or another password.')
    await page.getByLabel('Password').fill('millrace')
    await signIn(page, 'Grace')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    assert.equal(await page.locator('#inbox').isVisible(), false)
  })

  it('the inbox asks to sign in again when the session is over', async () => {
    const ada = await meet()
    ada.mayFail = true // the application that was away, and of the 401
    const page = await ada.opens(`${showcase.url}/inbox.html`)
    await signIn(page, 'Ada')
    await ada.context.clearCookies()
    await showcase.kill()
    await showcase.start()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  })
}
