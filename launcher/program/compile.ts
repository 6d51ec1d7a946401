/**
 * TypeScript that Node does not run by itself, turned into CommonJS by the launcher, once for all ranks: tsx, which
 * does it in each rank, takes a thread and a process a rank to start.
 */
import { realpathSync } from 'node:fs';
import { isTypeScript } from './find.js';

/** JavaScript by the absolute path of its source. */
export type Compiled = Readonly<Record<string, string>>;

/**
 * Compiles the TypeScript among `files`, as their nearest tsconfig.json says. Undefined if it is no TypeScript, or can
 * be no CommonJS (`import.meta`, top-level await): tsx then says what is wrong, or runs it.
 */
export async function compile(files: readonly string[]): Promise<Compiled | undefined> {
  const { buildSync } = await import('esbuild');
  const sources = files.filter(isTypeScript).map((file) => realpathSync(file));
  try {
    const { outputFiles, warnings } = buildSync({
      entryPoints: sources.map((file, index) => ({ in: file, out: String(index) })),
      outdir: '/',
      write: false,
      format: 'cjs',
      platform: 'node',
      target: `node${process.versions.node}`,
      sourcemap: 'inline',
      logLevel: 'silent',
    });
    if (warnings.some(({ id }) => id === 'empty-import-meta')) return undefined;
    return Object.fromEntries(
      outputFiles.map(({ path, text }) => [sources[Number.parseInt(path.slice(1), 10)], text]),
    );
  } catch {
    return undefined;
  }
}
