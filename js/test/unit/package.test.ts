import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { expect, it } from 'vitest'

const home = fileURLToPath(new URL('../..', import.meta.url))

it('packs its code, types, licence and README, and nothing else', () => {
  const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [{ files }] = JSON.parse(said) as [{ files: { path: string }[] }]
  const paths = files.map(({ path }) => path)
  const code = paths.filter(path => /^dist\/[\w-]+(\.d)?\.[jt]s$/.test(path))
  expect(paths.filter(path => !code.includes(path)).sort()).toEqual(['README.md', 'dist/LICENSE', 'package.json'])

  const { exports, publishConfig } = JSON.parse(readFileSync(home + '/package.json', 'utf8'))
  const entries = Object.values(exports as Record<string, Record<string, string>>).flatMap(entry => Object.values(entry))
  for (const entry of entries) expect(code).toContain(entry.replace('./', ''))
  for (const loaded of ['dist/share.js', 'dist/pool.js']) expect(code).toContain(loaded)
  expect(publishConfig).toBeUndefined()
})

it('is a package as bundlers and runtimes expect one', async () => {
  const { messages } = await publint({ pkgDir: home, strict: true })
  expect(messages.filter(({ type }) => type !== 'suggestion')).toEqual([])
})

it('gives Node its client, types and all', async () => {
  const { connect } = await import('@millrace/client')
  const client = connect<{ status: { state: string } }>('/events')
  client.channel('a').on('status', ({ state }) => state.length)
  // @ts-expect-error the type map says what the data is
  client.on('status', ({ nothing }) => nothing)
  client.on('gap', ({ after }) => after?.length)
  client.on('another', data => data)
  expect(client.status).toBe('closed')
})
