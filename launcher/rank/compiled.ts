/** Runs a program that the launcher has compiled to CommonJS (launcher/program/compile.ts). */
import module from 'node:module';

type Extension = (module: { _compile(code: string, file: string): void }, file: string) => void;
interface Internals {
  _extensions: Record<string, Extension>;
  _resolveFilename(request: string, ...rest: unknown[]): string;
  _load(path: string, parent: null, isMain: boolean): unknown;
}
const internals = module as unknown as Internals;

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

/** A file that nobody could foresee, for the launcher only reads names that stand in the source. */
function leaveToTsx(ending: string, ...file: Parameters<Extension>): void {
  const tsx = module.createRequire(import.meta.url)('tsx/cjs/api') as { register(): void };
  tsx.register();
  internals._extensions[ending](...file);
}

/** Runs `program` as the main module, with `require.main === module`. */
export function runCompiled(program: string, compiled: Readonly<Record<string, string>>): void {
  findTypeScript();
  for (const ending of ['.ts', '.mts', '.cts'])
    internals._extensions[ending] = (module, file) => {
      if (Object.hasOwn(compiled, file)) module._compile(compiled[file], file);
      else leaveToTsx(ending, module, file);
    };
  internals._load(program, null, true);
}
