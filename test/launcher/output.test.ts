import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ava from 'ava';
import { betweenThreads, LAUNCHER_HOLDER, WORD_LOCK } from '../../launcher/output/words.js';
import { recoverLock, writeLocked } from '../../launcher/output/write.js';
import { launch, mpirunPath, rankOptions } from '../support/launch.js';
import { block, directoryWith, seat, sortedLines } from './fixture.js';

// One job at a time: each has threads enough for the machine.
const test = ava.serial;

test('whole lines of any length never mix, also in a pipe whose reader is slow', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}
      const letter = 'abcd'[rank];
      for (let i = 0; i < 60; i++) (i % 2 ? console.log : console.error)(letter.repeat(10_000 + 977 * i));
      process.stdout.write(letter.repeat(300_000)); // a line in pieces
      process.stdout.write(letter.repeat(300_000) + '\\n');`,
  });
  const command = `"${process.execPath}" "${mpirunPath}" ${rankOptions.join(' ')} -n 4 job.mjs 2>&1`;
  const child = spawn('sh', ['-c', command], { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
  const lengths: Record<string, number[]> = { a: [], b: [], c: [], d: [] };
  let rest = '';
  for await (const chunk of child.stdout.setEncoding('latin1')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      t.regex(line, /^(a+|b+|c+|d+)$/);
      lengths[line[0]].push(line.length);
    }
    await sleep(1);
  }
  t.is(rest, '');
  const expected = [...Array.from({ length: 60 }, (_, i) => 10_000 + 977 * i), 600_000];
  for (const letter of 'abcd') t.deepEqual(lengths[letter], expected);
});

test('a pipe in non-blocking mode loses nothing', (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}for (let i = 0; i < 100; i++) console.log('abcd'[rank].repeat(20_000));`,
    // Opens its output end non-blocking for all who share it, reads only after a while.
    'harness.py': `
import fcntl, os, subprocess, sys, time
r, w = os.pipe()
fcntl.fcntl(w, fcntl.F_SETFL, fcntl.fcntl(w, fcntl.F_GETFL) | os.O_NONBLOCK)
p = subprocess.Popen(sys.argv[1:], stdout=w, stdin=subprocess.DEVNULL)
os.close(w)
time.sleep(0.5)
text = b''
while True:
    part = os.read(r, 65536)
    if not part: break
    text += part
lines = text.split(b'\\n')
assert lines.pop() == b''
print(p.wait(), len(lines), all(len(l) == 20000 and len(set(l)) == 1 for l in lines))
`,
  });
  const args = [
    join(directory, 'harness.py'),
    process.execPath,
    mpirunPath,
    ...rankOptions,
    '-n',
    '4',
    join(directory, 'job.mjs'),
  ];
  const { stdout, error, stderr } = spawnSync('python3', args, { encoding: 'utf8', timeout: 60_000 });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    return t.pass('there is no Python here');
  t.is(stdout, '0 400 True\n', stderr);
});

test('a line appears at once, though the rank blocks right after it', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}console.log('out ' + rank); console.error('err ' + rank); ${block}`,
  });
  const when = /^(?=[\s\S]*out 0)(?=[\s\S]*out 1)(?=[\s\S]*err 0)(?=[\s\S]*err 1)/;
  const { code } = await launch(['-n', '2', 'job.mjs'], {
    cwd: directory,
    kill: { signal: 'SIGTERM', when },
  });
  t.is(code, 143);
});

test('partial lines appear at beforePark, after a moment, and at exit', async (t) => {
  const directory = directoryWith(t, {
    'park.mjs': `${seat}process.stdout.write('parked ' + rank); beforePark(); ${block}`,
    'prompt.mjs': `${seat}process.stdout.write('prompt ' + rank + '> '); setInterval(() => {}, 1000);`,
    'exit.mjs': `${seat}process.stdout.write('end' + rank); process.on('exit', () => process.stdout.write('!'));`,
  });
  for (const name of ['park', 'prompt']) {
    const when = /^(?=[\s\S]*(parked|prompt) 0)(?=[\s\S]*(parked|prompt) 1)/;
    const kill = { signal: 'SIGTERM', when } as const;
    t.is((await launch(['-n', '2', `${name}.mjs`], { cwd: directory, kill })).code, 143);
  }
  const { stdout } = await launch(['-n', '2', 'exit.mjs'], { cwd: directory });
  t.is([...stdout].sort().join(''), '!!01ddeenn');
});

test('--tag-output and --timestamp-output label every line, once', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `process.stdout.write('a\\nb'); process.stdout.write('c\\n\\n'); console.error('e');`,
  });
  const tagged = await launch(['--tag-output', '-n', '1', 'job.mjs'], { cwd: directory });
  t.is(tagged.stdout, '[1,0]<stdout>: a\n[1,0]<stdout>: bc\n[1,0]<stdout>: \n');
  t.is(tagged.stderr, '[1,0]<stderr>: e\n');
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
  const timed = await launch(['--timestamp-output', '-n', '1', 'job.mjs'], { cwd: directory });
  t.regex(timed.stderr, new RegExp(`^${time} <stderr>: e\n$`));
  const both = await launch(['--timestamp-output', '--tag-output', '-n', '2', 'job.mjs'], { cwd: directory });
  t.is(both.stdout.match(new RegExp(`^${time} \\[1,[01]\\]<stdout>: (a|bc|)$`, 'gm'))?.length, 6);
});

test('--output-filename copies to files, or writes there only', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}console.log('out', rank); console.error('err', rank);`,
  });
  const both = await launch(['--output-filename', 'logs', '-n', '2', 'job.mjs'], { cwd: directory });
  t.deepEqual(sortedLines(both.stdout), ['out 0', 'out 1']);
  for (const rank of [0, 1]) {
    t.is(readFileSync(join(directory, `logs/1/rank.${rank}/stdout`), 'utf8'), `out ${rank}\n`);
    t.is(readFileSync(join(directory, `logs/1/rank.${rank}/stderr`), 'utf8'), `err ${rank}\n`);
  }
  const only = await launch(['--output-filename', 'r/%r.txt:nocopy', '-n', '2', 'job.mjs'], {
    cwd: directory,
  });
  t.is(only.stdout + only.stderr, '');
  t.deepEqual(readdirSync(join(directory, 'r')), ['0.txt', '1.txt']);
  t.is(readFileSync(join(directory, 'r/1.txt'), 'utf8'), 'out 1\nerr 1\n');
});

