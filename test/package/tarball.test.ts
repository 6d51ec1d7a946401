/**
 * The tarball, installed in an empty directory with and without install scripts: no compiler is called, and it works
 * from ES modules, CommonJS and TypeScript, with types under both module resolutions.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { majors, node, type Outcome, runProgram } from '../support/nodes.js';

const compilers = [
  'gcc',
  'g++',
  'cc',
  'c++',
  'clang',
  'clang++',
  'cmake',
  'make',
  'ninja',
  'node-gyp',
  'cmake-js',
];
const timeoutMs = 240_000;

let folder: string;
let tarball: string;
let packed: string[];

test.before('npm pack', async (t) => {
  t.timeout(timeoutMs);
  folder = await mkdtemp(join(tmpdir(), 'mpi4ts-package-'));
  // Without scripts: `prepare` would compile into the dist/ that other tests are running from.
  const outcome = await runProgram('npm', [
    'pack',
    '--ignore-scripts',
    '--json',
    '--pack-destination',
    folder,
  ]);
  t.is(outcome.code, 0, outcome.stderr);
  const [{ filename, files }] = JSON.parse(outcome.stdout) as [
    { filename: string; files: { path: string }[] },
  ];
  tarball = join(folder, filename);
  packed = files.map((file) => file.path);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const binary = `prebuilds/${process.platform}-${process.arch}/mpi4ts.node`;

test('the tarball has code, types and the binary, and nothing that makes npm compile', (t) => {
  for (const path of [
    'dist/src/index.js',
    'dist/src/index.d.ts',
    'dist/launcher/bin/mpirun.js',
    'dist/src/transport/ws/worker.js',
    'src/index.ts',
  ]) {
    t.true(packed.includes(path), path);
  }
  t.is(packed.includes(binary), existsSync(binary));
  t.deepEqual(
    packed.filter((path) => /^(binding\.gyp|build|native|test|dist\/test|node_modules)/.test(path)),
    [],
  );
});

test('publint finds nothing', async (t) => {
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: await bytesOf(tarball) } });
  t.is(pkg?.name, 'mpi4ts');
  t.deepEqual(
    messages.map((message) => formatMessage(message, pkg ?? {})),
    [],
  );
});

async function bytesOf(path: string): Promise<ArrayBuffer> {
  const bytes = await readFile(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

/** A directory of programs that pretend to be compilers and note that they were called. */
async function fakeCompilers(log: string): Promise<string> {
  const bin = join(folder, 'fake-bin');
  await mkdir(bin, { recursive: true });
  for (const name of compilers) {
    await writeFile(join(bin, name), `#!/bin/sh\necho ${name} "$@" >> ${log}\nexit 1\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

const jobs: Record<string, string> = {
  'job.mjs': `import { MPI } from 'mpi4ts';\nconsole.log('rank', MPI.COMM_WORLD.rank, 'of', MPI.COMM_WORLD.size);\n`,
  'job.cjs': `const { MPI } = require('mpi4ts');\nconsole.log('rank', MPI.COMM_WORLD.rank, 'of', MPI.COMM_WORLD.size);\n`,
  'job.ts': `import { MPI } from 'mpi4ts';
const comm = MPI.COMM_WORLD;
const rank: number = comm.rank;
// @ts-expect-error a rank is a number
const wrong: string = comm.rank;
const sent = new Float64Array([rank]);
const got = new Float64Array(1);
const right = (rank + 1) % comm.size;
comm.Sendrecv(sent, right, 0, got, MPI.ANY_SOURCE, 0);
console.log('rank', rank, 'of', comm.size, 'got', got[0], typeof wrong);
`,
  'native.mjs': `import { loadNative } from './node_modules/mpi4ts/dist/src/native.js';
console.log(loadNative().reason ?? 'native');
`,
};

async function installed(t: ExecutionContext, name: string, flags: readonly string[]): Promise<string> {
  const target = join(folder, name);
  const log = join(folder, `${name}.log`);
  await mkdir(target);
  await writeFile(join(target, 'package.json'), '{"private":true}\n');
  for (const [file, text] of Object.entries(jobs)) await writeFile(join(target, file), text);
  const env = { ...process.env, PATH: (await fakeCompilers(log)) + delimiter + process.env.PATH };
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...flags, tarball];
  const outcome = await runProgram('npm', args, { cwd: target, env, timeoutMs });
  t.is(outcome.code, 0, outcome.stderr);
  t.false(existsSync(log), existsSync(log) ? await readFile(log, 'utf8') : '');
  // That the note would have been taken.
  await runProgram('sh', ['-c', 'g++ --version'], { env });
  t.true(existsSync(log));
  return target;
}

function says(t: ExecutionContext, outcome: Outcome, lines: readonly string[]): void {
  t.is(outcome.code, 0, outcome.stderr);
  t.deepEqual(outcome.stdout.trimEnd().split('\n').sort(), lines);
}

for (const [name, flags] of [
  ['with install scripts', []],
  ['without install scripts', ['--ignore-scripts']],
] as const) {
  test.serial(`installs ${name} and runs`, async (t) => {
    t.timeout(2 * timeoutMs);
    const cwd = await installed(t, name.replaceAll(' ', '-'), flags);
    for (const major of majors) {
      const runtime = await node(major);
      if (typeof runtime === 'string') {
        t.log(`skipped: ${runtime}`);
        continue;
      }
      const run = (...args: string[]) => runProgram(runtime.path, args, { cwd });
      const mpirun = 'node_modules/mpi4ts/dist/launcher/bin/mpirun.js';
      says(t, await run('job.mjs'), ['rank 0 of 1']);
      says(t, await run('job.cjs'), ['rank 0 of 1']);
      says(t, await run(mpirun, '-n', '2', 'job.cjs'), ['rank 0 of 2', 'rank 1 of 2']);
      says(t, await run(mpirun, '-n', '2', 'job.ts'), [
        'rank 0 of 2 got 1 number',
        'rank 1 of 2 got 0 number',
      ]);
      says(t, await run(mpirun, '--transport', 'ws', '-n', '2', 'job.ts'), [
        'rank 0 of 2 got 1 number',
        'rank 1 of 2 got 0 number',
      ]);
      if (existsSync(binary)) says(t, await run('native.mjs'), ['native']);
    }
    const tsc = resolve('node_modules/typescript/bin/tsc');
    for (const [module, moduleResolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ]) {
      const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom'];
      const args = [...options, '--module', module, '--moduleResolution', moduleResolution, 'job.ts'];
      const outcome = await runProgram(process.execPath, [tsc, ...args], { cwd });
      t.is(outcome.code, 0, `${moduleResolution}: ${outcome.stdout}`);
    }
  });
}
