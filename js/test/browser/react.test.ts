import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { connect } from '../../src/index.js'
import { useChannel, useStatus } from '../../src/react.js'
import { until } from '../support/clients.js'
import { browserRuntimes } from '../support/runtimes.js'
import { ScriptedHub } from '../support/scripted-hub.js'

describe.each(browserRuntimes.map(runtime => [runtime.name, runtime] as const))('React in %s', (_, runtime) => {
  let hub: ScriptedHub
  beforeAll(async () => {
    hub = await ScriptedHub.start()
    await runtime.start()
    const bundle = await rolldown({
      input: new URL('../react/page.tsx', import.meta.url).pathname,
      transform: { define: { 'process.env.NODE_ENV': '"development"' } },
    })
    runtime.pages.scripts.set('/react-page.js', (await bundle.generate({ format: 'iife' })).output[0].code)
  })
  afterAll(async () => {
    await runtime.stop()
    await hub.kill()
  })

  it('shows what channels say, and leaves those that no component asks for', async () => {
    const { page } = await runtime.open()
    const shows = (selector: string, text: string): Promise<void> =>
      until(() => page.$eval(selector, element => element.textContent).then(content => content === text))
    await page.evaluate(url => {
      ;(window as any).client = (window as any).connect(url)
    }, hub.url)
    await page.addScriptTag({ url: '/react-page.js' })
    await shows('output', 'open')
    await until(() => [...hub.listeners][0]?.channels.sort().join() === 'chat,orders/1')
    hub.publish('orders/1', { state: 'shipped' }, 'status')
    hub.publish('chat', 'hello', 'line')
    hub.publish('chat', 'world', 'line')
    await shows('#order', 'shipped')
    await shows('#chat', 'hello world')
    await page.click('#next')
    await shows('#order', 'unknown')
    await until(() => [...hub.listeners][0]?.channels.sort().join() === 'chat,orders/2')
    await page.click('#leave')
    await until(() => [...hub.listeners][0]?.channels.join() === 'orders/2')
    expect(hub.opened()).toHaveLength(1)
    await page.close()
  })
})

it('renders on a server, where nobody listens', () => {
  const client = connect('/events')
  const Sign = () => `${useStatus(client)}: ${useChannel(client, 'a', 'b', (_, data) => `${data}`, 'nothing yet')}`
  expect(renderToString(createElement(Sign))).toBe('connecting: nothing yet')
})
