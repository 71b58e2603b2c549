import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isLive, until } from '../support/browser.js'

const CHARTS = ['cpu', 'memory', 'hub']

/** How many points a line of a chart has. */
const points = (page, chart, line = 0) =>
  page
    .locator(`figure[data-chart=${chart}] .line-${line}`)
    .getAttribute('d')
    .then(path => path?.split('L').length ?? 0)

const samples = async page => Number(await page.locator('#samples').textContent())

/** The dashboard. */
export const dashboard = ({ showcase, meet }) => {
  it('the dashboard draws CPU, memory and throughput, and goes on drawing', async () => {
    const person = await meet()
    const page = await person.opens(`${showcase.url}/dashboard.html`)
    for (const chart of CHARTS) {
      for (const line of [0, 1]) await until(() => points(page, chart, line), count => count >= 2)
    }
    const before = await samples(page)
    await until(() => samples(page), count => count > before || count === 60)
    const numbers = await page.locator('[data-line]').allTextContents()
    const forms = [/^\d+ %$/, /^\d+ %$/, /iB$/, /iB$/, /^[\d.]+\/s$/, /^[\d.]+\/s$/]
    forms.forEach((form, i) => assert.match(numbers[i], form))
    assert.ok(Number(await page.locator('#streams').textContent()) >= 1)
  })

  it('the dashboard is drawn at once for who comes later', async () => {
    const [early, late] = [await meet(), await meet()]
    const first = await early.opens(`${showcase.url}/dashboard.html`)
    const drawn = await until(() => samples(first), count => count >= 3)
    const second = await late.opens(`${showcase.url}/dashboard.html`)
    await until(() => samples(second), count => count >= drawn)
  })

  it('the dashboard goes on drawing when the application was killed and started again', async () => {
    const person = await meet()
    person.mayFail = true // the application that was away
    const page = await person.opens(`${showcase.url}/dashboard.html`)
    await until(() => samples(page), count => count >= 1)
    await showcase.kill()
    await page.locator('#live[data-state=waiting]').waitFor()
    await showcase.start()
    await isLive(page)
    const uptime = () => page.locator('#uptime').textContent()
    const young = await until(uptime, text => /^\d+ s$/.test(text))
    await until(uptime, text => text !== young)
  })
}
