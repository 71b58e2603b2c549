/** Where a client's tokens come from; asked whenever a fresh one is needed. */
export type TokenSource = () => string | Promise<string>

export interface AccessOptions {
  /** Makes all requests instead of the global `fetch`. */
  fetch?: typeof fetch
  /** Whether cookies go along, as for `fetch`: by default to the page's own origin only. */
  credentials?: RequestCredentials
  /** Gives a token: asked before each connect, when one was refused, and before one expires. */
  token?: TokenSource
}

/** How a client's requests are made: by which `fetch`, with which cookies and token. */
export interface Access {
  /** The token in hand. */
  token?: string
  /** Whether a fresh token can be asked for. */
  canRefresh: boolean
  refresh(): Promise<void>
  /** Makes a request with the token in hand. */
  request(url: string, init: RequestInit, headers: Record<string, string>): Promise<Response>
  /** Posts with the token in hand if there is one, and where that is refused, once more with a fresh one. */
  post(url: string, body: string, headers: Record<string, string>): Promise<Response>
}

export function createAccess({ fetch = globalThis.fetch, credentials, token }: AccessOptions): Access {
  const access: Access = {
    canRefresh: !!token,
    async refresh() {
      access.token = await token?.()
    },
    request(url, init, headers) {
      if (access.token !== undefined) headers.authorization = 'Bearer ' + access.token
      return fetch(url, { credentials, headers, ...init })
    },
    async post(url, body, headers) {
      for (let hasToken = access.token !== undefined; ; hasToken = false) {
        if (!hasToken) await access.refresh()
        const response = await access.request(url, { method: 'POST', body }, headers)
        if (!hasToken || response.status !== 401) return response
      }
    },
  }
  return access
}

/** The claims of a JWT, unverified, for that is the hub's work; empty for anything else. */
export function claims(token: string | undefined): { exp?: number; sub?: string } {
  try {
    return JSON.parse(atob(token!.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')))
  } catch {
    return {}
  }
}

/** An answer that is not what was asked for, in the words of its problem document (RFC 9457) if it has one. */
export interface Refusal extends Error {
  status?: number
  /** What `Retry-After` (RFC 9110, 10.2.3) asks for, as seconds or as a date; 0 or less where it doesn't. */
  pauseMillis?: number
}

export async function refusal(response: Response): Promise<Refusal> {
  const { status, headers } = response
  const problem = await response.json().catch(() => {})
  const message: string = problem?.detail ?? 'answered ' + status
  const retryAfter = headers.get('retry-after')!
  return asError({ message, status, pauseMillis: +retryAfter * 1000 || Date.parse(retryAfter) - Date.now() || 0 })
}

/** An error with these members. */
export function asError<T extends { message: string }>(members: T): Error & T {
  return Object.assign(new Error(members.message), members)
}
