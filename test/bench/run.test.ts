/** Runs with contenders that only pretend: order, calibration, and what becomes of those who fail or lack. */
import test from 'ava';
import { contendersFor } from '../../bench/contenders/index.js';
import { programOf } from '../../bench/contenders/ours.js';
import type { Block, Contender } from '../../bench/contract.js';
import { parseOptions } from '../../bench/options.js';
import { planOf } from '../../bench/plan.js';
import { calibrated, type Listener, measure, orderOf } from '../../bench/run.js';
import { UsageError } from '../../launcher/usage.js';

/** Takes 1 µs a round; notes its name whenever it runs. */
function pretend(name: string, log: string[], more: Partial<Contender> = {}): Contender {
  const run = async ({ steps }: Block) => {
    log.push(name);
    return steps.map(({ size, iterations }) => ({ size, iterations, seconds: iterations * 1e-6 }));
  };
  return { peer: name, name, works: ['latency'], run, ...more };
}

function failing(name: string, log: string[], after: number): Contender {
  const good = pretend(name, log);
  const run = async (block: Block) => {
    if (after-- <= 0) throw new Error(`${name}: validation failed: byte 3\nand more`);
    return good.run(block);
  };
  return { ...good, run };
}

const plan = (line: string) => planOf('latency', parseOptions(line.split(' ')));
const listener = () => {
  const told: string[] = [];
  return { told, progress() {}, tell: (text: string) => told.push(text) } satisfies Listener & {
    told: string[];
  };
};

test('everybody runs in turn, and each block begins with somebody else', async (t) => {
  const log: string[] = [];
  const contenders = ['a', 'b', 'c'].map((name) => pretend(name, log));
  const { series, failures } = await measure(
    plan('--sizes 0,8 --iterations 5 --blocks 4'),
    contenders,
    listener(),
  );
  t.is(log.join(''), 'abcbcacababc');
  t.deepEqual(failures, []);
  t.deepEqual(
    series.map(({ contender, blocks }) => [contender.name, blocks.length, blocks[0].length]),
    [
      ['a', 4, 2],
      ['b', 4, 2],
      ['c', 4, 2],
    ],
  );
  t.deepEqual(series[0].steps[1], { size: 8, iterations: 5, warmup: 5 });
  t.deepEqual(orderOf([], 3), []);
});

