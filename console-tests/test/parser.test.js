import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Parser } from '../../server/src/main/resources/dev/millrace/server/console/parser.js'

const FIXTURES = new URL('../../fixtures/wire/', import.meta.url)

function bytesOf({ stream, hex }) {
  return stream === undefined ? Buffer.from(hex.replaceAll(' ', ''), 'hex') : Buffer.from(stream)
}

function parse(chunks) {
  const events = []
  const parser = new Parser(({ type, data, id }) => events.push({ event: type, data, lastEventId: id }))
  const decoder = new TextDecoder()
  for (const chunk of chunks) parser.push(decoder.decode(chunk, { stream: true }))
  return { events, lastEventId: parser.lastEventId, retry: parser.retry }
}

describe('the console’s parser', () => {
  for (const file of readdirSync(FIXTURES)) {
    const { subject, cases } = JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8'))
    it(`gets the same from every cut: ${subject}`, () => {
      for (const each of cases) {
        const bytes = bytesOf(each)
        const events = each.events.map(({ event, data, lastEventId }) => ({ event, data, lastEventId }))
        const expected = { events, lastEventId: each.lastEventId, retry: each.retry }
        const cuts = Array.from(bytes, (_, i) => [bytes.subarray(0, i), bytes.subarray(i)])
        const single = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
        for (const chunks of [[bytes], single, ...cuts]) assert.deepEqual(parse(chunks), expected, each.name)
      }
    })
  }
})
