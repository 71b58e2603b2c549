import { existsSync } from 'node:fs'
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']
const executablePath = process.env.CHROMIUM ?? PLACES.find(existsSync)

/** Why there is nothing to test with; undefined where there is. */
export const missing = executablePath ? undefined : 'needs Chromium (apt install chromium), or CHROMIUM=/path/to/it'

export const launch = () => chromium.launch({ executablePath, args: ['--no-sandbox'] })

/** A console in a tab of a browser of its own, as a person sees it. */
export class Console {
  /** What the page complained of. */
  complaints = []
  /** The requests it made. */
  requests = []

  static async open(browser, url, options = {}) {
    const { query = '', hasManualClock, ...settings } = options
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...settings })
    const opened = new Console()
    opened.page = await context.newPage()
    opened.page.setDefaultTimeout(20_000)
    opened.page.on('console', message => {
      if (message.type() === 'error') opened.complaints.push(message.text())
    })
    opened.page.on('pageerror', error => opened.complaints.push(String(error)))
    opened.page.on('request', request => opened.requests.push(request))
    if (hasManualClock) await opened.page.clock.install()
    await opened.page.goto(url + '/' + query)
    return opened
  }

  /** The lines of the list that have all these texts. */
  lines(...texts) {
    return texts.reduce((found, hasText) => found.filter({ hasText }), this.page.locator('#event-list > li:visible'))
  }

  async isLive() {
    await this.page.locator('#status[data-state=live]').waitFor()
  }

  async sees(...texts) {
    await this.lines(...texts).first().waitFor()
  }

  async publish({ channel, event, data }) {
    const { page } = this
    if (channel !== undefined) await page.getByRole('combobox', { name: 'Channel', exact: true }).fill(channel)
    if (event !== undefined) await page.getByLabel('Event name').fill(event)
    if (data !== undefined) await page.getByLabel('Data').fill(data)
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
  }

  async result() {
    return this.page.locator('#publish-result').textContent()
  }

  async listenTo(channel) {
    await this.page.getByLabel('Channel or pattern to listen to').fill(channel)
    await this.page.getByRole('button', { name: 'Listen', exact: true }).click()
  }

  /** Waits until the function is true of the page. */
  until(check, argument) {
    return this.page.waitForFunction(check, argument)
  }

  close() {
    return this.page.context().close()
  }

  hasNoComplaints() {
    assert.deepEqual(this.complaints, [])
  }
}
