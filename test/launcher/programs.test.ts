import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import ava from 'ava';
import { launch } from '../support/launch.js';
import { nodes } from '../support/nodes.js';
import { directoryWith, seat, sortedLines } from './fixture.js';

// One job at a time: each has threads enough for the machine.
const test = ava.serial;

/** Programs by file name; each prints `ok` and what it found. */
const programs: Record<string, [source: string, prints: string]> = {
  'plain.cjs': [`console.log('ok', require.main === module, typeof __filename);`, 'ok true string'],
  'plain.mjs': [`console.log('ok', await 1, import.meta.url.endsWith('plain.mjs'));`, 'ok 1 true'],
  'plain.js': [`console.log('ok', require.main === module);`, 'ok true'],
  'strip.ts': [
    `import { basename } from 'node:path';\nconst x: string = basename('a/ok');\nconsole.log(x, await 2);`,
    'ok 2',
  ],
  'strip.mts': [`const x: number = await 3;\nconsole.log('ok', x as number);`, 'ok 3'],
  'strip.cts': [`const x: number = 4;\nconsole.log('ok', x, require.main === module);`, 'ok 4 true'],
  'enum.ts': [`enum E { A = 5 }\nexport {};\nconsole.log('ok', E.A, await 1);`, 'ok 5 1'],
  'enum.mts': [`enum E { A = 6 }\nconsole.log('ok', await E.A);`, 'ok 6'],
  'enum.cts': [`enum E { A = 7 }\nconsole.log('ok', E.A, require.main === module);`, 'ok 7 true'],
  'bare.ts': [
    `import { helper } from './lib/helper';\nimport js from './lib/twin.js';\nconsole.log('ok', helper(), js);`,
    'ok 8 9',
  ],
  'property.ts': [`class P { constructor(readonly x: number) {} }\nconsole.log('ok', new P(10).x);`, 'ok 10'],
  'deco.ts': [
    `function d(v: unknown, _c: unknown) { return v as never; }\n@d class C { x = 11 }\nconsole.log('ok', new C().x);`,
    'ok 11',
  ],
  'meta.ts': [
    `const here: string = import.meta.url;\nconsole.log('ok', here.endsWith('meta.ts'));`,
    'ok true',
  ],
  'later.ts': [
    `enum E { A = 12 }\nimport('./lib/helper').then(({ helper }) => console.log('ok', helper(), E.A));`,
    'ok 8 12',
  ],
  // No survey finds the name of the file.
  'computed.cts': [
    `const x: string = './lib/' + 'twin.ts';\nconsole.log('ok', require(x).default, require.main === module);`,
    'ok 9 true',
  ],
  'byjs.ts': [
    `enum E { A = 13 }\nimport { helper } from './lib/between.cjs';\nconsole.log('ok', helper(), E.A);`,
    'ok 8 13',
  ],
};

const library = {
  'lib/between.cjs': `module.exports = require('./helper');\n`,
  'lib/helper.ts': 'export enum H { A = 8 }\nexport function helper(): number { return H.A; }\n',
  'lib/twin.ts': 'const nine: number = 9;\nexport default nine;\n',
};

function sources(prefix = ''): Record<string, string> {
  const files = Object.entries(programs).map(([name, [source]]) => [prefix + name, source] as const);
  return Object.fromEntries([
    ...files,
    ...Object.entries(library).map(([name, text]) => [prefix + name, text]),
  ]);
}

for (const major of [20, 22, 24, 26])
  test(`every kind of program runs on Node ${major}`, async (t) => {
    const node = (await nodes()).find(({ version }) => version.startsWith(`${major}.`));
    if (node === undefined) return t.pass(`no Node ${major} here`);
    const directory = directoryWith(t, sources());
    for (const [name, [, prints]] of Object.entries(programs)) {
      const { code, stdout, stderr } = await launch(['-n', '2', name], { node: node.path, cwd: directory });
      t.deepEqual([stdout, stderr, code], [`${prints}\n${prints}\n`, '', 0], name);
    }
  });

test('TypeScript runs in packages of either type', async (t) => {
  const directory = directoryWith(t, {
    ...sources('esm/'),
    ...sources('cjs/'),
    'esm/package.json': '{"type":"module"}',
    'cjs/package.json': '{"type":"commonjs"}',
  });
  for (const { path } of await nodes())
    for (const name of ['strip.ts', 'enum.ts'])
      for (const type of ['esm', 'cjs']) {
        const { stdout, stderr } = await launch(['-n', '1', name], {
          node: path,
          cwd: join(directory, type),
        });
        t.is(stdout + stderr, `${programs[name][1]}\n`, `${type}/${name}`);
      }
});

