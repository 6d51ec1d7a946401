/**
 * What a program needs to be loaded, found without running anything: by reading it and the files that it imports
 * by relative paths. Done once, by the launcher.
 *
 * Its TypeScript is turned into JavaScript by Node itself where Node can, else by the launcher (compile.ts) where that
 * is enough, else by tsx.
 *
 * Node cannot
 *  - any TypeScript where it does not strip types by itself (Node 20, and 22 before 22.18);
 *  - syntax that is more than types: enum, namespace, parameter properties, decorators, `import =`;
 *  - imports that Node does not resolve: without extension, of a directory, `.js` for a `.ts` file, the
 *    `@/` and `~/` of a tsconfig's paths, JSON without its import attribute;
 *  - import and export in a file that its package.json calls CommonJS, and mixed with `require`.
 *
 * The launcher's CommonJS is not enough
 *  - for the `@/` and `~/` of a tsconfig's paths, and for JSX;
 *  - where an `import()` names a TypeScript file, or may: Node would look for it;
 *  - beside ES modules in JavaScript, of the program or of a package, but for this one: `require` does not take all of
 *    them, and may find another build of a package than `import`;
 *  - for what `compile` finds out.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isTypeScript } from './find.js';
import {
  hasModuleSyntax,
  needsTransform,
  type Requested,
  requestedModules,
  skeleton,
  usesCommonJs,
} from './source.js';

/** Files looked at before the decision is made from what was seen. */
const filesMax = 2000;

const SCRIPTS = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']);
const JSX = ['.tsx', '.jsx', '/index.tsx', '/index.jsx'];
const JS_FOR_TS: Record<string, string> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts', '.jsx': '.tsx' };

/** What was found. */
export interface Findings {
  /** Who can turn its TypeScript into JavaScript. */
  readonly loader: 'node' | 'launcher' | 'tsx';
  /** With tsx: see `RankOrders.modules`. */
  readonly modules: readonly string[];
  /** Some file names `mpi4ts`. */
  readonly namesUs: boolean;
  /** Absolute paths of all files that were read, the program first. */
  readonly files: readonly string[];
}

/** Whether this Node runs TypeScript by itself: from 22.18, unless it is told not to. */
export function nodeStripsTypes(): boolean {
  return Boolean((process.features as { typescript?: string | false }).typescript);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
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

function withoutEnding(path: string): string {
  return path.slice(0, path.length - extname(path).length);
}

/** Whether `require` finds a package's module, and it is no ES module. */
function isCommonJs(specifier: string, from: string): boolean {
  try {
    const path = createRequire(from).resolve(specifier);
    const isJs = path.endsWith('.js') && packageType(path) !== 'module';
    return isJs || /\.(cjs|json|node)$/.test(path);
  } catch {
    return false;
  }
}

class Survey {
  readonly modules: string[] = [];
  namesUs = false;
  nodeCan = nodeStripsTypes();
  launcherCan = true;
  readonly seen = new Set<string>();
  readonly #queue: string[];

  constructor(program: string) {
    this.#queue = [program];
  }

  run(): void {
    for (let file = this.#queue.pop(); file !== undefined; file = this.#queue.pop()) {
      if (this.seen.has(file) || this.seen.size >= filesMax) continue;
      this.seen.add(file);
      this.#look(file);
    }
  }

  #look(file: string): void {
    const text = readFileSync(file, 'utf8');
    const code = skeleton(text);
    this.namesUs ||= /['"`]mpi4ts['"`/]/.test(text);
    if (/\bimport\s*\(\s*[^\s"']/.test(code)) this.launcherCan = false;
    if (!isTypeScript(file)) this.launcherCan &&= !file.endsWith('.mjs') && !hasModuleSyntax(code);
    else {
      this.nodeCan &&= !needsTransform(code);
      if (!file.endsWith('.mts') && hasModuleSyntax(code)) this.#judgeKind(file, code);
    }
    for (const requested of requestedModules(text, code)) this.#follow(file, requested);
  }

  /**
   * The file imports or exports. Node takes it for CommonJS where a name or a package.json says so, and fails;
   * tsx takes it for CommonJS where nothing says otherwise, and then knows no top-level await.
   */
  #judgeKind(file: string, code: string): void {
    const type = file.endsWith('.cts') ? 'commonjs' : packageType(file);
    if (type === 'module') return;
    const mixed = usesCommonJs(code);
    this.nodeCan &&= !mixed && type !== 'commonjs';
    if (!mixed && file.endsWith('.ts')) this.modules.push(pathToFileURL(file).href);
  }

  #follow(file: string, requested: Requested): void {
    const { specifier, byRequire, dynamic, hasAttributes } = requested;
    if (/^[@~]\//.test(specifier)) this.nodeCan = this.launcherCan = false;
    if (!/^\.\.?(\/|$)/.test(specifier)) {
      if (!isBuiltin(specifier) && !/^mpi4ts(\/|$)/.test(specifier) && !isCommonJs(specifier, file))
        this.launcherCan = false;
      return;
    }
    const path = resolve(dirname(file), specifier.replace(/[?#].*$/, ''));
    if (dynamic || JSX.some((ending) => isFile(path + ending) || isFile(withoutEnding(path) + ending)))
      this.launcherCan = false;
    if (!isFile(path)) {
      const byNode = byRequire && (isFile(`${path}.js`) || isFile(`${path}.json`));
      if (byNode || !tsxWouldFind(path)) return;
      this.nodeCan = false;
      for (const ending of ['.ts', '/index.ts']) if (isFile(path + ending)) this.#queue.push(path + ending);
      const js = extname(path);
      const twin = path.slice(0, -js.length) + (JS_FOR_TS[js] ?? '');
      if (js in JS_FOR_TS && isFile(twin)) this.#queue.push(twin);
    } else if (path.endsWith('.json')) this.nodeCan &&= byRequire || hasAttributes;
    else if (SCRIPTS.has(extname(path))) this.#queue.push(path);
    else this.launcherCan = false;
  }
}

/** Reads one program, an absolute path. A program in JavaScript is always loaded by Node. */
export function surveyProgram(program: string): Findings {
  const survey = new Survey(program);
  survey.run();
  const byNode = survey.nodeCan || !isTypeScript(program);
  return {
    loader: byNode ? 'node' : survey.launcherCan ? 'launcher' : 'tsx',
    modules: byNode ? [] : survey.modules,
    namesUs: survey.namesUs,
    files: [...survey.seen],
  };
}
