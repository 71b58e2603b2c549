import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createStream, type Stream } from '../../src/stream.js'

let stream: Stream
let opened: number[]
let answer: () => Response

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  // The longest wait that the jitter may make of each bound.
  vi.spyOn(Math, 'random').mockReturnValue(1)
  opened = []
  const ignore = (): void => {}
  stream = createStream(
    {
      async open() {
        opened.push(performance.now())
        return answer()
      },
      judge: () => 'later',
      onStatus: ignore,
      onEvent: ignore,
      onFailure: ignore,
    },
    { silenceMillis: 60_000, retryMillis: 1000 },
  )
})
afterEach(() => {
  stream.close()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** An event stream that ends after so long. */
function streamFor(millis: number): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('data: a\n\n'))
      if (millis) setTimeout(() => controller.close(), millis)
      else controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

async function waits(forMillis: number, isOpenFor: number): Promise<number[]> {
  void stream.run()
  await vi.advanceTimersByTimeAsync(forMillis)
  return opened.slice(1).map((at, i) => at - opened[i]! - isOpenFor)
}

it('waits longer each time, though it was open each time, where it does not stay open', async () => {
  answer = () => streamFor(100)
  expect((await waits(120_000, 100)).slice(0, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})

it('waits as shortly as at first, once it has stayed open for more than 5 s', async () => {
  answer = () => streamFor(5100)
  expect((await waits(40_000, 5100)).slice(0, 5)).toEqual([1000, 1000, 1000, 1000, 1000])
})

it('counts the errors before a short stream too', async () => {
  answer = () => (opened.length < 4 ? new Response('', { status: 503 }) : streamFor(0))
  expect((await waits(60_000, 0)).slice(0, 5)).toEqual([1000, 2000, 4000, 8000, 16_000])
})
