import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Link } from '../../../console-tests/support/link.js'
import { isLive, shows, until } from '../support/browser.js'

async function join(person, url, name, room) {
  const page = await person.opens(`${url}/chat.html`)
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Room').fill(room)
  await page.getByRole('button', { name: 'Join' }).click()
  await isLive(page)
  return page
}

async function say(page, text) {
  await page.getByLabel('Message', { exact: true }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

const typing = page => page.locator('#typing').textContent()
const said = page => page.locator('.message p').allTextContents()
const present = page => page.locator('#members li').evaluateAll(items => items.map(item => item.lastChild.textContent))

/** The chat page. */
export const chat = ({ showcase, meet }) => {
  it('the chat shows two people each other: who is there, what they say, who is typing, who leaves', async () => {
    const [ann, bob] = [await meet(), await meet()]
    const hers = await join(ann, showcase.url, 'Ann', 'garden')
    await until(() => present(hers), names => names.join() === 'Ann (you)')
    const his = await join(bob, showcase.url, 'Bob', 'garden')
    await shows(hers, '.remark', 'Bob came in')
    await until(() => present(hers), names => names.join() === 'Ann (you),Bob')
    await until(() => present(his), names => names.join() === 'Ann,Bob (you)')
    await shows(his, '#count', '2 here')

    const types = () => his.getByLabel('Message', { exact: true }).press('x')
    await until(async () => (await types(), typing(hers)), text => text === 'Bob is typing …')
    assert.equal(await typing(his), '', 'nobody is told of their own typing')
    await say(his, 'Hello, Ann')
    await say(hers, 'Hello, Bob')
    for (const page of [hers, his]) await until(() => said(page), texts => texts.join() === 'Hello, Ann,Hello, Bob')
    await until(() => typing(hers), text => text === '') // who has said it is not typing any more
    assert.equal(await hers.locator('.message[data-mine=true]').count(), 1)

    await his.getByRole('button', { name: 'Leave' }).click()
    await shows(hers, '.remark', 'Bob left')
    await until(() => present(hers), names => names.join() === 'Ann (you)')
    await his.getByRole('button', { name: 'Join' }).waitFor()
  })

  it('the chat counts somebody with two tabs once, and misses them when both are closed', async () => {
    const [ann, bob] = [await meet(), await meet()]
    const hers = await join(ann, showcase.url, 'Ann', 'attic')
    const one = await join(bob, showcase.url, 'Bob', 'attic')
    const two = await join(bob, showcase.url, 'Bob', 'attic')
    await until(() => present(two), names => names.join() === 'Ann,Bob (you)')
    await one.close({ runBeforeUnload: false })
    await say(two, 'Still here')
    await shows(hers, '.message', 'Still here')
    assert.equal(await hers.locator('.remark', { hasText: 'Bob left' }).count(), 0)
    assert.equal(await hers.locator('.remark', { hasText: 'Bob came in' }).count(), 1)
    await two.close()
    await shows(hers, '.remark', 'Bob left')
  })

  it('the chat gives who joins the last ten messages, and nothing of the typing', async () => {
    const [ann, bob] = [await meet(), await meet()]
    const hers = await join(ann, showcase.url, 'Ann', 'cellar')
    for (let i = 1; i <= 12; i++) await showcase.post('/chat/cellar/message', { userId: 'Cy', message: `line ${i}` })
    const types = () => showcase.post('/chat/cellar/typing', { userId: 'Cy' })
    await until(async () => (await types(), typing(hers)), text => text === 'Cy is typing …')
    const his = await join(bob, showcase.url, 'Bob', 'cellar')
    await shows(his, '.message', 'line 12')
    assert.deepEqual(await said(his), Array.from({ length: 10 }, (_, i) => `line ${i + 3}`))
    assert.equal(await typing(his), '')
  })

  it('the chat misses no message while the line is cut, and gets nothing of the typing', async () => {
    const bob = await meet()
    bob.mayFail = true // the cut line
    const link = await Link.to(showcase)
    try {
      const his = await join(bob, link.url, 'Bob', 'tunnel')
      await showcase.post('/chat/tunnel/message', { userId: 'Cy', message: 'before' })
      await shows(his, '.message', 'before')
      link.cut()
      await his.locator('#live:not([data-state=live])').waitFor()
      await showcase.post('/chat/tunnel/message', { userId: 'Cy', message: 'meanwhile' })
      await showcase.post('/chat/tunnel/typing', { userId: 'Dee' })
      link.mend()
      await shows(his, '.message', 'meanwhile')
      await showcase.post('/chat/tunnel/message', { userId: 'Cy', message: 'after' })
      await shows(his, '.message', 'after')
      assert.deepEqual(await said(his), ['before', 'meanwhile', 'after'])
      assert.equal(await typing(his), '')
    } finally {
      link.close()
    }
  })
}
