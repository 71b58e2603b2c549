import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { launch, missing } from '../support/browser.js'
import { Hub } from '../support/hub.js'

const STREAMS = 50

describe('the browser’s own EventSource', { skip: missing }, () => {
  let browser

  before(async () => {
    browser = await launch()
  })
  after(() => browser.close())

  /** A page of the hub's own origin, without anything on it. */
  async function withPage(flags, test) {
    const hub = await Hub.start(...flags)
    try {
      const page = await browser.newPage({ ignoreHTTPSErrors: true })
      page.setDefaultTimeout(30_000)
      await page.goto(hub.url + '/healthz')
      await test(page, hub)
      await page.close()
    } finally {
      await hub.kill()
    }
  }

  it('has fifty streams at once on one connection over TLS', () => withPage(['--tls-dev'], async page => {
    const answers = []
    const network = await page.context().newCDPSession(page)
    await network.send('Network.enable')
    network.on('Network.responseReceived', ({ type, response }) => type === 'EventSource' && answers.push(response))

    const recipients = await page.evaluate(async count => {
      window.received = []
      const opened = Array.from({ length: count }, (_, i) => new Promise(resolve => {
        const source = new EventSource(`/events/common?channel=own/${i}`)
        source.addEventListener('connected', resolve)
        source.onmessage = ({ data }) => window.received.push(`${i} ${data}`)
      }))
      await Promise.all(opened)
      return (await (await fetch('/events/common', { method: 'POST', body: 'hello' })).json()).recipients
    }, STREAMS)

    assert.equal(recipients, STREAMS)
    await page.waitForFunction(count => window.received.length === count, STREAMS)
    const all = Array.from({ length: STREAMS }, (_, i) => `${i} hello`)
    assert.deepEqual((await page.evaluate(() => window.received)).sort(), all.sort())
    assert.equal(answers.length, STREAMS)
    assert.deepEqual([...new Set(answers.map(answer => answer.protocol))], ['h2'])
    assert.equal(new Set(answers.map(answer => answer.connectionId)).size, 1)
  }))

  for (const limit of ['--max-connections', '--max-connections-per-ip']) {
    it(`is told to come back later where ${limit} is reached, and does`, () => withPage([limit, '1', '--retry', '100ms'], async page => {
      await page.evaluate(() => {
        window.states = []
        const open = name => {
          const source = new EventSource(`/events/a?${name}`)
          source.addEventListener('connected', () => window.states.push(`${name} connected`))
          source.addEventListener('closing', ({ data }) => window.states.push(`${name} ${JSON.parse(data).reason}`))
          source.onmessage = ({ data }) => window.states.push(`${name} got ${data}`)
          return source
        }
        window.first = open('first')
        window.first.addEventListener('connected', () => (window.second = open('second')), { once: true })
      })
      // refused, back again, refused again: and still not given up
      await page.waitForFunction(() => window.states.filter(state => state === 'second full').length >= 2)
      assert.notEqual(await page.evaluate(() => window.second.readyState), 2)
      assert.equal(await page.evaluate(() => window.states.includes('second connected')), false)

      await page.evaluate(() => window.first.close())
      await page.waitForFunction(() => window.states.includes('second connected'))
      await page.evaluate(() => fetch('/events/a', { method: 'POST', body: 'hello' }))
      await page.waitForFunction(() => window.states.includes('second got hello'))
    }))
  }
})