test('when the reader goes away the job ends quietly, like a Unix tool', (t) => {
  const directory = directoryWith(t, { 'job.mjs': `for (;;) console.log('y');` });
  const command = `{ "${process.execPath}" "${mpirunPath}" ${rankOptions.join(' ')} -n 3 job.mjs; echo code $? >&2; } | head -2`;
  const { stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: directory,
    encoding: 'utf8',
    timeout: 60_000,
  });
  t.is(stdout, 'y\ny\n');
  t.is(stderr, 'code 141\n');
});

test('process.stdout is a proper stream', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `
      import { Readable, Writable } from 'node:stream';
      import { pipeline } from 'node:stream/promises';
      const { stdout } = process;
      const facts = [stdout instanceof Writable, stdout.fd, stdout.isTTY, stdout.writable];
      await new Promise((done) => stdout.write('first\\n', done));
      await pipeline(Readable.from(['pi', 'ped\\n']), stdout, { end: false });
      Readable.from(['second\\n']).pipe(stdout);
      await new Promise((done) => setTimeout(done, 20));
      const reused = Buffer.from('kept');
      stdout.write(reused);
      reused.fill('x');
      stdout.write(Buffer.from('!\\n'));
      stdout.write('6869', 'hex');
      stdout.write('\\n');
      await new Promise((done) => stdout.end('last\\n', done));
      stdout.on('error', (error) => console.error(error.code));
      stdout.write('too late');
      console.error(JSON.stringify(facts));`,
  });
  const { code, stdout, stderr } = await launch(['-n', '2', '--tag-output', 'job.mjs'], { cwd: directory });
  t.is(code, 0);
  const mine = (text: string) => text.match(/^\[1,1\].*$/gm)!.map((line) => line.replace(/^.*?: /, ''));
  t.deepEqual(mine(stdout), ['first', 'piped', 'second', 'kept!', 'hi', 'last']);
  t.deepEqual(mine(stderr).sort(), ['ERR_STREAM_WRITE_AFTER_END', '[true,1,null,true]'].sort());
});

test('the lock of a holder that has ended is recovered, another holder keeps it', (t) => {
  const share = betweenThreads();
  const { words } = share;
  words[WORD_LOCK] = 3;
  recoverLock(share, 2);
  t.is(words[WORD_LOCK], 3);
  recoverLock(share, 3);
  t.is(words[WORD_LOCK], 0);
  writeLocked(share, LAUNCHER_HOLDER, 1, new Uint8Array(0));
  t.is(words[WORD_LOCK], 0);
});

test('a rank that ends while it prints leaves the others their turn', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `${seat}
      if (rank === 1) setTimeout(() => process.exit(0), 50), setInterval(() => console.log('b'.repeat(50_000)), 0);
      else setTimeout(() => console.log('still here'), 300);`,
  });
  const { code, stdout } = await launch(['-n', '2', 'job.mjs'], { cwd: directory });
  t.is(code, 0);
  t.regex(stdout, /still here\n$/);
});
