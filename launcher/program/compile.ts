/**
 * TypeScript that Node does not run by itself, turned into CommonJS by the launcher, once for all ranks: tsx, which
 * does it in each rank, takes a thread and a process a rank to start.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isTypeScript } from './find.js';

/** JavaScript by the absolute path of its source. */
export type Compiled = Readonly<Record<string, string>>;

/** The text of the nearest tsconfig.json; empty if there is none. */
function tsconfigOf(file: string): string {
  for (let dir = dirname(file); ; dir = dirname(dir)) {
    const path = join(dir, 'tsconfig.json');
    if (existsSync(path)) return readFileSync(path, 'utf8');
    if (dir === dirname(dir)) return '';
  }
}

/** What only tsx follows: other configurations, and names of modules that stand for others. */
const BEYOND_US = /"(extends|paths|baseUrl)"/;

/**
 * Compiles the TypeScript among `files`. Undefined if it is no TypeScript, or can be no CommonJS (`import.meta`,
 * top-level await), or its tsconfig.json asks for more than this can do: tsx then says what is wrong, or runs it.
 */
export async function compile(files: readonly string[]): Promise<Compiled | undefined> {
  const { transform, stop } = await import('esbuild');
  const one = async (file: string): Promise<[string, string]> => {
    const path = realpathSync(file);
    const tsconfigRaw = tsconfigOf(path);
    if (BEYOND_US.test(tsconfigRaw)) throw new Error('for tsx');
    const { code, warnings } = await transform(readFileSync(path, 'utf8'), {
      loader: 'ts',
      sourcefile: path,
      tsconfigRaw: tsconfigRaw || '{}',
      format: 'cjs',
      platform: 'node',
      target: `node${process.versions.node}`,
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
    });
    if (warnings.some(({ id }) => id === 'empty-import-meta')) throw new Error('for tsx');
    return [path, code];
  };
  try {
    return Object.fromEntries(await Promise.all(files.filter(isTypeScript).map(one)));
  } catch {
    return undefined;
  } finally {
    await stop();
  }
}
