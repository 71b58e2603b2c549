/** Requests to the hub that this page came from. */

const base = new URL('.', document.baseURI)
const KEY = 'millrace-token'

/** What the token, or the lack of one, does not allow to see: not asked for again until there is another token. */
const refused = new Map()

/** The token, for as long as this tab lives; never in an address, where logs and histories would keep it. */
export const token = {
  get value() {
    return sessionStorage.getItem(KEY) ?? ''
  },
  set value(text) {
    refused.clear()
    if (text) sessionStorage.setItem(KEY, text)
    else sessionStorage.removeItem(KEY)
  },
}

/** What the hub refused, in its own words. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail)
    this.status = status
  }

  static async of(response) {
    const body = await response.json().catch(() => ({}))
    return new Problem(response.status, body.detail ?? body.title ?? `the hub answered ${response.status}`)
  }
}

/** An address of the hub, with a query. */
export function address(path, query = {}) {
  const url = new URL(path, base)
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) if (each !== undefined && each !== '') url.searchParams.append(name, each)
  }
  return url
}

/** A channel as the rest of a path. Only what needs it is escaped; all of it where a browser would fold its dots. */
export function inPath(channel) {
  const escaped = encodeURIComponent(channel)
  return /(^|\/)\.\.?(\/|$)/.test(channel) ? escaped : escaped.replace(/%(2F|3A|40|3D|2B)/g, decodeURIComponent)
}

export const authorization = () => (token.value ? { Authorization: `Bearer ${token.value}` } : {})

/** Asks the hub, and returns its JSON; throws a Problem, or a TypeError where there is no answer. */
export async function ask(method, url, body, headers = {}) {
  const response = await fetch(url, {
    method,
    body,
    headers: { ...headers, ...authorization() },
    credentials: 'same-origin',
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok) throw await Problem.of(response)
  return response.json()
}

export async function get(path, query) {
  const [kind] = path.split('/')
  if (refused.has(kind)) throw refused.get(kind)
  try {
    return await ask('GET', address(path, query))
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) refused.set(kind, problem)
    throw problem
  }
}

export const post = (path, value) =>
  ask('POST', address(path), JSON.stringify(value), { 'Content-Type': 'application/json' })
