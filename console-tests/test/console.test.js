import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { Console, launch, missing } from '../support/browser.js'
import { Hub } from '../support/hub.js'

describe('the console', { skip: missing }, () => {
  let browser, hub
  const tabs = []

  async function open(query = '') {
    const tab = await Console.open(browser, hub.url, { query })
    tabs.push(tab)
    await tab.isLive()
    return tab
  }

  before(async () => {
    ;[browser, hub] = await Promise.all([launch(), Hub.start()])
  })
  afterEach(async () => {
    for (const tab of tabs.splice(0)) await tab.close()
  })
  after(async () => {
    await browser.close()
    await hub.kill()
  })

  it('shows in each tab what the other publishes', async () => {
    const one = await open()
    const two = await open()
    await one.publish({ channel: 'tabs/a', event: 'greeting', data: '{"from":"one"}' })
    await two.publish({ channel: 'tabs/b', event: '', data: 'from two' })
    for (const tab of [one, two]) {
      await tab.sees('tabs/a', 'greeting', '{"from":"one"}')
      await tab.sees('tabs/b', 'message', 'from two')
      tab.hasNoComplaints()
    }
    assert.match(await one.result(), /^\S+-\d+ → 2 listeners$/)
  })

  it('shows an event’s data indented and to the last digit, with its id', async () => {
    const tab = await open()
    const { id } = await hub.publish('exact', '{"big":12345678901234567890,"tiny":1.10,"empty":{},"list":[1,"a\\"b"]}')
    await tab.lines('exact').getByRole('button').click()
    const detail = tab.page.locator('.detail')
    assert.equal(
      await detail.locator('pre').textContent(),
      '{\n  "big": 12345678901234567890,\n  "tiny": 1.10,\n  "empty": {},\n  "list": [\n    1,\n    "a\\"b"\n  ]\n}',
    )
    assert.ok((await detail.textContent()).includes(id))
  })

  it('never takes data for markup', async () => {
    const tab = await open()
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await hub.publish('evil', evil, '?event=' + encodeURIComponent('<b>bold</b>'))
    await tab.sees('evil', evil, '<b>bold</b>')
    await tab.lines('evil').getByRole('button').click()
    assert.equal(await tab.page.locator('.detail pre').textContent(), evil)
    assert.equal(await tab.page.locator('#event-list img, #event-list b').count(), 0)
    tab.hasNoComplaints()
  })

  it('publishes to those who listen now, to everyone, and to one client', async () => {
    const tab = await open('?channel=nothing')
    const { page } = tab
    await page.getByText('Everyone').click()
    await tab.publish({ event: 'notice', data: '{"at":"22:00"}' })
    await tab.sees('everyone', 'notice', '{"at":"22:00"}')

    await tab.listenTo('typing')
    await tab.sees('Listening to typing')
    await page.locator('.choice').getByText('Channel').click()
    await page.getByLabel('Keep in the history').uncheck()
    await tab.publish({ channel: 'typing', event: 'typing', data: 'anna' })
    await tab.sees('typing', 'anna', 'not kept')
    assert.equal((await hub.get('/channels/typing/history')).events.length, 0)

    await page.getByText('One client').click()
    const { subscribers } = await hub.get('/channels/typing/subscribers')
    await page.getByLabel('Client id').fill(subscribers[0].clientId)
    await tab.publish({ event: 'direct', data: 'for you' })
    await tab.sees('direct', 'for you')
  })

  it('publishes once with the same idempotency key', async () => {
    const tab = await open()
    await tab.page.getByText('Idempotency key', { exact: true }).click()
    await tab.page.getByRole('button', { name: 'New' }).click()
    await tab.publish({ channel: 'once', event: 'e', data: '1' })
    await tab.sees('once')
    const first = (await tab.result()).split(' ')[0]
    await tab.publish({})
    await hub.publish('once', 'last')
    await tab.sees('once', 'last')
    assert.equal(await tab.lines('once').count(), 2)
    assert.ok((await tab.result()).startsWith(first))
  })

  it('says what the hub refuses, in the hub’s words', async () => {
    const tab = await open()
    await tab.publish({ channel: 'a', event: 'connected', data: '1' })
    await tab.until(() => document.getElementById('publish-result').dataset.state === 'failed')
    assert.match(await tab.result(), /event must not be connected/)
    await tab.listenTo('no spaces')
    await tab.page.getByRole('alert').getByText('make a channel').waitFor()
    await tab.listenTo('$system')
    await tab.page.getByRole('alert').getByText('--system-metrics').waitFor()
    assert.equal(await tab.page.locator('#listening li').count(), 1)
  })

  it('steers its live stream without another connection', async () => {
    const tab = await open('?channel=steer/a')
    await tab.listenTo('steer/b*')
    await tab.sees('Listening to steer/b*')
    await hub.publish('steer/bb', 'heard')
    await tab.sees('steer/bb', 'heard')
    await tab.page.getByRole('button', { name: 'Stop listening to steer/a' }).click()
    await tab.sees('No longer listening to steer/a')
    await hub.publish('steer/a', 'unheard')
    await hub.publish('steer/bb', 'after')
    await tab.sees('after')
    assert.equal(await tab.lines('unheard').count(), 0)
    assert.equal(new URL(tab.page.url()).search, '?channel=steer%2Fb*')
    assert.equal(tab.requests.filter(request => new URL(request.url()).pathname === '/events').length, 1)
  })

  it('begins with the history, and tells its age', async () => {
    await hub.publish('old', 'from before')
    const first = await open('?channel=old')
    await first.until(() => parseInt(document.querySelector('#event-list .event .age')?.textContent) >= 2)
    const later = await open('?channel=old')
    await later.sees('old', 'from before')
    await later.until(() => parseInt(document.querySelector('#event-list .event .age').textContent) >= 2)
    assert.ok(parseInt(await later.page.locator('#event-list .notice .age').textContent()) < 2)
  })

  it('holds events back while paused, keeps to its bound, and counts what left', async () => {
    const tab = await open('?channel=flood')
    await tab.page.getByRole('button', { name: 'Pause' }).click()
    const lines = Array.from({ length: 700 }, (_, i) => JSON.stringify({ channel: 'flood', data: i })).join('\n')
    await fetch(hub.url + '/events', { method: 'POST', body: lines, headers: { 'Content-Type': 'application/x-ndjson' } })
    await tab.until(() => document.getElementById('event-count').textContent.includes('500 waiting · 20'))
    assert.equal(await tab.lines('flood').count(), 0)
    await tab.page.getByRole('button', { name: 'Resume' }).click()
    await tab.sees('699')
    assert.equal(await tab.page.locator('#event-list > li').count(), 500)
    assert.equal(await tab.page.locator('#event-list .data').first().textContent(), '699')
    const total = Number(await tab.page.locator('#event-badge').textContent())
    assert.ok(total > 700)
    assert.equal(await tab.page.locator('#event-count').textContent(), `500 lines · ${total - 500} older ones left this view`)
  })

  it('filters by any text', async () => {
    const tab = await open()
    await hub.publish('filter/a', '{"state":"Shipped"}')
    await hub.publish('filter/b', '{"state":"placed"}')
    await tab.sees('filter/b')
    await tab.page.getByLabel('Filter the events').fill('shipped"')
    await tab.until(() => document.getElementById('event-count').textContent.startsWith('1 of'))
    assert.equal(await tab.lines('filter/a').count(), 1)
    await hub.publish('filter/c', 'unseen')
    await hub.publish('filter/d', '"Shipped" too')
    await tab.sees('filter/d')
    assert.equal(await tab.lines('filter/c').count(), 0)
    await tab.page.getByLabel('Filter the events').fill('no such text')
    await tab.page.getByText('Nothing here has this text.').waitFor()
  })

  it('lists channels and connections, and ends a stream', async () => {
    await hub.publish('listed/one', 'x')
    const tab = await open()
    const { page } = tab
    await page.getByRole('tab', { name: 'Channels' }).click()
    const row = page.getByRole('row', { name: 'listed/one' })
    await row.waitFor()
    assert.equal(await row.locator('td').nth(1).textContent(), '1')
    await row.getByRole('button', { name: 'Listen to listed/one', exact: true }).click()
    await row.getByRole('button', { name: 'Stop listening to listed/one' }).waitFor()

    const other = await fetch(hub.url + '/events/listed/one?clientId=another-client-0001')
    await page.getByRole('tab', { name: 'Connections' }).click()
    await page.getByRole('row', { name: 'this page' }).waitFor()
    await page.getByRole('button', { name: 'End the stream of another-client-0001' }).click()
    assert.match(await other.text(), /"reason":"kicked"/)
    await page.getByRole('row', { name: 'another-client-0001' }).waitFor({ state: 'detached' })
  })

  it('shows how each connection stands, and those of one user', async () => {
    const tab = await open()
    const { page } = tab
    const other = await fetch(hub.url + '/events/stands?clientId=standing-client-0001')
    await hub.publish('stands', 'x'.repeat(3000))
    await page.getByRole('tab', { name: 'Connections' }).click()
    const row = page.getByRole('row', { name: 'standing-client-0001' })
    await row.getByText('HTTP/1.1').waitFor()
    await row.getByText(/^3(\.\d)? KiB$/).waitFor()
    assert.equal(await row.locator('td.lag').textContent(), '0')
    assert.equal(await row.locator('td.channels').textContent(), 'stands')
    await page.getByLabel('Connections of the user').fill('nobody')
    await row.waitFor({ state: 'detached' })
    await page.getByLabel('Connections of the user').fill('')
    await row.waitFor()
    await other.body.cancel()
    tab.hasNoComplaints()
  })

  it('explains why a client was given an event, or was not', async () => {
    const tab = await open()
    const { page } = tab
    const other = await fetch(hub.url + '/events/mine?clientId=explained-client-0001')
    const { id } = await hub.publish('mine', 'for it')
    await hub.publish('theirs', 'not for it')
    const answer = page.locator('#explanation')
    await page.getByRole('tab', { name: 'Connections' }).click()
    await page.getByRole('button', { name: 'Explain an event to explained-client-0001' }).click()
    await page.getByLabel('Event to explain', { exact: true }).fill(id)
    await page.getByRole('button', { name: 'Explain', exact: true }).click()
    await answer.getByText('Written', { exact: true }).waitFor()
    assert.match(await answer.textContent(), /matched: yes · authorised: yes · written: yes · on mine · between [\d:]{8}\.\d{3} and [\d:]{8}\.\d{3}$/)

    await page.getByRole('tab', { name: 'Events' }).click()
    await tab.lines('theirs').getByRole('button').click()
    await page.getByRole('button', { name: 'Who got it…' }).click()
    await answer.getByText('Not given: not its channel').waitFor()
    assert.match(await answer.textContent(), /did not listen to theirs/)

    await page.getByLabel('Event to explain', { exact: true }).fill('nonsense')
    await page.getByRole('button', { name: 'Explain', exact: true }).click()
    await answer.getByText('No such event').waitFor()
    await other.body.cancel()
    tab.hasNoComplaints()
  })

  it('shows the commands that do what it does', async () => {
    const tab = await open('?channel=orders/42')
    const { page } = tab
    const listen = `curl -N ${hub.url}/events/orders/42`
    assert.equal(await page.locator('#curl-listen').textContent(), listen)
    await page.getByLabel('Data').fill('it’s it\'s')
    assert.equal(
      await page.locator('#curl-publish').textContent(),
      `curl '${hub.url}/events/orders/42?event=status' --data-raw 'it’s it'\\''s'`,
    )
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy the command that listens' }).click()
    await page.getByText('Copied').first().waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), listen)
  })

  it('asks nobody but the hub, and weighs little', async () => {
    const tab = await open()
    const files = tab.requests.filter(request => /\/$|\/console\//.test(new URL(request.url()).pathname))
    for (const request of tab.requests) assert.equal(new URL(request.url()).origin, hub.url)
    let weight = 0
    for (const request of files) weight += (await request.sizes()).responseBodySize
    assert.ok(files.length > 10 && weight > 10_000 && weight < 60_000, `${weight} bytes in ${files.length} files`)
    tab.hasNoComplaints()
  })

  it('is served packed to those who take it, once, and with a strict policy', async () => {
    const get = (path, headers) => fetch(hub.url + path, { headers: { 'Accept-Encoding': 'identity', ...headers } })
    for (const coding of ['gzip', 'br, gzip;q=0.5', 'gzip;q=1.0, *']) {
      const packed = await get('/', { 'Accept-Encoding': coding })
      assert.equal(packed.headers.get('content-encoding'), 'gzip', coding)
      assert.match(await packed.text(), /^<!doctype html>/)
      const again = await get('/', { 'Accept-Encoding': coding, 'If-None-Match': packed.headers.get('etag') })
      assert.equal(again.status, 304)
    }
    for (const coding of ['identity', 'br', 'gzip;q=0', 'gzip; q=0.000', 'xgzip']) {
      assert.equal((await get('/', { 'Accept-Encoding': coding })).headers.get('content-encoding'), null, coding)
    }
    const page = await get('/')
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.match(page.headers.get('vary'), /Accept-Encoding/)
    for (const path of ['/console/none.js', '/console/..%2Fversion.txt', '/console/main', '/console/']) {
      assert.equal((await get(path)).status, 404, path)
    }
  })

  it('can be used with the keyboard alone', async () => {
    const tab = await open('?channel=keys')
    const { keyboard } = tab.page
    const focused = () =>
      tab.page.evaluate(() => {
        const { activeElement: at } = document
        return (at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent).trim()
      })
    async function tabTo(name) {
      for (let i = 0; i < 40; i++) {
        await keyboard.press('Tab')
        if ((await focused()).startsWith(name)) return
      }
      assert.fail(`Tab never comes to ${name}`)
    }
    const outlined = () => tab.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle === 'solid')

    await tabTo('Channel or pattern')
    assert.ok(await outlined())
    await keyboard.type('keys/two')
    await keyboard.press('Enter')
    await tab.sees('Listening to keys/two')

    await tabTo('Clear')
    await keyboard.press('Tab')
    assert.equal(await tab.page.evaluate(() => document.activeElement.className), 'row')
    assert.ok(await outlined())
    await keyboard.press('Tab')
    assert.notEqual(await tab.page.evaluate(() => document.activeElement.className), 'row', 'one row is enough in the tab order')

    await tabTo('Channel')
    await keyboard.press('ControlOrMeta+a')
    await keyboard.type('keys/two')
    await tabTo('Data')
    await keyboard.press('ControlOrMeta+a')
    await keyboard.type('typed')
    await keyboard.press('Control+Enter')
    await tab.sees('keys/two', 'typed')
    await hub.publish('keys', 'newest')
    await tab.sees('newest')

    await tabTo('Clear')
    await keyboard.press('Tab')
    await keyboard.press('Home')
    await keyboard.press('ArrowDown')
    await keyboard.press('Enter')
    assert.equal(await tab.page.locator('.detail pre').textContent(), 'typed')

    await tabTo('Events')
    await keyboard.press('ArrowRight')
    assert.match(await focused(), /^Channels/)
    assert.ok(await tab.page.locator('#channels').isVisible())
    assert.ok(!(await tab.page.locator('#events').isVisible()))
  })
})
