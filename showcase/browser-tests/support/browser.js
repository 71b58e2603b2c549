import { existsSync } from 'node:fs'
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']
const executablePath = process.env.CHROMIUM ?? PLACES.find(existsSync)

/** How long a page may take: a bound for what hangs, not a measure. */
const PATIENCE_MILLIS = 60_000

/** Why there is nothing to test with; undefined where there is. */
export const missing = executablePath ? undefined : 'needs Chromium (apt install chromium), or CHROMIUM=/path/to/it'

export const launch = () => chromium.launch({ executablePath, args: ['--no-sandbox'] })

/** Somebody with a browser of their own, in which tabs share cookies. */
export class Person {
  /** What the pages complained of. */
  complaints = []
  /** Whether requests may fail, because the test sees to it that they do. */
  mayFail = false
  /** Where the pages sent requests to. */
  origins = new Set()

  static async with(browser, options = {}) {
    const person = new Person()
    person.context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    person.context.setDefaultTimeout(PATIENCE_MILLIS)
    return person
  }

  /** Opens a page in a new tab. */
  async opens(address) {
    const page = await this.context.newPage()
    page.on('console', message => {
      const isRequest = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !(isRequest && this.mayFail)) this.complaints.push(message.text())
    })
    page.on('pageerror', error => this.complaints.push(String(error)))
    page.on('request', request => this.origins.add(new URL(request.url()).origin))
    await page.goto(address)
    return page
  }

  hasNoComplaints() {
    assert.deepEqual(this.complaints, [])
  }

  close() {
    return this.context.close()
  }
}

/** Waits until the page's stream is open. */
export const isLive = page => page.locator('#live[data-state=live]').waitFor()

/** Waits until an element has this text. */
export const shows = (page, selector, text) => page.locator(selector).filter({ hasText: text }).first().waitFor()

/** Waits until the answer is right; says what it was at last where it never gets so. */
export async function until(ask, isRight) {
  const end = Date.now() + PATIENCE_MILLIS
  for (;;) {
    const answer = await ask()
    if (isRight(answer)) return answer
    if (Date.now() > end) assert.fail(`still ${JSON.stringify(answer)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
