import { claims } from './access.js'
import { backoffMillis, sleep } from './backoff.js'
import { createCandidate, holdLock } from './candidate.js'
import { type CatchUp, createCatchUp, gap } from './catch-up.js'
import { randomId } from './json.js'
import type { Link, Message, Receiver } from './link.js'
import type { LinkOptions } from './open.js'
import type { Note } from './owner.js'
import type { Status } from './stream.js'
import type { Errand } from './worker.js'

const WORKER_MILLIS = 1000

/**
 * Joins the tabs that listen to the same hub for the same user. The worker is asked first to own their stream, because
 * it outlives every tab; the tabs queue behind it, and own the stream by turns where there is no worker.
 */
export async function joinTabs(options: LinkOptions, receive: Receiver, signal: AbortSignal): Promise<Link> {
  const { access, lastEventId, history } = options
  const group = await groupOf(options, receive, signal)
  const id = randomId()
  let wanted: ReadonlySet<string> | undefined
  let status: Status | undefined
  let carried: string[] = []
  let isIn = false
  let catchUp: CatchUp | undefined
  if (lastEventId || history) {
    catchUp = createCatchUp(options, receive, isJoined, () => {
      catchUp = undefined
      receive({ status, granted: carried })
    })
  }

  function isJoined(): boolean {
    return [...wanted!].every(channel => carried.includes(channel))
  }

  function hello(): void {
    if (wanted) candidate.say({ from: id, want: [...wanted] })
  }

  /** Takes what the shared stream says; while the tab catches up, it has its own word on all but failures. */
  function take(message: Message): void {
    const { event, failure, granted } = message
    status = message.status ?? status
    if (granted) {
      // The owner died with an answer on its lips: what came until the next one asks again is not known.
      for (const channel of carried) {
        if (wanted!.has(channel) && !granted.includes(channel)) receive(gap(channel))
      }
      carried = granted
      catchUp?.listenTo(wanted!)
    }
    // Open is what the tab is from when on all of its first channels are carried.
    isIn ||= isJoined()
    if (!catchUp) return receive({ ...message, status: isIn || status === 'closed' ? status : undefined })
    if (event && isJoined()) catchUp.hold(event)
    receive({ failure })
  }

  function hear({ message, to, state, owner, bye, ask }: Note): void {
    if (message && wanted) take(message)
    if (state && to === id) {
      const { granted, connected, founder } = state
      if (founder === id) catchUp?.finish()
      // What the stream began with is news to a tab that has heard nothing yet.
      take({ status: state.status, granted, event: catchUp || status ? undefined : connected })
      catchUp?.start(wanted!)
    }
    // Whoever takes a living tab for gone is told better.
    if (owner || bye === id) hello()
    if (ask === id) {
      access.refresh().then(
        () => candidate.say({ token: access.token }),
        error => candidate.say({ problem: error.message }),
      )
    }
  }

  // The owner waits for this lock: it falls free when the tab is gone, however it went.
  await new Promise<void>((resolve, reject) => holdLock(`${group}/${id}`, signal, resolve).catch(reject))
  const candidate = createCandidate(group, id, options, hear)
  // A `fetch` of the page's own can't go to the worker.
  if (!options.fetch) await askWorker(group, id, options)
  candidate.queue()

  return {
    shared: true,
    get lastEventId() {
      return catchUp?.lastEventId ?? candidate.lastEventId
    },
    listenTo(channels) {
      wanted = channels
      catchUp?.listenTo(channels)
      hello()
    },
    wake: restart => candidate.say({ wake: restart }),
    close() {
      wanted = undefined
      candidate.say({ bye: id })
      catchUp?.finish()
      candidate.close()
    },
  }
}

/**
 * The name of those who may share a stream: the same hub, asked the same way, for the same user. Its number is that of
 * the notes they exchange, for tabs of two releases may be open at once.
 */
async function groupOf({ address, access, credentials }: LinkOptions, receive: Receiver, signal: AbortSignal): Promise<string> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      await access.refresh()
      const user = claims(access.token).sub ?? access.token
      const text = [address.base, address.query, credentials, user].join('\n')
      const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
      return 'millrace 1 ' + new Uint32Array(hash).join('-')
    } catch (error) {
      receive({ failure: { message: (error as Error).message, final: false } })
      await sleep(backoffMillis(failures, 1000))
    }
  }
  // No lock is had once the client is closed, whatever its name.
  return ''
}

/** Asks the worker to stand for owner; settles when it does, or can't. */
function askWorker(group: string, id: string, options: LinkOptions): Promise<unknown> {
  return new Promise(resolve => {
    const { address, credentials, token, silenceMillis, retryMillis, lastEventId, history } = options
    const url = `${address.base}/events?${address.query}`
    const errand = { group, id, url, credentials, hasToken: !!token, silenceMillis, retryMillis, lastEventId, history }
    try {
      const worker = options.worker
        ? new SharedWorker(options.worker, { type: 'module' })
        : new SharedWorker(new URL('./worker.js', import.meta.url), { type: 'module' })
      worker.onerror = worker.port.onmessage = resolve
      worker.port.postMessage(errand satisfies Errand)
      setTimeout(resolve, WORKER_MILLIS)
    } catch {
      resolve(undefined)
    }
  })
}
