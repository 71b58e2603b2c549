import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const dist = new URL('../../dist/', import.meta.url)

/** The gzipped bytes of a built file and of all that it imports statically. */
function gzipped(...files: string[]): number {
  const loaded = new Set<string>()
  const load = (file: string): void => {
    if (loaded.has(file)) return
    loaded.add(file)
    const code = readFileSync(new URL(file, dist), 'utf8')
    for (const [, imported] of code.matchAll(/from\s*["'`]\.\/([^"'`]+)["'`]/g)) load(imported!)
  }
  files.forEach(load)
  return [...loaded].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length, 0)
}

it.each([
  ['the core', ['index.js'], 4096],
  ['the core with the sharing between tabs', ['index.js', 'share.js'], 6144],
  ['the core with the pool', ['index.js', 'pool.js'], 5120],
  ['the worker', ['worker.js'], 4096],
  ['the React hooks', ['react.js'], 1024],
])('%s takes at most its budget', (_, files, budget) => {
  const bytes = gzipped(...files)
  console.info(`${files.join(' + ')}: ${bytes} of ${budget} bytes`)
  expect(bytes).toBeLessThanOrEqual(budget)
})

it('needs nothing at run time', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', dist), 'utf8'))
  expect(dependencies).toBeUndefined()
  for (const file of ['index.js', 'share.js', 'pool.js', 'worker.js']) {
    expect(readFileSync(new URL(file, dist), 'utf8')).not.toMatch(/from\s*["'`][^.]/)
  }
})
