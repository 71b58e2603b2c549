// The npm package eventsource-parser as a filter: each line of standard input is a stream in hexadecimal digits, each
// line of standard output what the package makes of it. The first argument is the folder whose node_modules has it.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const { createParser } = createRequire(process.argv[2] + '/package.json')('eventsource-parser')

for await (const line of createInterface({ input: process.stdin })) {
  const told = { events: [], comments: [] }
  const parser = createParser({
    onEvent: ({ event, data, id }) => told.events.push({ event: event || 'message', data, id }),
    onRetry: millis => (told.retry = millis),
    onComment: text => told.comments.push(text),
  })
  parser.feed(new TextDecoder().decode(Buffer.from(line, 'hex')))
  console.log(JSON.stringify(told))
}
