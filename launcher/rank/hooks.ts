/**
 * How a rank finds modules: Node's way, and beyond it `mpi4ts` for programs that have no copy of their own, and
 * the module kind of TypeScript files that tsx would misjudge. Loaded only when one of the two is needed; also
 * the module that Node's hooks thread loads where there is no `module.registerHooks` (Node 20, 22.12 to 22.14).
 */
import type { ResolveFnOutput, ResolveHookContext } from 'node:module';

/** What the hooks know. */
export interface HookData {
  /** URL for `mpi4ts` and each of its subpaths. */
  readonly fallback: Readonly<Record<string, string>>;
  /** File URLs that are ES modules. */
  readonly modules: readonly string[];
}

let known: HookData = { fallback: {}, modules: [] };

/** Called by Node in the hooks thread. */
export function initialize(data: HookData): void {
  known = data;
}

function isNotFound(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}

function withKind(data: HookData, result: ResolveFnOutput): ResolveFnOutput {
  return data.modules.includes(result.url) ? { ...result, format: 'module' } : result;
}

function fallBack(data: HookData, specifier: string, error: unknown): ResolveFnOutput {
  const url = data.fallback[specifier];
  if (url === undefined || !isNotFound(error)) throw error;
  return { url, format: 'module', shortCircuit: true };
}

type NextSync = (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput;
type Next = (
  specifier: string,
  context?: Partial<ResolveHookContext>,
) => ResolveFnOutput | Promise<ResolveFnOutput>;

/** The resolve hook for `module.registerHooks`, in the rank's own thread. */
export function resolveWith(data: HookData) {
  return (specifier: string, context: ResolveHookContext, next: NextSync): ResolveFnOutput => {
    try {
      return withKind(data, next(specifier, context));
    } catch (error) {
      return fallBack(data, specifier, error);
    }
  };
}

/** The resolve hook of the hooks thread. */
export async function resolve(
  specifier: string,
  context: ResolveHookContext,
  next: Next,
): Promise<ResolveFnOutput> {
  try {
    return withKind(known, await next(specifier, context));
  } catch (error) {
    return fallBack(known, specifier, error);
  }
}
