import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parseCommandLine } from '../../launcher/cli/parse.js';
import { launch, mpi4tsPath } from '../support/launch.js';
import { directoryWith, seat, sortedLines } from './fixture.js';

const parse = (line: string) => parseCommandLine(line === '' ? [] : line.split(' '));

function running(line: string) {
  const request = parse(line);
  if (request.kind !== 'run') throw new Error(`${line} runs nothing`);
  return request.run;
}

test('options end at the program, whose arguments are its own', (t) => {
  const { programs, tagOutput } = running('--tag-output -n 2 job.js -n 5 --help x');
  t.deepEqual(programs, [{ program: 'job.js', args: ['-n', '5', '--help', 'x'], env: {}, ranks: 2 }]);
  t.true(tagOutput);
});

test('long options take one or two dashes, and their value after = or a blank', (t) => {
  for (const line of ['-np 2 j', '--np 2 j', '-n=2 j', '--n=2 j'])
    t.is(running(line).programs[0].ranks, 2, line);
  t.is(running('-timeout 1.5 j').timeoutSeconds, 1.5);
  t.is(running('-n 1 -- j').programs[0].program, 'j');
});

test('without -n the number of ranks is left to the hosts or the cores', async (t) => {
  t.is(running('j').programs[0].ranks, undefined);
  const directory = directoryWith(t, { 'job.mjs': `${seat}console.log(rank);` });
  const here = ['--host', 'localhost:2,127.0.0.1', 'job.mjs'];
  t.is(sortedLines((await launch(here, { cwd: directory })).stdout).length, 3);
  const named = await launch(['-H', `${hostname()}:5`, 'job.mjs'], { cwd: directory });
  t.is(sortedLines(named.stdout).length, 5);
});

test('MPMD: each program has its own ranks, arguments and variables', (t) => {
  const { programs } = running('-n 2 -x A=1 a.js x : -n 3 -x B=2=3 b.js');
  t.deepEqual(programs, [
    { program: 'a.js', args: ['x'], env: { A: '1' }, ranks: 2 },
    { program: 'b.js', args: [], env: { B: '2=3' }, ranks: 3 },
  ]);
});

test('--oversubscribe allows more ranks than slots', async (t) => {
  const directory = directoryWith(t, { 'job.mjs': `${seat}console.log(rank);` });
  const words = ['--host', 'localhost:2', '-n', '3', 'job.mjs'];
  const refused = await launch(words, { cwd: directory });
  t.is(refused.code, 2);
  t.regex(refused.stderr, /3 ranks do not fit the 2 slots.*--oversubscribe/);
  t.is((await launch(['--oversubscribe', ...words], { cwd: directory })).code, 0);
});

test('hosts have names, addresses, users and slots', (t) => {
  t.deepEqual(running('--host a:4,b,c.d-e:1 j').hosts, [
    { name: 'a', slots: 4 },
    { name: 'b', slots: 1 },
    { name: 'c.d-e', slots: 1 },
  ]);
  t.deepEqual(running('-H me@10.0.0.1:2,[fd00::1]:3,fd00::2 j').hosts, [
    { name: 'me@10.0.0.1', slots: 2 },
    { name: 'fd00::1', slots: 3 },
    { name: 'fd00::2', slots: 1 },
  ]);
});

test('a hostfile has the syntax of Open MPI and of Hydra', (t) => {
  const directory = directoryWith(t, {
    open: '# mine\nnode1 slots=2 max-slots=4\n\nnode2 slots = 1 # last\nnode3\n',
    hydra: 'node1:4\nnode2:2 user=me\n',
    empty: '# nothing\n',
    odd: 'node1 slots=2\n\nnode2 slots=two\n',
    word: 'node1:2 sluts=2\n',
    option: 'node1\n-oProxyCommand=x\n',
  });
  t.deepEqual(running(`--hostfile ${directory}/open j`).hosts, [
    { name: 'node1', slots: 2 },
    { name: 'node2', slots: 1 },
    { name: 'node3' },
  ]);
  t.deepEqual(running(`--machinefile ${directory}/hydra j`).hosts, [
    { name: 'node1', slots: 4 },
    { name: 'me@node2', slots: 2 },
  ]);
  t.deepEqual(running(`--hostfile ${directory}/open --host a j`).hosts, [{ name: 'a', slots: 1 }]);
  for (const [file, message] of [
    ['empty', /names no host/],
    ['nowhere', /cannot be read \(ENOENT\)/],
    ['odd', /odd line 3: 'two' is no number of slots/],
    ['word', /word line 1: 'sluts=2' is unknown/],
    ['option', /option line 2: '-oProxyCommand=x' is no name of a host/],
  ] as const)
    t.throws(() => parse(`--hostfile ${directory}/${file} j`), { name: 'UsageError', message });
});

