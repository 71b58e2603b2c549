import { existsSync } from 'node:fs'
import puppeteer, { type Browser } from 'puppeteer-core'

export interface Installed {
  name: 'chrome' | 'firefox'
  path: string
}

const candidates: Installed[] = [
  { name: 'chrome', path: process.env.CHROMIUM ?? '/usr/bin/chromium' },
  { name: 'firefox', path: process.env.FIREFOX ?? '/usr/bin/firefox-esr' },
]

/** The browsers of this machine; a missing one is named, not passed over in silence. */
export const browsers: Installed[] = candidates.filter(({ name, path }) => {
  const isHere = existsSync(path)
  if (!isHere) console.warn(`SKIPPED: the suites in ${name}, which is not at ${path}`)
  return isHere
})

export function launch({ name, path }: Installed): Promise<Browser> {
  const args = name === 'chrome' ? ['--no-sandbox', '--disable-dev-shm-usage'] : []
  return puppeteer.launch({ browser: name, executablePath: path, headless: true, acceptInsecureCerts: true, args })
}
