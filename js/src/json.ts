/** The JSON value that the text is, or the text itself where it is none. */
export function parseJson(text: string): any {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A name that nobody can guess: 128 random bits in decimal digits and dashes. */
export function randomId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}
