import { spawn } from 'node:child_process';
import ava from 'ava';
import { launch, mpirunPath, rankOptions } from '../support/launch.js';
import { directoryWith, seat, sortedLines } from './fixture.js';

// One job at a time: each has threads enough for the machine.
const test = ava.serial;

const counter = `${seat}let bytes = 0; for await (const chunk of process.stdin) bytes += chunk.length; console.log(rank, bytes);`;
const megabytes = 'x'.repeat(3_000_000);

const cases: [string[], string[]][] = [
  [[], ['0 3000000', '1 0', '2 0']],
  [
    ['--stdin', '2'],
    ['0 0', '1 0', '2 3000000'],
  ],
  [
    ['--stdin', 'all'],
    ['0 3000000', '1 3000000', '2 3000000'],
  ],
  [
    ['--stdin', 'none'],
    ['0 0', '1 0', '2 0'],
  ],
];

for (const [options, expected] of cases)
  test(`standard input goes to the rank asked for: ${options.join(' ') || 'rank 0'}`, async (t) => {
    const directory = directoryWith(t, { 'job.mjs': counter });
    const { code, stdout } = await launch([...options, '-n', '3', 'job.mjs'], {
      cwd: directory,
      stdin: megabytes,
    });
    t.deepEqual([code, sortedLines(stdout)], [0, expected]);
  });

test('--stdin all reaches those that start last', async (t) => {
  const directory = directoryWith(t, { 'job.mjs': counter });
  const { stdout } = await launch(['--stdin', 'all', '-n', '20', 'job.mjs'], {
    cwd: directory,
    stdin: megabytes,
  });
  const expected = Array.from({ length: 20 }, (_, rank) => `${rank} 3000000`);
  t.deepEqual(sortedLines(stdout), expected.sort());
});

test('readline reads lines, and a program that stops reading may end', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}
      import { createInterface } from 'node:readline';
      const lines = createInterface({ input: process.stdin });
      lines.on('line', (line) => { console.log(rank, line); if (line === 'b') lines.close(); });`,
  });
  const { code, stdout } = await launch(['-n', '1', 'job.mjs'], {
    cwd: directory,
    stdin: `a\nb\n${megabytes}`,
  });
  t.is(code, 0);
  t.regex(stdout, /^0 a\n0 b\n/);
});

for (const [what, source] of [
  ['nobody reads', 'setTimeout(() => console.log("done"), 50);'],
  [
    'a rank reads and then pauses',
    'process.stdin.on("data", () => {}); setTimeout(() => { process.stdin.pause(); console.log("done"); }, 50);',
  ],
] as const)
  test(`an open standard input keeps nobody alive: ${what}`, async (t) => {
    const directory = directoryWith(t, { 'job.mjs': source });
    const child = spawn(process.execPath, [mpirunPath, ...rankOptions, '-n', '2', 'job.mjs'], {
      cwd: directory,
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    const code = await new Promise((resolve) => child.on('exit', resolve));
    clearTimeout(timer);
    child.stdin.destroy();
    t.is(code, 0);
  });

test('input arrives while the job runs, not only at its end', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}process.stdin.on('data', (chunk) => { console.log('got ' + chunk); process.exit(0); }); if (rank === 0) console.log('ready');`,
  });
  const child = spawn(process.execPath, [mpirunPath, ...rankOptions, '-n', '1', 'job.mjs'], {
    cwd: directory,
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    if (text === 'ready\n') child.stdin.write('hello');
  }
  clearTimeout(timer);
  t.is(text, 'ready\ngot hello\n');
});

test('a rank may read file descriptor 0 itself', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}import { readFileSync } from 'node:fs'; if (rank === 0) console.log(readFileSync(0, 'utf8').length);`,
  });
  const { stdout } = await launch(['-n', '2', 'job.mjs'], { cwd: directory, stdin: megabytes });
  t.is(stdout, '3000000\n');
});
