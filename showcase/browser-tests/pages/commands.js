import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isLive } from '../support/browser.js'
import { run } from '../support/shell.js'

const PAGES = ['', 'announcements.html', 'orders.html', 'inbox.html', 'dashboard.html', 'chat.html', 'alerts.html', 'ticker.html']

/** What a command prints when it did what it should. */
const ANSWERS = [
  [/\/ticker/, /event: connected[^]*data: stream started[^]*event: tick/],
  [/\/events\/dashboard\?history=5/, /event: connected[^]*event: metrics[^]*event: metrics/],
  [/-N/, /^retry: \d+\n\nid: \S+\nevent: connected\ndata: \{"clientId":/],
  [/\/api\/notifications/, /^\{"status":"sent","clientCount":\d+\}$/],
  [/\/api\/notify/, /^\{"success":true,"clients":\d+\}$/],
  [/\/api\/orders\/1001\/(update|status)/, /^\{"sent":\d+,"orderId":"1001","status":"\w+"\}$/],
  [/\/orders\/1001\/ship/, /^\{"orderId":"1001","status":"shipped","notificationId":\d+,"recipients":\d+\}$/],
  [/\/chat\/lobby\/message/, /^\{"success":true,"recipients":\d+\}$/],
  [/x-ndjson/, /^\{"accepted":2000,"lastId":"[^"]+"\}$/],
]

/** The commands that stand on the pages. */
export const commands = ({ showcase, meet }) => {
  it('the commands on the pages do in a terminal what they say', async () => {
    const person = await meet()
    await showcase.post('/chat/lobby/message', { userId: 'a', message: 'b' }).catch(() => {})
    const member = await fetch(`${showcase.url}/chat/lobby?userId=host`) // the room is there while somebody is in it
    let count = 0
    for (const name of PAGES) {
      const page = await person.opens(`${showcase.url}/${name}`)
      const texts = await page.locator('.shell:has(.copy) code').allTextContents()
      assert.ok(texts.length > 0, name)
      for (const command of texts) {
        assert.ok(command.includes(showcase.url), command)
        const [, expected] = ANSWERS.find(([which]) => which.test(command)) ?? assert.fail(`new: ${command}`)
        const silent = command.replace(/\bcurl\b/, 'curl -sS')
        assert.match(await run(silent, expected), expected, command)
        count++
      }
      await page.close()
    }
    await member.body.cancel()
    assert.ok(count >= 20, `${count} commands`)
  })

  it('the commands on the pages can be copied', async () => {
    const person = await meet()
    await person.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const page = await person.opens(`${showcase.url}/ticker.html`)
    await isLive(page)
    await page.locator('.shell').first().hover()
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `curl -N ${showcase.url}/ticker`)
  })
}
