import { expect, it, vi } from 'vitest'
import { backoffMillis } from '../../src/backoff.js'

const draws = (failures: number, base: number): number[] => Array.from({ length: 2000 }, () => backoffMillis(failures, base))

it.each([
  [0, 1000, 1000],
  [1, 1000, 2000],
  [3, 1000, 8000],
  [5, 1000, 30_000],
  [50, 1000, 30_000],
  [0, 3000, 3000],
  [2, 60_000, 60_000],
])('after %d failures on a base of %d ms spreads evenly over %d ms', (failures, base, longest) => {
  const millis = draws(failures, base)
  expect(Math.min(...millis)).toBeLessThan(longest * 0.05)
  expect(Math.max(...millis)).toBeGreaterThan(longest * 0.95)
  expect(Math.max(...millis)).toBeLessThanOrEqual(longest)
  const mean = millis.reduce((a, b) => a + b) / millis.length
  expect(mean / longest).toBeGreaterThan(0.45)
  expect(mean / longest).toBeLessThan(0.55)
})

it('may be nothing at all, for that is full jitter', () => {
  vi.spyOn(Math, 'random').mockReturnValueOnce(0)
  expect(backoffMillis(9, 1000)).toBe(0)
})
