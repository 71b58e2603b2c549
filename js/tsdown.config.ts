import { defineConfig } from 'tsdown'

const common = {
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  minify: true,
  dts: true,
} as const

export default defineConfig([
  {
    ...common,
    copy: '../LICENSE',
    entry: { index: 'src/index.ts', react: 'src/react.ts' },
    deps: { neverBundle: ['react'] },
    inputOptions: { preserveEntrySignatures: 'allow-extension' },
    outputOptions: { chunkFileNames: '[name].js' },
  },
  // A file of its own, without imports, so that it can be served from anywhere.
  { ...common, entry: { worker: 'src/worker.ts' }, clean: false },
])
