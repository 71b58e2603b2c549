import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Link } from '../../../console-tests/support/link.js'
import { isLive, shows, until } from '../support/browser.js'

const lines = page => page.locator('#list li > :first-child').allTextContents()
const numbers = async page => (await lines(page)).flatMap(line => /^Event #(\d+)$/.exec(line)?.slice(1).map(Number) ?? [])

/** That the numbers, newest first, have no hole. */
function haveNoHole(all) {
  all.forEach((number, i) => assert.equal(number, all[0] - i, all.join()))
}

/** Somebody else who listens. */
class Listener {
  #abort = new AbortController()
  #reader
  last = 0

  static async to(address) {
    const listener = new Listener()
    const response = await fetch(address, { signal: listener.#abort.signal })
    listener.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    return listener
  }

  /** Hears so many ticks from now on. */
  async ticks(count) {
    for (let heard = 0; heard < count; ) {
      const { value } = await this.#reader.read()
      for (const [, number] of value.matchAll(/"number":(\d+)/g)) {
        this.last = Number(number)
        heard++
      }
    }
  }

  close() {
    this.#abort.abort()
  }
}

/** The ticker. */
export const ticker = ({ showcase, meet }) => {
  it('the ticker lists every number until it is stopped, none while it is, and goes on when it is started', async () => {
    const person = await meet()
    const page = await person.opens(`${showcase.url}/ticker.html`)
    await shows(page, '#list', 'stream started')
    await until(() => numbers(page), all => all.length >= 3)
    await page.getByRole('button', { name: 'Stop' }).click()
    const stopped = await lines(page)
    assert.equal(stopped[0], 'stopped')
    await until(() => showcase.get('/actuator/health'), health => health.components.millrace.details.streams === 0)
    assert.deepEqual(await lines(page), stopped)
    haveNoHole(await numbers(page))
    assert.equal(await page.locator('#live').getAttribute('data-state'), 'closed')

    await page.getByRole('button', { name: 'Start' }).click()
    await until(() => lines(page), all => /^Event #/.test(all[0]))
    assert.equal((await lines(page)).filter(line => line === 'stream started').length, 2)
  })

  it('the ticker has no hole where the line was cut', async () => {
    const person = await meet()
    person.mayFail = true // the cut line
    const link = await Link.to(showcase)
    const heard = await Listener.to(`${showcase.url}/ticker`) // so it goes on counting meanwhile
    try {
      const page = await person.opens(`${link.url}/ticker.html`)
      await until(() => numbers(page), all => all.length >= 2)
      link.cut()
      await page.locator('#live:not([data-state=live])').waitFor()
      await heard.ticks(3)
      link.mend()
      await isLive(page)
      await until(() => numbers(page), all => all[0] > heard.last)
      haveNoHole(await numbers(page))
    } finally {
      link.close()
      heard.close()
    }
  })
}