/** What is imported by default differs between CommonJS and ES modules, and between the ways to get from one to the other. */
const imports: Record<string, string> = {
  'own.ts': `enum E { A }\nimport nine from './lib/twin.ts';\nconsole.log('ok', nine, E.A);`,
  'esm.ts': `enum E { A }\nimport ten from 'esm';\nconsole.log('ok', ten, E.A);`,
  'babel.ts': `enum E { A }\nimport all from 'babel';\nconsole.log('ok', all.default ?? all, E.A);`,
  'wait.ts': `enum E { A }\nimport { late } from './lib/late.mjs';\nconsole.log('ok', late, E.A);`,
  'open.ts': `enum E { A }\nconst n: string = 'twin';\nimport(\`./lib/\${n}.ts\`).then((m) => console.log('ok', m.default, E.A));`,
};

test('what only tsx can load is left to it, in packages of either type', async (t) => {
  const directory = directoryWith(
    t,
    Object.fromEntries(
      ['esm', 'cjs'].flatMap((type) => [
        ...Object.entries({ ...imports, ...library }).map(([name, text]) => [`${type}/${name}`, text]),
        [`${type}/lib/late.mjs`, 'export const late = await 9;'],
        [`${type}/package.json`, JSON.stringify({ type: type === 'esm' ? 'module' : 'commonjs' })],
        [`${type}/node_modules/esm/package.json`, '{"type":"module","exports":{"import":"./index.js"}}'],
        [`${type}/node_modules/esm/index.js`, 'export default 9;'],
        [`${type}/node_modules/babel/package.json`, '{"main":"index.js"}'],
        [`${type}/node_modules/babel/index.js`, 'exports.__esModule = true;\nexports.default = 9;'],
        [
          `${type}/alias/job.ts`,
          `enum E { A }\nimport { nine } from 'lib/nine';\nconsole.log('ok', nine, E.A);`,
        ],
        [`${type}/alias/lib/nine.ts`, 'export const nine = 9;'],
        [`${type}/alias/tsconfig.json`, '{"compilerOptions":{"paths":{"lib/*":["./lib/*"]}}}'],
      ]),
    ),
  );
  for (const type of ['esm', 'cjs'])
    for (const name of [...Object.keys(imports), 'alias/job.ts']) {
      // A CommonJS package cannot wait for an ES module that awaits.
      if (type === 'cjs' && name === 'wait.ts') continue;
      const { stdout, stderr } = await launch(['-n', '1', basename(name)], {
        cwd: dirname(join(directory, type, name)),
      });
      t.is(stdout + stderr, 'ok 9 0\n', `${type}/${name}`);
    }
});

test('stacks show the TypeScript line, stripped or transformed, on every Node', async (t) => {
  const thrower =
    "\n\ninterface Long {\n  a: number;\n}\nfunction f(x: Long): never {\n  throw new Error('at 7:' + x.a);\n}\nf({ a: 1 });\n";
  const directory = directoryWith(t, {
    'strip.ts': thrower,
    'enum.ts': `enum E { A }${thrower}`,
    'enum.cts': `enum E { A }${thrower}`,
  });
  for (const { path } of await nodes())
    for (const name of ['strip.ts', 'enum.ts', 'enum.cts']) {
      const { code, stderr } = await launch(['-n', '2', name], { node: path, cwd: directory });
      t.is(code, 1);
      t.regex(
        stderr,
        new RegExp(
          `Error: at 7:1\n +at f \\((file://)?${join(directory, name).replaceAll('.', '\\.')}:7:9\\)`,
        ),
        name,
      );
    }
});

test('compiled JavaScript with a source map shows the TypeScript line', async (t) => {
  const map = { version: 3, sources: ['origin.ts'], names: [], mappings: 'AAUA' }; // generated 1:1 is origin.ts 11:1
  const directory = directoryWith(t, {
    'job.mjs': `throw new Error('mapped');\n//# sourceMappingURL=job.mjs.map\n`,
    'job.mjs.map': JSON.stringify(map),
  });
  t.regex((await launch(['-n', '1', 'job.mjs'], { cwd: directory })).stderr, /origin\.ts:11:1/);
});

