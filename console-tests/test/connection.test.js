import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Console, launch, missing } from '../support/browser.js'
import { Hub } from '../support/hub.js'
import { Link } from '../support/link.js'

const RETRY = ['--retry', '200ms']
const SECRET = 'a secret of more than thirty-two bytes, for these tests'

/** A token as an application would make it. */
function token(claims) {
  const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`
}

const inSeconds = seconds => Math.floor(Date.now() / 1000) + seconds

describe('the console’s connection', { skip: missing }, () => {
  let browser

  before(async () => {
    browser = await launch()
  })
  after(() => browser.close())

  async function withHub(flags, test) {
    const hub = await Hub.start(...flags)
    try {
      await test(hub)
    } finally {
      await hub.kill()
    }
  }

  async function withLink(flags, test, options) {
    await withHub([...RETRY, ...flags], async hub => {
      const link = await Link.to(hub)
      const tab = await Console.open(browser, link.url, { query: '?channel=news', ...options })
      try {
        await tab.isLive()
        await hub.publish('news', 'before')
        await tab.sees('before')
        await test(hub, link, tab)
      } finally {
        link.close()
        await tab.close()
      }
    })
  }

  const data = async tab => (await tab.page.locator('#event-list .event .data').allTextContents()).reverse()

  it('resumes where a broken line left it', () =>
    withLink([], async (hub, link, tab) => {
      link.cut()
      await tab.page.locator('#status[data-state=waiting]').waitFor()
      for (const text of ['missed 1', 'missed 2']) await hub.publish('news', text)
      link.mend()
      await tab.isLive()
      await hub.publish('news', 'on it goes')
      await tab.sees('on it goes')
      await tab.sees('nothing was missed')
      assert.deepEqual(await data(tab), ['before', 'missed 1', 'missed 2', 'on it goes'])
    }))

  it('takes a long silence for a broken line', () =>
    withLink(
      [],
      async (hub, link, tab) => {
        link.freeze()
        await hub.publish('news', 'into the void')
        await tab.page.clock.fastForward(80_000)
        await tab.page.locator('#status[data-state=waiting]').waitFor()
        for (let i = 0; i < 4 && !(await tab.lines('into the void').count()); i++) {
          await tab.page.locator('#status[data-state=connecting], #status[data-state=live]').waitFor()
          await tab.page.clock.fastForward(20_000) // an attempt on a dead connection that the browser had kept
        }
        await tab.sees('into the void')
        await tab.sees('nothing was missed')
      },
      { hasManualClock: true },
    ))

  it('tells a gap where the hub no longer has what was missed', () =>
    withLink(['--history-size', '3'], async (hub, link, tab) => {
      link.cut()
      await tab.page.locator('#status[data-state=waiting]').waitFor()
      for (let i = 1; i <= 9; i++) await hub.publish('news', `missed ${i}`)
      link.mend()
      await tab.sees('gap', 'events of news after', 'no longer kept')
      await tab.sees('missed 9')
      assert.deepEqual(await data(tab), ['before', 'missed 7', 'missed 8', 'missed 9'])
    }))

  it('outlives a hub that is killed and started again, and says what a hub without a disk forgot', () =>
    withHub(RETRY, async hub => {
      const tab = await Console.open(browser, hub.url, { query: '?channel=news' })
      await tab.isLive()
      await hub.publish('news', 'first life')
      await tab.sees('first life')
      await hub.kill()
      await tab.page.locator('#status[data-state=waiting]').waitFor()
      await hub.start()
      await tab.page.getByRole('button', { name: 'Try now' }).click({ timeout: 2000 }).catch(() => {}) // it may be back already
      await tab.sees('gap', 'earlier events of news')
      await hub.publish('news', 'second life')
      await tab.sees('second life')
      await tab.publish({ channel: 'news', data: 'from the page' })
      await tab.sees('from the page')
      await tab.close()
    }))

  it('misses nothing when a hub with a disk is killed and started again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-console-'))
    await withHub([...RETRY, '--data-dir', folder], async hub => {
      const tab = await Console.open(browser, hub.url, { query: '?channel=news' })
      await tab.isLive()
      await hub.publish('news', 'one')
      await tab.sees('one')
      await hub.publish('news', 'two')
      await hub.kill()
      await hub.start()
      await hub.publish('news', 'three')
      await tab.sees('three')
      await tab.sees('nothing was missed')
      assert.deepEqual(await data(tab), ['one', 'two', 'three'])
      assert.equal(await tab.lines('gap').count(), 0)
      await tab.close()
    })
    rmSync(folder, { recursive: true })
  })

  it('asks for a token, keeps it out of every address, and tells when it expires', () =>
    withHub(['--jwt-secret', SECRET, '--host', '127.0.0.1'], async hub => {
      const tab = await Console.open(browser, hub.url, { query: '?channel=news' })
      const { page } = tab
      const use = async text => {
        await page.getByLabel('Token', { exact: true }).fill(text)
        await page.keyboard.press('Enter')
      }
      await page.locator('#status[data-state=unauthorized], #status[data-state=refused]').waitFor()
      await page.getByRole('button', { name: 'Token…' }).click()
      await use('no.token.atall')
      await page.locator('#token-why').filter({ hasText: /./ }).waitFor()

      const good = token({ sub: 'anna', exp: inSeconds(600), millrace: { subscribe: ['*'], publish: ['*'], admin: true } })
      await use(good)
      await tab.isLive()
      await tab.publish({ channel: 'news', event: 'e', data: 'with a token' })
      await tab.sees('with a token')
      await page.reload()
      await tab.isLive()
      assert.ok(!tab.requests.some(request => request.url().includes(good.slice(0, 20))))
      assert.ok(!(await page.locator('body').innerText()).includes(good.slice(0, 20)))
      assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0)
      assert.match(await page.locator('#curl-listen').textContent(), /Authorization: Bearer \$TOKEN/)

      await page.getByRole('button', { name: 'Token…' }).click()
      await use(token({ sub: 'anna', exp: inSeconds(2), millrace: { subscribe: ['*'] } }))
      await tab.sees('expired')
      await page.locator('#status[data-state=unauthorized]').waitFor()
      await tab.close()
    }))

  it('says what a hub refuses, and goes on when the page no longer asks for it', () =>
    withHub(['--jwt-secret', SECRET, '--host', '127.0.0.1', '--public', 'open/*'], async hub => {
      const tab = await Console.open(browser, hub.url)
      await tab.page.locator('#status[data-state=unauthorized], #status[data-state=refused]').waitFor()
      assert.notEqual(await tab.page.locator('#status-more, #token-why').allTextContents().then(texts => texts.join('')), '')
      await tab.listenTo('open/door')
      await tab.page.getByRole('button', { name: 'Stop listening to *' }).click()
      await tab.isLive()
      await tab.close()
    }))

  it('draws the figures that the hub publishes, those of the last minutes too', () =>
    withHub(['--system-metrics'], async hub => {
      const points = name => document.querySelector(`#chart-${name} .first`).getAttribute('d')?.split('L').length
      const tab = await Console.open(browser, hub.url)
      await tab.page.locator('#machine[data-known=true]').waitFor()
      for (const name of ['throughput', 'connections', 'cpu', 'memory']) {
        await tab.until(name => document.querySelector(`#chart-${name} .first`).getAttribute('d').split('L').length > 2, name)
      }
      assert.match(await tab.page.locator('#memory').textContent(), /^\d+ MiB$/)
      await hub.publish('a', 'b')
      await tab.sees('b')
      assert.equal(await tab.lines('metrics').count(), 0, 'figures are drawn, not listed')
      await fetch(hub.url + '/broadcast', {
        method: 'POST',
        body: '{"event":"e","data":"to all"}',
        headers: { 'Content-Type': 'application/json' },
      })
      const late = await Console.open(browser, hub.url)
      await late.page.locator('#machine[data-known=true]').waitFor()
      assert.ok((await late.page.evaluate(points, 'cpu')) > 2)
      await late.sees('to all')
      for (const each of [tab, late]) {
        each.hasNoComplaints()
        await each.close()
      }
    }))

  it('draws throughput and connections of a hub that publishes no figures', () =>
    withHub([], async hub => {
      const tab = await Console.open(browser, hub.url)
      await tab.isLive()
      for (const name of ['throughput', 'connections']) {
        await tab.until(name => document.querySelector(`#chart-${name} .first`).getAttribute('d')?.includes('L'), name)
      }
      assert.equal(await tab.page.locator('#connections-now').textContent(), '1')
      await tab.page.getByText('--system-metrics').waitFor()
      tab.hasNoComplaints()
      await tab.close()
    }))
})
