/** The options of `mpi4ts bench`: what they mean, and one clear line for each bad value. */
import test from 'ava';
import { benchHelp } from '../../bench/help.js';
import { benchmarkNames } from '../../bench/index.js';
import { formatSize, type Options, parseOptions, parseSizes } from '../../bench/options.js';
import { blocksAlone, blocksVersus, planOf } from '../../bench/plan.js';
import { UsageError } from '../../launcher/usage.js';

const parse = (line: string) => parseOptions(line === '' ? [] : line.split(' '));

test('without options, everything has its default', (t) => {
  const expected: Options = {
    transport: 'threads',
    seconds: 0.1,
    buffers: 'reuse',
    validate: false,
    json: false,
    versus: [],
    native: true,
    mixed: false,
  };
  t.deepEqual(parse(''), expected);
});

test('every option is read', (t) => {
  const flags = '--validate --json --no-native --mixed';
  const values =
    '--ranks 4 --transport threads --sizes 0,1K --iterations 9 --buffers rotate --plot a.svg --blocks 3';
  t.deepEqual(parse(`${flags} ${values} --versus openmpi,mpich`), {
    ranks: 4,
    transport: 'threads',
    sizes: [0, 1024],
    iterations: 9,
    seconds: 0.1,
    buffers: 'rotate',
    validate: true,
    json: true,
    plot: 'a.svg',
    blocks: 3,
    versus: ['openmpi', 'mpich'],
    native: false,
    mixed: true,
  });
  t.is(parse('--time=0.25').seconds, 0.25);
  t.is(parse('--ranks 2 --ranks 3').ranks, 3);
});

const ranges: [string, number[]][] = [
  ['8', [8]],
  ['0:4', [0, 1, 2, 4]],
  ['3:9', [3, 4, 8, 9]],
  ['5:5', [5]],
  ['1K:4k', [1024, 2048, 4096]],
  ['0,8,64', [0, 8, 64]],
  ['1:2,1M', [1, 2, 1024 ** 2]],
  ['1G', [1024 ** 3]],
];
for (const [text, sizes] of ranges) test(`--sizes ${text}`, (t) => t.deepEqual(parseSizes(text), sizes));

test('the sizes of a range reach from zero to its end', (t) => {
  const sizes = parseSizes('0:4M');
  t.is(sizes.length, 24);
  t.is(sizes.at(-1), 4 * 1024 ** 2);
});

test('sizes are written as they are read', (t) => {
  for (const text of ['0', '8', '1000', '1K', '64K', '1536', '3K', '4M', '1G'])
    t.is(formatSize(parseSizes(text)[0]), text === '1536' ? '1536' : text);
});