const usesUs = {
  'job.mjs': `import { MPI } from 'mpi4ts';\nconsole.log('esm', MPI.COMM_WORLD.rank, MPI.COMM_WORLD.size);`,
  'job.cjs': `const { MPI } = require('mpi4ts');\nconsole.log('cjs', MPI.COMM_WORLD.rank, MPI.COMM_WORLD.size);`,
  'job.ts': `import { MPI } from 'mpi4ts';\nconst r: number = MPI.COMM_WORLD.rank;\nconsole.log('ts', r, MPI.COMM_WORLD.size);`,
  'enum.ts': `import { MPI } from 'mpi4ts';\nenum E { A }\nconsole.log('enum', MPI.COMM_WORLD.rank + E.A, MPI.COMM_WORLD.size);`,
  'wants.mjs': `import 'mpi4ts/nothing';`,
};

test("jobs without node_modules find the launcher's mpi4ts, on every Node", async (t) => {
  const directory = directoryWith(t, usesUs);
  for (const { path } of await nodes()) {
    for (const [program, kind] of [
      ['job.mjs', 'esm'],
      ['job.cjs', 'cjs'],
      ['job.ts', 'ts'],
      ['enum.ts', 'enum'],
    ]) {
      const { stdout, stderr } = await launch(['-n', '2', program], { node: path, cwd: directory });
      t.deepEqual([sortedLines(stdout), stderr], [[`${kind} 0 2`, `${kind} 1 2`], ''], program);
    }
    t.regex((await launch(['-n', '1', 'wants.mjs'], { node: path, cwd: directory })).stderr, /mpi4ts/);
  }
});

test('the program sees a main thread: no workerData, the seat out of sight, its own argv', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `import threads, { workerData } from 'node:worker_threads';
      const key = Symbol.for('mpi4ts.seat');
      console.log(workerData, threads.workerData, Object.getOwnPropertyDescriptor(globalThis, key).enumerable);
      console.log(process.argv[0] === process.execPath, process.argv[1] === import.meta.filename, process.argv.length);`,
  });
  const { stdout } = await launch(['-n', '1', 'job.mjs', 'one'], { cwd: directory });
  t.is(stdout, 'null null false\ntrue true 3\n');
});

test("a job's own copy of the package takes over, once", async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}console.log('rank', rank);`,
    'other/node_modules/mpi4ts/package.json': '{"name":"mpi4ts","version":"9.9.9","bin":{"mpirun":"run.js"}}',
    'other/node_modules/mpi4ts/run.js': `console.log('taken over', process.argv.slice(2).join(' '));`,
    'other/job.mjs': '',
    'unbuilt/node_modules/mpi4ts/package.json':
      '{"name":"mpi4ts","version":"9.9.9","bin":{"mpirun":"dist/none.js"}}',
    'unbuilt/job.mjs': `${seat}console.log('rank', rank);`,
  });
  // By the program's directory, whatever options the other copy may know; and by the current one.
  const byProgram = await launch(['--new-option', '-n', '2', 'other/job.mjs'], { cwd: directory });
  t.is(byProgram.stdout, 'taken over --new-option -n 2 other/job.mjs\n');
  t.regex((await launch(['--version'], { cwd: join(directory, 'other') })).stdout, /^taken over --version/);
  // A copy that is not built is no launcher.
  t.is((await launch(['-n', '1', 'job.mjs'], { cwd: join(directory, 'unbuilt') })).stdout, 'rank 0\n');

  // A second real copy, and a link to this one: each runs the job once.
  const copy = join(directory, 'copy/node_modules/mpi4ts');
  mkdirSync(copy, { recursive: true });
  for (const part of ['package.json', 'dist/src', 'dist/launcher'])
    cpSync(part, join(copy, part), { recursive: true });
  mkdirSync(join(directory, 'link/node_modules'), { recursive: true });
  symlinkSync(resolve('.'), join(directory, 'link/node_modules/mpi4ts'));
  cpSync(join(directory, 'job.mjs'), join(directory, 'copy/job.mjs'));
  cpSync(join(directory, 'job.mjs'), join(directory, 'link/job.mjs'));
  for (const place of ['copy', 'link']) {
    const { code, stdout } = await launch(['-n', '2', 'job.mjs'], { cwd: join(directory, place) });
    t.deepEqual([code, sortedLines(stdout)], [0, ['rank 0', 'rank 1']], place);
  }
});
