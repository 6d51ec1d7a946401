/** Runs a program that the launcher has compiled to CommonJS (launcher/program/compile.ts). */
import module from 'node:module';

type Extension = (module: { _compile(code: string, file: string): void }, file: string) => void;
interface Internals {
  _extensions: Record<string, Extension>;
  _resolveFilename(request: string, ...rest: unknown[]): string;
  _load(path: string, parent: null, isMain: boolean): unknown;
}
const internals = module as unknown as Internals;
const require = module.createRequire(import.meta.url);

const ENDINGS = ['.ts', '.mts', '.cts'];

/** A TypeScript file may be asked for by the name that it would have as JavaScript. */
function findTypeScript(): void {
  const original = internals._resolveFilename;
  internals._resolveFilename = function (this: unknown, request, ...rest) {
    try {
      return original.call(this, request, ...rest);
    } catch (error) {
      const twin = /^\.\.?\/.*\.[cm]?js$/.test(request) && request.replace(/js$/, 'ts');
      if (!twin || (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
      return original.call(this, twin, ...rest);
    }
  };
}

/** Has each TypeScript file loaded as it was compiled, and others by `otherwise`. */
function loadCompiled(compiled: Readonly<Record<string, string>>, otherwise: Extension): void {
  for (const ending of ENDINGS)
    internals._extensions[ending] = (module, file) => {
      if (Object.hasOwn(compiled, file)) module._compile(compiled[file], file);
      else otherwise(module, file);
    };
}

/** Runs `program` as the main module, with `require.main === module`. */
export function runCompiled(program: string, compiled: Readonly<Record<string, string>>): void {
  findTypeScript();
  // A file that nobody could foresee, for the launcher only reads names that stand in the source, is left to tsx.
  loadCompiled(compiled, (module, file) => {
    const tsx = require('tsx/cjs/api') as { register(): void };
    tsx.register();
    const theirs = internals._extensions['.ts'];
    loadCompiled(compiled, theirs);
    theirs(module, file);
  });
  internals._load(program, null, true);
}