const wrong: [string, RegExp][] = [
  ['', /no program given/],
  ['-n 2', /no program given/],
  ['-n', /-n needs a value/],
  ['-n 0 j', /-n 0: give a number of ranks from 1 to 512/],
  ['-n x j', /-n x: give a number/],
  ['-n -1 j', /-n -1: give a number/],
  ['-n 1.5 j', /-n 1.5: give a number/],
  ['-n 513 j', /-n 513: give a number/],
  ['-q j', /unknown option -q/],
  ['--tag-outputs j', /unknown option --tag-outputs \(see mpirun --help\)/],
  ['--tag-output=yes j', /--tag-output takes no value \(got 'yes'\)/],
  ['--timeout 0 j', /--timeout 0: give a number of seconds/],
  ['--timeout -1 j', /--timeout -1/],
  ['--timeout NaN j', /--timeout NaN/],
  ['--timeout 1e99 j', /--timeout 1e99/],
  ['--stdin some j', /--stdin some: give all or none/],
  ['--bind-to socket j', /--bind-to socket: give core or none/],
  ['--host a,,b j', /--host a,,b: give hosts as NAME:SLOTS/],
  ['--host -oProxyCommand=x j', /'-oProxyCommand=x' is no name of a host/],
  ['--host a;b j', /'a;b' is no name of a host/],
  ['--map-by core j', /--map-by core: give slot or node/],
  ['--heartbeat -1 j', /--heartbeat -1: give a number of seconds from 0/],
  ['--start-timeout 0 j', /--start-timeout 0: give a number of seconds greater than 0/],
  ['--host localhost:0 j', /'0' is no number of slots/],
  ['--host localhost:two j', /'two' is no number of slots/],
  ['-x =1 j', /-x =1: give NAME/],
  ['-x MPI4TS_NOT_SET j', /no such variable/],
  ['--wdir a -n 1 j : --wdir b -n 1 k', /--wdir b: a job has one working directory/],
  ['-n 2 a.js :', /no program given before or after ':'/],
];

for (const [line, message] of wrong)
  test(`bad command line: ${line || '(empty)'}`, (t) => {
    t.throws(() => parse(line), { name: 'UsageError', message });
  });

test('a command line that cannot be carried out starts nothing: exit code 2 and one line', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': 'console.log("started")',
    'data.py': '',
    'folder/x.js': '',
  });
  const cases: [string[], RegExp][] = [
    [['-n', '0', 'job.mjs'], /^mpirun: -n 0: .*\n$/],
    [['job.mjs', ':', '-n', '2', 'job.mjs'], /^mpirun: with ':' each program needs its own -n .*\n$/],
    [['--host', 'a:1', '-n', '2', 'job.mjs'], /^mpirun: 2 ranks do not fit the 1 slot given.*\n$/],
    [['--host', 'a:1', '--transport', 'unix', 'job.mjs'], /^mpirun: --transport unix: its sockets.*\n$/],
    [['--zerocopy', '-n', '2', 'job.mjs'], /^mpirun: --zerocopy: only TCP .*\n$/],
    [['--zerocopy', '--transport', 'unix', '-n', '2', 'job.mjs'], /^mpirun: --zerocopy: only TCP .*\n$/],
    [['--zerocopy', '--transport', 'ws', '--host', 'a,b', 'job.mjs'], /^mpirun: --zerocopy: only TCP .*\n$/],
    [['--zerocopy', '--host', 'a:2', '-n', '2', 'job.mjs'], /^mpirun: --zerocopy: only TCP .*\n$/],
    [['-n', '2', 'nowhere.js'], /^mpirun: the program 'nowhere.js' does not exist .*\n$/],
    [['-n', '2', 'job'], /^mpirun: the program 'job' does not exist .*did you mean 'job.mjs'\?\n$/],
    [['-n', '2', 'folder'], /^mpirun: the program 'folder' is a directory.*\n$/],
    [['-n', '2', 'data.py'], /^mpirun: 'data.py' is not a program for ranks.*\n$/],
    [['-n', '2', 'node', 'job.mjs'], /^mpirun: leave out 'node'.*\n$/],
    [['-n', '300', 'job.mjs', ':', '-n', '300', 'job.mjs'], /^mpirun: 600 ranks are too many: .* 512\n$/],
    [['-n', '2', '--stdin', '2', 'job.mjs'], /^mpirun: --stdin 2: the job has ranks 0 to 1.*\n$/],
    [['-n', '1', '--wdir', 'nowhere', join(directory, 'job.mjs')], /^mpirun: .*'.*nowhere'.*ENOENT.*\n$/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await launch(args, { cwd: directory });
    t.is(code, 2, args.join(' '));
    t.is(stdout, '');
    t.regex(stderr, message);
  }
});

