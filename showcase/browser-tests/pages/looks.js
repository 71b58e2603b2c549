import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { contrast, overflow, textColours } from '../../../console-tests/support/looks.js'
import { isLive, shows, until } from '../support/browser.js'

const FOLDER = fileURLToPath(new URL('../../target/screenshots/', import.meta.url))
const DEVICES = [
  { viewport: { width: 1280, height: 800 } },
  { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
]
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung'

/** In a page: what can be pressed, and is smaller than WCAG 2.2 wants (24 by 24 pixels), links in a text aside. */
const tooSmall = () =>
  [...document.querySelectorAll('button, input:not([type=radio]), textarea, nav a, .choice span')]
    .filter(element => element.checkVisibility())
    .filter(element => Math.min(element.getBoundingClientRect().width, element.getBoundingClientRect().height) < 24)
    .map(element => element.outerHTML)

/** How each page looks, on a desk and on a phone, by day and by night; the pictures are in target/screenshots. */
export const looks = ({ showcase, meet }) => {
  mkdirSync(FOLDER, { recursive: true })

  async function look(picture, address, act = isLive) {
    for (const device of DEVICES) {
      for (const colorScheme of ['light', 'dark']) {
        const person = await meet({ ...device, colorScheme, reducedMotion: 'reduce' })
        const page = await person.opens(showcase.url + address)
        await act(page)
        const name = `${picture}-${device.viewport.width}-${colorScheme}`
        await page.screenshot({ path: `${FOLDER}${name}.png`, fullPage: true })
        assert.ok((await page.evaluate(overflow)) <= 0, `${name} is wider than its window`)
        assert.deepEqual(await page.evaluate(tooSmall), [], name)
        for (const [what, colour, background] of await page.evaluate(textColours)) {
          assert.ok(contrast(colour, background) >= 4.5, `${name}: ${what}: ${colour} on ${background}`)
        }
        person.hasNoComplaints()
        await person.close()
      }
    }
  }

  it('the looks of the index are cared for', () => look('index', '/'))

  it('the looks of the announcements are cared for, also while there are none', async () => {
    await look('announcements-none', '/announcements.html')
    for (const severity of ['info', 'success', 'warning', 'critical']) {
      await showcase.post('/api/notifications', { title: `A word of ${severity}`, message: 'It is as it is, and more will follow.', severity })
    }
    await showcase.post('/api/notifications', { title: LONG, message: LONG.repeat(3) })
    await look('announcements', '/announcements.html', page => shows(page, '.notice', LONG))
  })

  it('the looks of the orders are cared for', async () => {
    await showcase.post('/api/orders/1001/update', { status: 'packed', details: 'Checked and packed' })
    await showcase.post('/api/orders/1003/status', { status: LONG.slice(0, 40), note: LONG })
    await look('orders', '/orders.html', async page => {
      await isLive(page)
      await page.locator('[data-order="1003"]').waitFor()
    })
  })

  it('the looks of the inbox are cared for, before and after signing in', async () => {
    await look('sign-in', '/inbox.html', page => page.getByRole('button', { name: 'Sign in' }).waitFor())
    await look('inbox-none', '/inbox.html', async page => {
      await page.getByText('Linus', { exact: true }).click()
      await page.getByRole('button', { name: 'Sign in' }).click()
      await isLive(page)
    })
    await showcase.post('/orders/1001/ship', {}, 'grace')
    await look('inbox', '/inbox.html', async page => {
      await page.getByRole('button', { name: 'Sign in' }).click()
      await isLive(page)
      await page.locator('.notice').first().waitFor()
    })
  })

  it('the looks of the dashboard are cared for', () =>
    look('dashboard', '/dashboard.html', page => until(() => page.locator('#samples').textContent(), text => Number(text) >= 3)))

  it('the looks of the chat are cared for, at the door and inside', async () => {
    await look('chat-door', '/chat.html', page => page.getByRole('button', { name: 'Join' }).waitFor())
    const guest = await fetch(`${showcase.url}/chat/salon?userId=Grace`)
    for (const [userId, message] of [
      ['Grace', 'Has anybody seen the bug?'],
      ['Linus', 'It is in the relay.'],
      ['Linus', 'Panel F, number 70.'],
      ['Grace', LONG.repeat(2)],
    ]) {
      await showcase.post('/chat/salon/message', { userId, message })
    }
    await look('chat', '/chat.html', async page => {
      await page.getByLabel('Your name').fill('Ada')
      await page.getByLabel('Room').fill('salon')
      await page.getByRole('button', { name: 'Join' }).click()
      await isLive(page)
      await shows(page, '.message', LONG)
      await page.getByLabel('Message', { exact: true }).fill('Found it.')
      await page.getByRole('button', { name: 'Send' }).click()
      await shows(page, '.message', 'Found it.')
      await showcase.post('/chat/salon/typing', { userId: 'Linus' })
      await shows(page, '#typing', 'Linus is typing')
    })
    await guest.body.cancel()
  })

  it('the looks of the alerts are cared for', () =>
    look('alerts', '/alerts.html', async page => {
      await isLive(page)
      const shown = shows(page, '.toast', 'Something of the kind error')
      for (const type of ['info', 'success', 'warning', 'error']) await showcase.post('/api/notify', { message: `Something of the kind ${type}`, type })
      await shown
    }))

  it('the looks of the ticker are cared for', () =>
    look('ticker', '/ticker.html', page => until(() => page.locator('#list li').count(), count => count >= 5)))
}