test('never two at once', async (t) => {
  let running = 0;
  const slow = (name: string) => {
    const good = pretend(name, []);
    const run = async (block: Block) => {
      t.is(++running, 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return good.run(block);
    };
    return { ...good, run };
  };
  await measure(plan('--sizes 8 --blocks 3'), [slow('a'), slow('b')], listener());
  t.is(running, 0);
});

test('every size is rehearsed in the process that then measures it', async (t) => {
  const asked: string[] = [];
  const contender: Contender = {
    ...pretend('a', []),
    run: async ({ steps }) => {
      asked.push(steps.map(({ size, iterations }) => `${size}x${iterations}`).join(' '));
      return steps.map(({ size, iterations }, i) => ({ size, iterations, seconds: i + 1 }));
    },
  };
  const { series } = await measure(plan('--sizes 0,8 --iterations 5 --blocks 1'), [contender], listener());
  t.deepEqual(asked, ['0x1 8x1 0x5 8x5']);
  t.deepEqual(
    series[0].blocks[0].map(({ size, seconds }) => [size, seconds]),
    [
      [0, 3],
      [8, 4],
    ],
  );
});

test('iterations are chosen so that a size takes the time asked for', async (t) => {
  const { series } = await measure(plan('--sizes 8 --time 0.5 --blocks 1'), [pretend('a', [])], listener());
  t.is(series[0].steps[0].iterations, 500_000);
  t.is(series[0].steps[0].warmup, 50_000);
  t.is(calibrated([{ size: 8, iterations: 1, seconds: 60 }], 0.1)[0].iterations, 1);
  t.is(calibrated([{ size: 8, iterations: 1e6, seconds: 1e-9 }], 3600)[0].iterations, 1e9);
});

test('who is missing is named once and skipped', async (t) => {
  const log: string[] = [];
  const heard = listener();
  const missing = 'x is not installed (install x)';
  const contenders = [
    pretend('a', log),
    pretend('x', log, { missing }),
    pretend('x, at its best', log, { missing }),
    pretend('y', log, { works: ['barrier'] }),
    pretend('z', log, { ranks: 3 }),
  ];
  const { series, failures } = await measure(plan('--sizes 8 --iterations 1 --blocks 2'), contenders, heard);
  t.deepEqual(heard.told, [
    `skipped: ${missing}`,
    'skipped: y has no latency',
    'skipped: z has 3 ranks only',
  ]);
  t.deepEqual(failures, []);
  t.is(series.length, 1);
  t.deepEqual(log, ['a', 'a']);
});

for (const [when, after] of [
  ['while calibrating', 1],
  ['in a block', 3],
] as const)
  test(`who fails ${when} has no figures, and the others go on`, async (t) => {
    const log: string[] = [];
    const heard = listener();
    const contenders = [pretend('a', log), failing('b', log, after), pretend('c', log)];
    const { series, failures } = await measure(plan('--sizes 8 --blocks 4'), contenders, heard);
    t.deepEqual(failures, ['b: validation failed: byte 3']);
    t.deepEqual(heard.told, failures);
    t.deepEqual(
      series.map(({ contender, blocks }) => [contender.name, blocks.length]),
      [
        ['a', 4],
        ['c', 4],
      ],
    );
  });

test('if we fail, nothing more is run and nothing is told of the others', async (t) => {
  const log: string[] = [];
  const contenders = [failing('a', log, 0), pretend('b', log)];
  const outcome = await measure(plan('--sizes 8 --iterations 3 --blocks 4'), contenders, listener());
  t.deepEqual(outcome, { series: [], failures: ['a: validation failed: byte 3'] });
  t.deepEqual(log, []);
});

const block: Block = {
  work: 'latency',
  ranks: 2,
  steps: [
    { size: 0, iterations: 10, warmup: 1 },
    { size: 8, iterations: 20, warmup: 2 },
  ],
  buffers: 'reuse',
  validate: true,
};

test('ranks are bound when there are cores for all', (t) => {
  const two = programOf({ ...block, ranks: 1 }, { transport: 'processes', native: true, mixed: false });
  t.true(two.args.includes('--bind-to'));
  t.true(two.args.includes('--processes'));
  t.regex(two.args.at(-1) ?? '', /works\.js$/);
  const many = programOf({ ...block, ranks: 500 }, { transport: 'threads', native: true, mixed: true });
  t.false(many.args.includes('--bind-to'));
  t.false(many.args.includes('--processes'));
  t.is(many.args.at(-1), '--mixed');
});

test('ranks talk over sockets where the options say so', async (t) => {
  const wire = (transport: 'processes-unix' | 'tcp') => {
    const { args } = programOf(block, { transport, native: true, mixed: false });
    return args.filter((arg) => /^(--processes|--transport|tcp|unix)$/.test(arg)).join(' ');
  };
  t.is(wire('processes-unix'), '--processes --transport unix');
  t.is(wire('tcp'), '--transport tcp');
  const names = async (line: string) => (await contendersFor(plan(line))).map(({ name }) => name);
  t.deepEqual(await names('--transport unix --versus tcp,raw-unix'), [
    'mpi4ts, unix',
    'mpi4ts, tcp',
    'raw-unix',
  ]);
  // What memory can do at best is no measure for sockets.
  t.deepEqual(await names('--versus raw-tcp'), ['mpi4ts', 'raw-tcp', 'floor']);
});

test('a configuration that changes collectives only has no part in the rest', async (t) => {
  const names = async (work: 'latency' | 'bcast' | 'object-bcast') => {
    const options = parseOptions(['--versus', 'openmpi']);
    return (await contendersFor(planOf(work, options))).map(({ name }) => name);
  };
  const two = ['mpi4ts', 'openmpi', 'openmpi, at its best'];
  t.deepEqual(await names('latency'), [...two, 'floor']);
  t.deepEqual(await names('bcast'), [...two, 'openmpi, tuned collectives']);
  t.deepEqual(
    await names('object-bcast'),
    [...two, 'openmpi, tuned collectives'],
    'who has to be told that it cannot',
  );
});

test('our variants can be compared with each other; unknown names are refused', async (t) => {
  const contenders = await contendersFor(plan('--versus mpi4ts,no-native,mixed --mixed'));
  t.deepEqual(
    contenders.map(({ name }) => name),
    ['mpi4ts, mixed', 'mpi4ts', 'mpi4ts, no addon', 'mpi4ts, mixed, again'],
  );
  await t.throwsAsync(contendersFor(plan('--versus lam')), {
    instanceOf: UsageError,
    message:
      /^--versus lam: give some of openmpi, mpich, mpi4py, postmessage, zeromq, node-net, openmpi-tcp, raw-tcp, raw-unix, mpi4ts/,
  });
});