/** What is wrong, and words that the message must have. */
const wrong: [string, RegExp][] = [
  ['--ranks 0', /--ranks 0: give a number of ranks from 1 to 512/],
  ['--ranks 513', /--ranks 513: .* to 512/],
  ['--ranks two', /--ranks two: give a number/],
  ['--ranks -1', /--ranks -1: give a number/],
  ['--ranks', /--ranks needs a value/],
  ['--ranks=', /--ranks needs a value/],
  ['--transport pigeon', /--transport pigeon: give threads or processes or tcp or unix or processes-tcp/],
  ['--transport processes --no-native', /--transport processes needs the addon/],
  ['--transport tcp --no-native', /--transport tcp needs the addon/],
  ['--sizes 4X', /--sizes 4X: '4X' is no size; give bytes as in/],
  ['--sizes -8', /--sizes -8: '-8' is no size/],
  ['--sizes 1.5K', /'1.5K' is no size/],
  ['--sizes 8,', /--sizes 8,: '' is no size/],
  ['--sizes 1:2:3', /'1:2:3' has two colons/],
  ['--sizes 64:8', /'64:8' runs backwards; give 8:64/],
  ['--sizes 8,1:8', /8 is in it twice/],
  ['--sizes 2G', /'2G' is too large; the largest message is 1G/],
  ['--sizes 999999999999G', /is too large/],
  ['--iterations 0', /--iterations 0: give a number of rounds from 1/],
  ['--iterations 1e3', /--iterations 1e3: give/],
  ['--time 0', /--time 0: give seconds greater than 0/],
  ['--time soon', /--time soon: give seconds/],
  ['--time 1e9', /--time 1e9: .* up to 3600/],
  ['--time Infinity', /--time Infinity: .* up to 3600/],
  ['--iterations 5 --time 1', /exclude each other/],
  ['--buffers new', /--buffers new: give reuse or rotate/],
  ['--blocks 0', /--blocks 0: give a number of blocks/],
  ['--versus openmpi,', /--versus openmpi,: give names with commas/],
  ['--versus mpich,mpich', /'mpich' is in it twice/],
  ['--json=yes', /--json takes no value \(got 'yes'\)/],
  ['--no-validate', /unknown option --no-validate/],
  ['--frobnicate', /unknown option --frobnicate \(see mpi4ts bench --help\)/],
  ['--constructor', /unknown option --constructor/],
  ['-n 4', /unknown option -n/],
  ['4M', /'4M' is one word too many/],
  ['-- 4M', /'4M' is one word too many/],
];
for (const [line, message] of wrong)
  test(`refused: ${line}`, (t) => {
    const error = t.throws(() => parse(line), { instanceOf: UsageError, message });
    t.false(error?.message.includes('\n'));
  });

test('the help names every benchmark and every option', (t) => {
  for (const name of benchmarkNames) t.regex(benchHelp, new RegExp(`^  ${name} `, 'm'));
  const options =
    'ranks transport sizes iterations time blocks buffers validate versus no-native mixed json plot';
  for (const option of options.split(' ')) t.regex(benchHelp, new RegExp(`^  --${option} `, 'm'));
});

test('a plan has what the work needs', (t) => {
  t.is(planOf('latency', parse('')).ranks, 2);
  t.is(planOf('latency', parse('')).blocks, blocksAlone);
  t.is(planOf('latency', parse('--versus mpich')).blocks, blocksVersus);
  t.is(planOf('latency', parse('--versus mpich --blocks 2')).blocks, 2);
  t.deepEqual(planOf('bandwidth', parse('--sizes 8')).sizes, [8]);
  t.is(planOf('message-rate', parse('')).sizes[0], 1);
  t.deepEqual(planOf('ring', parse('')).sizes, [8]);
  t.deepEqual(planOf('barrier', parse('--ranks 5')).sizes, [0]);
  t.is(planOf('multi-latency', parse('')).ranks % 2, 0);
  t.throws(() => planOf('latency', parse('--ranks 1')), { message: '--ranks 1: latency needs at least 2' });
  t.throws(() => planOf('multi-latency', parse('--ranks 3')), { message: /needs pairs; give 2 or 4/ });
  t.throws(() => planOf('barrier', parse('--sizes 8')), { message: /barrier has no messages; leave/ });
  t.deepEqual(planOf('allreduce', parse('')).sizes[0], 4);
  t.is(planOf('alltoall', parse('')).sizes.at(-1), 1024 ** 2);
  t.deepEqual(planOf('object-bcast', parse('')).sizes, [1024]);
  t.throws(() => planOf('scan', parse('--sizes 4,6')), { message: /scan adds floats .* not 6$/ });
  t.throws(() => planOf('allgather', parse('--ranks 4 --sizes 1G')), {
    message: /allgather has a block for each of 4 ranks; give up to 268435456 bytes, not 1G$/,
  });
  t.notThrows(() => planOf('bcast', parse('--ranks 4 --sizes 1G')));
  t.throws(() => planOf('object-allreduce', parse('--buffers rotate')), {
    message: /object-allreduce has no buffers; leave the option out$/,
  });
  t.throws(() => planOf('ring', parse('--sizes 8')), { message: /messages of 8 bytes only/ });
});
