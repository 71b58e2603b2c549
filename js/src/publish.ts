import { type Access, type Refusal, refusal } from './access.js'
import type { Published, PublishOptions } from './api.js'
import { backoffMillis, mayPass, sleep } from './backoff.js'
import { randomId } from './json.js'

const RETRIES = 5
const BASE_MILLIS = 500

/** Publishes once: a try that may have arrived is repeated under the same key, which the hub takes only once. */
export async function publish(
  access: Access,
  base: string,
  channel: string,
  data: unknown,
  { event, keep = true, idempotencyKey = randomId() }: PublishOptions,
): Promise<Published> {
  if (data === undefined) throw new TypeError('data must not be undefined')
  const query = new URLSearchParams()
  if (event) query.set('event', event)
  if (!keep) query.set('keep', 'false')
  const path = encodeURIComponent(channel).replaceAll('%2F', '/')
  const body = typeof data === 'string' ? data : JSON.stringify(data)
  const headers: Record<string, string> = keep ? { 'idempotency-key': idempotencyKey } : {}
  for (let failures = 0; ; failures++) {
    try {
      const response = await access.post(`${base}/events/${path}?${query}`, body, headers)
      if (!response.ok) throw await refusal(response)
      return await response.json()
    } catch (error) {
      const { status = 0, pauseMillis = 0 } = error as Refusal
      if (!keep || !mayPass(status) || failures === RETRIES) throw error
      await sleep(pauseMillis + backoffMillis(failures, BASE_MILLIS))
    }
  }
}
