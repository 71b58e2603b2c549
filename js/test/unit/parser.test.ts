import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { createParser as createPeer } from 'eventsource-parser'
import { describe, expect, it } from 'vitest'
import { createParser } from '../../src/parser.js'

interface Case {
  name: string
  stream?: string
  hex?: string
  events: { event: string; data: string; lastEventId: string; id?: string }[]
  lastEventId: string
  retry?: number
  comments?: string[]
}

const fixtures = new URL('../../../fixtures/wire/', import.meta.url)
const files = readdirSync(fixtures).filter(name => name.endsWith('.json'))

function parse(chunks: Uint8Array[]): Omit<Case, 'name'> & { comments: string[] } {
  const events: Case['events'] = []
  const comments: string[] = []
  const parser = createParser(
    '',
    ({ type, data, id }) =>
      events.push({ event: type, data, lastEventId: parser.lastEventId, ...(id === undefined ? {} : { id }) }),
    text => comments.push(text),
  )
  const decoder = new TextDecoder()
  for (const chunk of chunks) parser.push(decoder.decode(chunk, { stream: true }))
  parser.push(decoder.decode())
  const { lastEventId, retry } = parser
  return { events, comments, lastEventId, ...(retry === undefined ? {} : { retry }) }
}

const singles = (bytes: Uint8Array): Uint8Array[] => [...bytes].map(byte => Uint8Array.of(byte))

function halves(bytes: Uint8Array): Uint8Array[][] {
  return Array.from({ length: bytes.length + 1 }, (_, cut) => [bytes.subarray(0, cut), bytes.subarray(cut)])
}

it('finds the fixtures that it shares with the other languages', () => expect(files.length).toBeGreaterThan(3))

for (const file of files) {
  const { subject, cases } = JSON.parse(readFileSync(new URL(file, fixtures), 'utf8')) as { subject: string; cases: Case[] }
  describe(subject, () => {
    it.each(cases)('$name', ({ name: _, stream, hex, ...expected }) => {
      const bytes = Uint8Array.from(stream === undefined ? Buffer.from(hex!.replaceAll(' ', ''), 'hex') : Buffer.from(stream))
      for (const chunks of [[bytes], singles(bytes), ...halves(bytes)]) {
        const { comments, ...result } = parse(chunks)
        expect({ ...result, ...(expected.comments && { comments }) }).toEqual(expected)
      }
    })
  })
}

describe('a parser fed at random', () => {
  const line = fc.oneof(
    fc.constantFrom('', '', 'data', 'data:', 'data: ', 'id', 'id:', 'event:', 'retry: 5', 'retry:x', ':', 'data:\ufeff', 'id: a\0b'),
    fc.tuple(fc.constantFrom('data', 'id', 'event', 'retry', 'Data', ' data', 'x', ''), fc.constantFrom(':', ': ', ':  ', ''), fc.string({ unit: 'grapheme' }))
      .map(([field, colon, value]) => field + colon + value.replace(/[\r\n]/g, '')),
  )
  const stream = (ends: string[]): fc.Arbitrary<string> =>
    fc.array(fc.tuple(line, fc.constantFrom(...ends)), { maxLength: 12 }).map(lines => lines.flat().join(''))

  it('gives the same events wherever the stream is cut', () => {
    fc.assert(
      fc.property(stream(['\n', '\r\n', '\r', '\n\n']), fc.array(fc.nat(200), { maxLength: 8 }), (text, cuts) => {
        const bytes = new TextEncoder().encode(text)
        const whole = parse([bytes])
        const places = [0, ...cuts.map(cut => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        expect(parse(places.slice(1).map((end, i) => bytes.subarray(places[i], end)))).toEqual(whole)
        expect(parse(singles(bytes))).toEqual(whole)
      }),
      { numRuns: 3000, seed: 7 },
    )
  })

  it('agrees with the standard, and with eventsource-parser, on 10000 streams at every split', () => {
    fc.assert(
      fc.property(stream(['\n', '\r\n', '\r', '\n\n']), random => {
        // The peer waits with a CR at the end for what follows, where the standard ends the line; an LF makes them agree.
        const text = random.endsWith('\r') ? random + '\n' : random
        const bytes = new TextEncoder().encode(text)
        const expected = JSON.stringify(standard(text))
        for (const chunks of halves(bytes)) if (JSON.stringify(ours(chunks)) !== expected) expect(ours(chunks)).toEqual(standard(text))
        for (let cut = 0; cut <= text.length; cut++) {
          if (text[cut - 1] === '\r') continue
          const theirs = peer([text.slice(0, cut), text.slice(cut)])
          if (JSON.stringify(theirs) !== expected) expect(theirs).toEqual(standard(text))
        }
      }),
      { numRuns: 10_000, seed: 9 },
    )
  }, 120_000)
})

/** The rules of the standard, one after the other, on a whole stream. */
function standard(text: string): unknown[] {
  const events: unknown[] = []
  let [event, data, id]: [string, string[], string | undefined] = ['', [], undefined]
  const lines = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n').split('\n')
  for (const line of lines.slice(0, -1)) {
    const [, field, value] = /^([^:]*)(?:: ?([^]*))?$/.exec(line)!
    if (line === '') {
      if (data.length) events.push({ event: event || 'message', data: data.join('\n'), id })
      ;[event, data, id] = ['', [], undefined]
    } else if (field === 'event') event = value ?? ''
    else if (field === 'data') data.push(value ?? '')
    else if (field === 'id' && !value?.includes('\0')) id = value ?? ''
  }
  return events
}

function ours(chunks: Uint8Array[]): unknown[] {
  return parse(chunks).events.map(({ event, data, id }) => ({ event, data, id }))
}

function peer(chunks: string[]): unknown[] {
  const events: unknown[] = []
  const parser = createPeer({ onEvent: ({ event, data, id }) => events.push({ event: event || 'message', data, id }) })
  for (const chunk of chunks) parser.feed(chunk)
  return events
}