test('--help and --version', async (t) => {
  const help = await launch(['--help']);
  t.is(help.code, 0);
  t.regex(help.stdout, /--output-filename/);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  t.is((await launch(['-n', '2', '--version'])).stdout, `mpirun (mpi4ts) ${version}\n`);
  t.is((await launch(['--version'], { script: mpi4tsPath })).stdout, `mpi4ts ${version}\n`);
  t.regex((await launch(['--help'], { script: mpi4tsPath })).stdout, /mpi4ts info/);
});

test('mpi4ts info --collectives lists which algorithm serves which message', async (t) => {
  const env = { MPI4TS_COLL_ALLREDUCE: 'ring' };
  const text = await launch(['info', '--collectives'], { script: mpi4tsPath, env });
  t.regex(text.stdout, /^bcast\n {2}memory +2 ranks +binomial$/m);
  t.regex(text.stdout, /^allreduce\n {2}memory +2 ranks +ring \(MPI4TS_COLL_ALLREDUCE\)$/m);
  t.regex(
    text.stdout,
    /^shared \(.*\): barrier, bcast, .*, reduce, reduce_scatter, scan, exscan\nhierarchical \(.*\): barrier, bcast, gather, .*, reduce, reduce_scatter, scan, exscan\n/,
  );
  const json = await launch(['info', '--json', '--collectives'], { script: mpi4tsPath, env });
  const { before, forced, byMessages } = JSON.parse(json.stdout);
  for (const { way, of, collectives } of before)
    t.true(`\n${text.stdout}`.includes(`\n${way} (${of}): ${collectives.join(', ')}\n`), way);
  t.deepEqual(forced, env);
  t.true(
    byMessages.every((row: Record<string, unknown>) => typeof row.predictedUs === 'number' && row.use !== ''),
  );
});

test('mpi4ts info tells what is here, for people and as JSON', async (t) => {
  const env = { MPI4TS_NATIVE: '0' };
  const text = await launch(['info'], { script: mpi4tsPath, env });
  t.regex(text.stdout, /addon +not available: switched off by MPI4TS_NATIVE=0\n/);
  const json = await launch(['info', '--json'], { script: mpi4tsPath, env });
  const info = JSON.parse(json.stdout);
  t.is(info.node, process.versions.node);
  t.true(info.cores.usable >= 1 && info.cores.usable <= info.cores.affinity);
  t.deepEqual(info.addon, { available: false, reason: 'switched off by MPI4TS_NATIVE=0' });
});

test('mpi4ts run is mpirun; other commands are refused', async (t) => {
  const directory = directoryWith(t, { 'job.mjs': 'console.log("ran")' });
  const ran = await launch(['run', '-n', '2', 'job.mjs'], { script: mpi4tsPath, cwd: directory });
  t.deepEqual([ran.code, ran.stdout], [0, 'ran\nran\n']);
  for (const args of [[], ['dance'], ['info', '--yaml']]) {
    const { code, stderr } = await launch(args, { script: mpi4tsPath });
    t.is(code, 2);
    t.regex(stderr, /^mpi4ts: (no command|unknown command dance|info: unknown option --yaml)/);
  }
});

test('ranks get their arguments, variables, directory, program index and --check', async (t) => {
  const directory = directoryWith(t, {
    'job.mjs': `const { rank, appnum, check } = globalThis[Symbol.for('mpi4ts.seat')];
      console.log(rank, appnum, check, process.argv.slice(2).join(), process.env.WHO, process.cwd());`,
    'sub/keep': '',
  });
  const job = join(directory, 'job.mjs');
  const args = [
    '--check',
    '--wdir',
    'sub',
    '-n',
    '1',
    '-x',
    'WHO=a',
    job,
    'x',
    'y',
    ':',
    '-n',
    '2',
    '-x',
    'WHO',
    job,
  ];
  const { code, stdout } = await launch(args, { cwd: directory, env: { WHO: 'outer' } });
  t.is(code, 0);
  t.deepEqual(sortedLines(stdout), [
    `0 0 true x,y a ${directory}/sub`,
    `1 1 true  outer ${directory}/sub`,
    `2 1 true  outer ${directory}/sub`,
  ]);
});

test('--bind-to core without the addon warns once and runs', async (t) => {
  const directory = directoryWith(t, { 'job.mjs': `${seat}console.log(rank, size)` });
  const { code, stdout, stderr } = await launch(['--bind-to', 'core', '-n', '2', 'job.mjs'], {
    cwd: directory,
    env: { MPI4TS_NATIVE: '0' },
  });
  t.deepEqual([code, sortedLines(stdout)], [0, ['0 2', '1 2']]);
  t.regex(stderr, /^mpirun: --bind-to core: ranks are not bound, .*MPI4TS_NATIVE=0\)\n$/);
});
