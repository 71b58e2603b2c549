import { type AccessOptions, createAccess } from './access.js'
import { parseAddress } from './address.js'
import { type Candidate, createCandidate } from './candidate.js'
import type { StreamOptions } from './stream.js'

/** What a tab asks of the worker: to stand for owner of its group's stream. */
export interface Errand extends StreamOptions, Pick<AccessOptions, 'credentials'> {
  group: string
  /** The tab that asks. */
  id: string
  url: string
  history?: number
  hasToken: boolean
}

const TOKEN_MILLIS = 5000

const candidates = new Map<string, Candidate>()

addEventListener('connect', event => {
  const [port] = (event as MessageEvent).ports
  port!.onmessage = async ({ data }) => {
    if (!candidates.has(data.group)) stand(data)
    // Answered in order by whoever keeps the locks: after this, the worker's request stands before the tab's.
    await navigator.locks.query()
    port!.postMessage(true)
  }
})

/** Queues for the group's stream; leaves when no tab is left, or the stream has ended for good. */
function stand({ group, id, url, hasToken, credentials, ...rest }: Errand): void {
  let answer: ((token: Promise<string>) => void) | undefined

  async function askTabs(): Promise<string> {
    let failure = new Error('no tab is left to ask for a token')
    for (const tab of candidate.owner?.tabs ?? []) {
      try {
        return await new Promise<string>((resolve, reject) => {
          answer = resolve
          setTimeout(() => reject(new Error('the tab gave no token in time')), TOKEN_MILLIS)
          candidate.say({ ask: tab })
        })
      } catch (error) {
        failure = error as Error
      }
    }
    throw failure
  }

  const access = createAccess({ credentials, token: hasToken ? askTabs : undefined })
  const candidate = createCandidate(group, id, { ...rest, access, address: parseAddress(url) }, note => {
    if (note.token !== undefined) answer?.(Promise.resolve(note.token))
    if (note.problem !== undefined) answer?.(Promise.reject(new Error(note.problem)))
    if (note.message?.status === 'closed' || (note.bye && candidate.owner?.tabs.length === 0)) {
      candidates.delete(group)
      candidate.close()
    }
  })
  candidates.set(group, candidate)
  candidate.queue()
}
