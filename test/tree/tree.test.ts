/** The shape of the source tree: layers import downward only, nothing runs in circles, nothing is left behind. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What each layer may import besides itself: everything that lies below it. */
const below: Record<string, readonly string[]> = {
  'src/base': [],
  'src/native': ['src/base'],
  'src/transport': ['src/native', 'src/base'],
  'src/bootstrap': ['src/transport', 'src/native', 'src/base'],
  'src/engine': ['src/transport', 'src/bootstrap', 'src/native', 'src/base'],
  'src/coll': ['src/engine', 'src/transport', 'src/native', 'src/base'],
  'src/mpi': ['src/coll', 'src/engine', 'src/transport', 'src/bootstrap', 'src/native', 'src/base'],
  'src/toolkit': ['src/index', 'src/mpi', 'src/base'],
  'src/index': ['src/toolkit', 'src/mpi'],
  launcher: ['src/bootstrap', 'src/transport', 'src/native', 'src/base'],
  bench: ['launcher', 'src/index', 'src/base'],
  // What is inside is their subject: the operations that a message is made of, and where one protocol ends.
  'bench/micro': ['bench', 'launcher', 'src/mpi', 'src/engine', 'src/transport', 'src/bootstrap', 'src/base'],
  'bench/logp': ['bench', 'launcher', 'src/engine', 'src/transport', 'src/base'],
};

/** What imports upward: the commands that all parts are reached by. */
const upward: Record<string, readonly string[]> = {
  'launcher/cli/collectives.ts': ['src/coll'],
  'launcher/bin/mpi4ts.ts': ['bench'],
  'bench/index.ts': ['bench/micro', 'bench/logp'],
};

/** A file is about one thing, and seldom longer. */
const linesMax = 400;

function listFiles(): string[] {
  try {
    const output = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    });
    return output.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
  } catch {
    return [];
  }
}

const files = listFiles();
const sources = files.filter((file) => /^(src|launcher|bench)\/.*\.ts$/.test(file));
const tests = files.filter((file) => /^test\/.*\.ts$/.test(file));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const layerOf = (file: string): string => {
  const [top, below] = file.split('/');
  if (/^bench\/(micro|logp)\//.test(file)) return `bench/${below}`;
  return top === 'src' ? `src/${below.replace(/\.ts$/, '')}` : top;
};

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

/** The relative imports of a file, as paths from the root of the tree. */
function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const pattern = /^(?:import|export)\s+(type\s)?[^;]*?from\s+'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'\s*\)/gm;
  for (const match of read(file).matchAll(pattern)) {
    const path = match[2] ?? match[3];
    const target = normalize(join(dirname(file), path)).replace(/\.js$/, '.ts');
    found.push({ target, typeOnly: match[1] !== undefined });
  }
  return found;
}

test('the tree is listed', (t) => {
  t.true(sources.length > 5, 'no sources found: is this a git checkout?');
});

test('every source file belongs to a known layer', (t) => {
  const unknown = sources.filter((file) => below[layerOf(file)] === undefined);
  t.deepEqual(unknown, []);
});

test('layers import only downward', (t) => {
  const wrong = sources.flatMap((file) => {
    const layer = layerOf(file);
    const targets = importsOf(file).map(({ target }) => target);
    const allowed = [layer, ...(below[layer] ?? []), ...(upward[file] ?? [])];
    return targets
      .filter((target) => !allowed.includes(layerOf(target)))
      .map((target) => `${file} imports ${target}`);
  });
  t.deepEqual(wrong, []);
});

test('imports lead to files that exist', (t) => {
  const missing = sources.flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => !existsSync(join(root, target)))
      .map(({ target }) => `${file} imports ${target}`),
  );
  t.deepEqual(missing, []);
});

test('no import runs in a circle', (t) => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file) || !existsSync(join(root, file))) return;
    for (const { target, typeOnly } of importsOf(file)) if (!typeOnly) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  t.deepEqual(circles, []);
});

test('files stay short', (t) => {
  const long = [...sources, ...tests]
    .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
    .filter(({ lines }) => lines > linesMax);
  for (const { file, lines } of long) t.log(`${file}: ${lines} lines`);
  t.true(long.length <= Math.ceil(sources.length / 50), 'more than one file in fifty is longer');
});

test('no test is skipped or alone', (t) => {
  const pattern = /\btest(\.\w+)*\.(only|skip|todo|failing)\b/;
  t.deepEqual(
    tests.filter((file) =>
      read(file)
        .split('\n')
        .some((line) => pattern.test(line) && !line.includes('pattern')),
    ),
    [],
  );
});

test('no path of somebody’s machine is in the tree', (t) => {
  const pattern = /(^|[\s'"`(=:])\/(home|root|work|Users)\/[\w.-]+/m;
  const texts = files.filter((file) => /\.(ts|js|mjs|cjs|json|md|cpp|cc|h|hpp|txt|gyp|yml|yaml)$/.test(file));
  t.deepEqual(
    texts.filter((file) => pattern.test(read(file)) && !file.endsWith('tree.test.ts')),
    [],
  );
});
