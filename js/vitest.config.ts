import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The suites start hubs and browsers, which would only slow each other down.
    fileParallelism: false,
    reporters: ['default', ['junit', { outputFile: 'test-results/junit.xml' }]],
  },
})
