/** The kinds of rank, and what stands between them: what holds for one must hold for each. */
import { testAll, testSeed } from './sampling.js';

export interface Kind {
  readonly name: string;
  /** Options of `mpirun`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const threads: Kind = { name: 'addon', args: [], env: { MPI4TS_NATIVE: undefined } };
export const plain: Kind = { name: 'no addon', args: [], env: { MPI4TS_NATIVE: '0' } };
export const processes: Kind = {
  name: 'processes',
  args: ['--processes'],
  env: { MPI4TS_NATIVE: undefined },
};

export const tcp: Kind = { name: 'tcp', args: ['--transport', 'tcp'], env: { MPI4TS_NATIVE: undefined } };
/** Not among all kinds: it is `tcp` but for long messages. */
export const zerocopy: Kind = { ...tcp, name: 'tcp, zerocopy', args: [...tcp.args, '--zerocopy'] };
export const unix: Kind = {
  name: 'unix, processes',
  args: ['--transport', 'unix', '--processes'],
  env: { MPI4TS_NATIVE: undefined },
};

const simulator = new URL('./simulated.js', import.meta.url).href;
export const simulated: Kind = {
  name: 'simulated network',
  args: ['--transport', 'tcp'],
  env: {
    MPI4TS_NATIVE: undefined,
    MPI4TS_TEST_SIMULATED: process.env.MPI4TS_TEST_SEED ?? '1',
    NODE_OPTIONS: `--import ${simulator}`,
  },
};

export const ws: Kind = { name: 'ws, no addon', args: ['--transport', 'ws'], env: { MPI4TS_NATIVE: '0' } };
export const wsProcesses: Kind = {
  name: 'ws, processes',
  args: ['--transport', 'ws', '--processes'],
  env: { MPI4TS_NATIVE: undefined },
};

/** A sampled run takes one of them. */
const webSockets = testAll ? [ws, wsProcesses] : [testSeed % 2 === 0 ? ws : wsProcesses];

export const kinds: readonly Kind[] = [threads, plain, processes, tcp, unix, simulated, ...webSockets];
