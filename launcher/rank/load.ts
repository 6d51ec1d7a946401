/** Loading the program of a rank. */
import module from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { HookData, resolveWith } from './hooks.js';
import type { RankOrders } from './orders.js';

type ResolveFilename = (request: string, ...rest: unknown[]) => string;
interface Internals {
  _resolveFilename: ResolveFilename;
  runMain(path: string): void;
  /** Node 22.15 and later. */
  registerHooks?(hooks: { resolve: ReturnType<typeof resolveWith> }): void;
}
const internals = module as unknown as Internals;

/** `require` knows nothing of the hooks thread: where that is all there is, CommonJS gets its fallback here. */
function patchRequire(fallback: Readonly<Record<string, string>>): void {
  const original = internals._resolveFilename;
  internals._resolveFilename = function (this: unknown, request, ...rest) {
    try {
      return original.call(this, request, ...rest);
    } catch (error) {
      const url = fallback[request];
      if (url === undefined || (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
      return fileURLToPath(url);
    }
  };
}

async function installHooks(data: HookData): Promise<void> {
  if (internals.registerHooks !== undefined) {
    const hooks = await import('./hooks.js');
    internals.registerHooks({ resolve: hooks.resolveWith(data) });
    return;
  }
  module.register(new URL('./hooks.js', import.meta.url), { data });
  patchRequire(data.fallback);
}

async function registerTsx(): Promise<void> {
  // tsx decides by its own version checks what it hooks; both interfaces are its documented, in-thread ones.
  const [cjs, esm] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')]);
  cjs.register();
  esm.register();
}

/** Whether tsx must be given the program by `import`: Node 20 takes `.mts` for CommonJS when it is the main module. */
function mustImport({ program, loader, modules }: RankOrders, url: string): boolean {
  return loader === 'tsx' && (program.endsWith('.mts') || modules.includes(url));
}

/** Runs the program as the main module of this thread, with `require.main === module` in CommonJS. */
export async function loadProgram(orders: RankOrders): Promise<void> {
  const { program, loader, compiled, modules, fallback } = orders;
  if (loader === 'tsx') await registerTsx();
  if (fallback !== undefined || modules.length > 0) await installHooks({ fallback: fallback ?? {}, modules });
  if (compiled !== undefined) {
    const { runCompiled } = await import('./compiled.js');
    runCompiled(program, compiled);
    return;
  }
  const url = pathToFileURL(program).href;
  if (mustImport(orders, url)) await import(url);
  else internals.runMain(program);
}

/** Warnings about how the launcher itself runs the program, which its user has not chosen and cannot act upon. */
const OWN_WARNINGS = /^(Type Stripping|CommonJS module .* is loading ES Module)/;

/** About a source file: once is enough, and rank 0 says it. */
const FILE_WARNINGS = /^(Module type of |Failed to load the ES module)/;

/** Keeps those warnings from being printed once a rank. */
export function silenceOwnWarnings(rank: number): void {
  const original = process.emitWarning as (...args: unknown[]) => void;
  process.emitWarning = ((warning: unknown, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && OWN_WARNINGS.test(String(warning))) return;
    if (rank > 0 && FILE_WARNINGS.test(String(warning))) return;
    original.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
}
