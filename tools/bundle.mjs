/**
 * Makes one file of the runtime, one of its I/O worker, of what a rank runs first, of `mpirun` and of its agent, each in
 * the place of its own entry module: loading sixty modules takes each thread 40 ms more than loading one. What is here does not change:
 * without this step everything runs as well, and starts later.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

await build({
  entryPoints: [
    'src/index.js',
    'src/transport/ws/worker.js',
    'launcher/rank/thread.js',
    'launcher/rank/process.js',
    'launcher/bin/mpirun.js',
    'launcher/agent/main.js',
  ].map((file) => join(dist, file)),
  outbase: dist,
  outdir: dist,
  allowOverwrite: true,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'es2022',
  // Also puts the values of constants in their places.
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
