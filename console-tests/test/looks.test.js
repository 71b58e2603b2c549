import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { after, before, describe, it } from 'node:test'
import { Console, launch, missing } from '../support/browser.js'
import { Hub } from '../support/hub.js'
import { contrast, overflow, textColours } from '../support/looks.js'

const FOLDER = fileURLToPath(new URL('../target/screenshots/', import.meta.url))
const WIDTHS = [
  { width: 1280, height: 800 },
  { width: 390, height: 844, deviceScaleFactor: 2 },
]
const SCHEMES = ['light', 'dark']

const EVENTS = [
  ['orders/41', 'status', { orderId: 41, state: 'shipped', note: 'left at the door', total: 129.9 }],
  ['orders/42', 'status', { orderId: 42, state: 'packed' }],
  ['chat/lobby', 'message', { from: 'ada', text: 'anyone seen the build?' }],
  ['chat/lobby', '', 'plain text'],
  ['user:anna', 'notification', { title: 'Invoice ready', severity: 'info' }],
  ['sensors/eu-west-1/hall-7/turbine-0042/bearing-temperature', 'reading', { celsius: 71.25, rpm: 1480 }],
]

describe('the console’s looks', { skip: missing }, () => {
  let browser, hub
  mkdirSync(FOLDER, { recursive: true })

  before(async () => {
    ;[browser, hub] = await Promise.all([launch(), Hub.start('--system-metrics', '--history-size', '20')])
  })
  after(async () => {
    await browser.close()
    await hub.kill()
  })

  async function look(name, query, act) {
    for (const viewport of WIDTHS) {
      for (const colorScheme of SCHEMES) {
        const { width, height, deviceScaleFactor } = viewport
        const tab = await Console.open(browser, hub.url, { query, viewport: { width, height }, deviceScaleFactor, colorScheme })
        await tab.isLive()
        await tab.page.locator('#machine[data-known=true]').waitFor()
        await act(tab, width)
        await tab.page.waitForFunction(() => document.getAnimations().length === 0)
        await tab.page.screenshot({ path: `${FOLDER}${name}-${width}-${colorScheme}.png` })
        assert.ok((await tab.page.evaluate(overflow)) <= 0, `${name} is wider than ${width}`)
        for (const [what, colour, background] of await tab.page.evaluate(textColours)) {
          assert.ok(contrast(colour, background) >= 4.5, `${what}: ${colour} on ${background} (${colorScheme}, ${width})`)
        }
        tab.hasNoComplaints()
        await tab.close()
      }
    }
  }

  it('is readable when nothing has happened', () => look('empty', '?channel=nothing/here', async () => {}))

  it('is readable when much happens', async () => {
    for (let i = 0; i < 60; i++) {
      const [channel, event, data] = EVENTS[i % EVENTS.length]
      await hub.publish(channel, typeof data === 'string' ? data : JSON.stringify({ ...data, i }), event && '?event=' + event)
    }
    await look('busy', '?channel=*&channel=orders/*&channel=sensors/eu-west-1/hall-7/turbine-0042/bearing-temperature', async tab => {
      await tab.sees('orders/42')
      await tab.lines('orders/41').first().getByRole('button').click()
    })
  })

  it('is readable in its other views', async () => {
    for (const name of ['Channels', 'Connections', 'Publish']) {
      await look(name.toLowerCase(), '', async (tab, width) => {
        if (name === 'Publish' && width > 999) return
        await tab.page.getByRole('tab', { name }).click()
        if (name !== 'Publish') await tab.page.locator(`#${name.toLowerCase()} tbody tr`).first().waitFor()
      })
    }
  })

  it('is readable when it explains', async () => {
    await look('explain', '?channel=orders/*', async tab => {
      await hub.publish('orders/42', '{"state":"shipped"}', '?event=status')
      await tab.sees('orders/42')
      await tab.lines('orders/42').first().getByRole('button').click()
      await tab.page.getByRole('button', { name: 'Who got it…' }).click()
      await tab.page.locator('#connections tr.own').getByRole('button', { name: /^Explain/ }).click()
      await tab.page.locator('#explanation strong').waitFor()
    })
  })

  it('moves nothing for those who want no motion', async () => {
    const tab = await Console.open(browser, hub.url, { query: '?channel=still', reducedMotion: 'reduce' })
    await tab.isLive()
    await hub.publish('still', 'x')
    await tab.sees('still')
    assert.equal(await tab.page.locator('.fresh').first().evaluate(row => getComputedStyle(row).animationName), 'none')
    await tab.close()
  })
})

describe('the console’s looks when something is wrong', { skip: missing }, () => {
  let browser, hub

  before(async () => {
    ;[browser, hub] = await Promise.all([launch(), Hub.start('--retry', '10s')])
  })
  after(async () => {
    await browser.close()
    await hub.kill()
  })

  it('is readable while the hub is away, and after a gap', async () => {
    for (const { width, height, deviceScaleFactor } of WIDTHS) {
      for (const colorScheme of SCHEMES) {
        const tab = await Console.open(browser, hub.url, { viewport: { width, height }, deviceScaleFactor, colorScheme })
        await tab.isLive()
        await hub.publish('orders/42', '{"state":"shipped"}', '?event=status')
        await tab.sees('orders/42')
        await hub.kill()
        await tab.page.locator('#status[data-state=waiting]').waitFor()
        await tab.page.screenshot({ path: `${FOLDER}away-${width}-${colorScheme}.png` })
        await hub.start()
        await tab.page.getByRole('button', { name: 'Try now' }).click()
        await tab.sees('gap')
        await tab.page.waitForFunction(() => document.getAnimations().length === 0)
        await tab.page.screenshot({ path: `${FOLDER}gap-${width}-${colorScheme}.png` })
        await tab.close()
      }
    }
  })
})
