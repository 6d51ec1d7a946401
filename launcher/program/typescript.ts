/**
 * Who turns the program's TypeScript into JavaScript: Node itself where it can, else tsx. Decided once, by the
 * launcher, without running anything: it reads the program and the files that it imports by relative paths.
 *
 * tsx is needed
 *  - for any TypeScript where Node does not strip types by itself (Node 20, and 22 before 22.18);
 *  - for syntax that is more than types: enum, namespace, parameter properties, decorators, `import =`;
 *  - for imports that Node does not resolve: without extension, of a directory, `.js` for a `.ts` file, the
 *    `@/` and `~/` of a tsconfig's paths, JSON without its import attribute.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasModuleSyntax, needsTransform, type Requested, requestedModules, skeleton } from './source.js';

/** Files looked at before the decision is made from what was seen. */
const filesMax = 2000;

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts']);
const SCRIPTS = new Set([...TYPESCRIPT, '.js', '.mjs', '.cjs']);
const JS_FOR_TS: Record<string, string> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts', '.jsx': '.tsx' };

/** How a program is loaded: see `RankOrders`. */
export interface Loading {
  readonly loader: 'node' | 'tsx';
  readonly modules: readonly string[];
}

/** Whether this Node runs TypeScript by itself: from 22.18, unless it is told not to. */
export function nodeStripsTypes(): boolean {
  return Boolean((process.features as { typescript?: string | false }).typescript);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The `type` of the nearest package.json, undefined where it has none. */
function packageType(file: string): string | undefined {
  for (let dir = dirname(file); ; dir = dirname(dir)) {
    const path = join(dir, 'package.json');
    if (existsSync(path)) {
      try {
        return (JSON.parse(readFileSync(path, 'utf8')) as { type?: string }).type;
      } catch {
        return undefined;
      }
    }
    if (dir === dirname(dir)) return undefined;
  }
}

/** Whether tsx would find a file where Node finds none. */
function tsxWouldFind(path: string): boolean {
  const js = extname(path);
  const twin = JS_FOR_TS[js];
  if (twin !== undefined && isFile(path.slice(0, -js.length) + twin)) return true;
  const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.json', '.mjs', '.cjs'];
  return endings.some((ending) => isFile(path + ending) || isFile(join(path, `index${ending}`)));
}

class Survey {
  readonly modules: string[] = [];
  needsTsx = !nodeStripsTypes();
  readonly #seen = new Set<string>();
  readonly #queue: string[];

  constructor(program: string) {
    this.#queue = [program];
  }

  run(): void {
    for (let file = this.#queue.pop(); file !== undefined; file = this.#queue.pop()) {
      if (this.#seen.has(file) || this.#seen.size >= filesMax) continue;
      this.#seen.add(file);
      this.#look(file);
    }
  }

  #look(file: string): void {
    const text = readFileSync(file, 'utf8');
    const code = skeleton(text);
    if (TYPESCRIPT.has(extname(file))) {
      this.needsTsx ||= needsTransform(code);
      // Node goes by the syntax where no package.json decides; tsx would take such a file for CommonJS.
      if (file.endsWith('.ts') && hasModuleSyntax(code) && packageType(file) === undefined)
        this.modules.push(pathToFileURL(file).href);
    }
    for (const requested of requestedModules(text, code)) this.#follow(file, requested);
  }

  #follow(file: string, { specifier, byRequire, hasAttributes }: Requested): void {
    if (/^[@~]\//.test(specifier)) this.needsTsx = true;
    if (!/^\.\.?(\/|$)/.test(specifier)) return;
    const path = resolve(dirname(file), specifier.replace(/[?#].*$/, ''));
    if (!isFile(path)) {
      const byNode = byRequire && (isFile(`${path}.js`) || isFile(`${path}.json`));
      if (byNode || !tsxWouldFind(path)) return;
      this.needsTsx = true;
      for (const ending of ['.ts', '/index.ts']) if (isFile(path + ending)) this.#queue.push(path + ending);
      const js = extname(path);
      const twin = path.slice(0, -js.length) + (JS_FOR_TS[js] ?? '');
      if (js in JS_FOR_TS && isFile(twin)) this.#queue.push(twin);
    } else if (path.endsWith('.json')) this.needsTsx ||= !byRequire && !hasAttributes;
    else if (SCRIPTS.has(extname(path))) this.#queue.push(path);
  }
}

/** Decides for one program, an absolute path. Programs in JavaScript are always Node's. */
export function decideLoading(program: string): Loading {
  if (!TYPESCRIPT.has(extname(program))) return { loader: 'node', modules: [] };
  const survey = new Survey(program);
  survey.run();
  return survey.needsTsx ? { loader: 'tsx', modules: survey.modules } : { loader: 'node', modules: [] };
}
