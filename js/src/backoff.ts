const LONGEST_MILLIS = 30_000

/**
 * How long to wait before the next attempt: exponential back-off with full jitter, so that a thousand clients that lost
 * one hub at the same moment do not come back at the same moment. The server's `retry` is the base.
 */
export function backoffMillis(failures: number, baseMillis: number): number {
  return Math.random() * Math.min(baseMillis * 2 ** failures, Math.max(LONGEST_MILLIS, baseMillis))
}

export const sleep = (millis: number): Promise<void> => new Promise(resolve => setTimeout(resolve, millis))

/**
 * Whether asking again later may help: after no answer (0), a passing error, and something else (200) in the hub's place,
 * such as the page of a captive portal.
 */
export const mayPass = (status: number): boolean => /^(0|200|408|425|429|5..)$/.test('' + status)
