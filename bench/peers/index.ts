/** What mpi4ts is compared with. */
import { type Program, runCommand } from '../command.js';
import { runBlock } from '../contenders/program.js';
import {
  type Block,
  bufferWorks,
  type Contender,
  javascriptRehearsal,
  type PeerName,
  peerNames,
  type Work,
  works,
} from '../contract.js';
import { coreCpus, usableCores } from '../cores.js';
import { compile, findCommands, programPath, sourcePath } from './build.js';

const probeMsMax = 30_000;

/** Found: the program for a number of ranks. Not found: one line with the remedy. */
type Found = { readonly program: (ranks: number) => Program } | { readonly missing: string };

/** All that two ranks can do who know nothing but each other. */
const pairWorks: readonly Work[] = ['latency', 'bandwidth', 'bibw', 'message-rate'];

function contender(peer: string, name: string, does: readonly Work[], found: Found): Contender {
  const run = async (block: Block) => {
    if ('missing' in found) throw new Error(found.missing);
    return runBlock(name, found.program(block.ranks), block);
  };
  const pairOnly = does.every((work) => pairWorks.includes(work)) && { ranks: 2 };
  return { peer, name, works: does, ...pairOnly, run, ...('missing' in found && { missing: found.missing }) };
}

/** What an MPI is told beside its defaults, and what that makes of its name. */
interface Tuning {
  readonly suffix: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The works that this changes; absent: all. */
  readonly works?: readonly Work[];
}

/**
 * As installed, but with collectives that somebody has to ask for: those of coll/sm, in shared memory, and a gather without a
 * tree. The other algorithms that can be forced are no faster than those that it chooses itself.
 */
const tunedCollectives: Tuning = {
  suffix: ', tuned collectives',
  args: [
    ...['--mca', 'coll_sm_priority', '100'],
    ...['--mca', 'coll_tuned_use_dynamic_rules', '1', '--mca', 'coll_tuned_gather_algorithm', '1'],
  ],
  env: {},
  works: ['barrier', 'bcast', 'reduce', 'allreduce', 'gather'],
};

const asInstalled: Tuning = { suffix: '', args: [], env: {} };
const atItsBest = ', at its best';

/** What differs between the two MPIs. */
interface Mpi {
  readonly peer: string;
  /** The pairs of compiler and launcher to look for. */
  readonly tools: readonly (readonly [compiler: string, launcher: string])[];
  /** What the launcher says of itself when asked for its version. */
  readonly signature: RegExp;
  readonly packages: string;
  readonly env: Readonly<Record<string, string>>;
  readonly bind: readonly string[];
  readonly oversubscribe: readonly string[];
  /** What can make it faster on one node. */
  readonly tuned: readonly Tuning[];
}

const openmpi: Mpi = {
  peer: 'openmpi',
  tools: [
    ['mpicc.openmpi', 'mpirun.openmpi'],
    ['mpicc', 'mpirun'],
  ],
  signature: /Open MPI|OpenRTE/,
  packages: 'openmpi-bin libopenmpi-dev',
  env: { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
  bind: ['--bind-to', 'core'],
  oversubscribe: ['--oversubscribe', '--bind-to', 'none'],
  tuned: [
    { suffix: atItsBest, args: ['--mca', 'btl_vader_single_copy_mechanism', 'none'], env: {} },
    tunedCollectives,
  ],
};

/** Open MPI between hosts without a fast network, over the loopback device. */
const overTcp: Tuning = {
  ...asInstalled,
  args: ['--mca', 'pml', 'ob1', '--mca', 'btl', 'tcp,self', '--mca', 'btl_tcp_if_include', 'lo'],
};

const mpich: Mpi = {
  peer: 'mpich',
  tools: [
    ['mpicc.mpich', 'mpiexec.mpich'],
    ['mpicc', 'mpiexec'],
  ],
  signature: /HYDRA/i,
  packages: 'mpich libmpich-dev',
  env: {},
  bind: ['-bind-to', 'core'],
  oversubscribe: [],
  tuned: [{ suffix: atItsBest, args: [], env: { UCX_TLS: 'posix,self' } }],
};

interface Tools {
  readonly compiler: string;
  readonly launcher: string;
}

async function findTools({ tools, signature }: Mpi): Promise<Tools | undefined> {
  for (const [compilerName, launcherName] of tools) {
    const [compiler] = findCommands(compilerName);
    const [launcher] = findCommands(launcherName);
    if (compiler === undefined || launcher === undefined) continue;
    const { stdout } = await runCommand({ command: launcher, args: ['--version'] }, probeMsMax);
    if (signature.test(stdout)) return { compiler, launcher };
  }
  return undefined;
}

/** How this MPI's launcher starts a program. */
function launch(mpi: Mpi, launcher: string, program: readonly string[], tuning: Tuning): Found {
  return {
    program: (ranks) => {
      const placing = ranks > usableCores() ? mpi.oversubscribe : mpi.bind;
      return {
        command: launcher,
        args: [...placing, ...tuning.args, '-n', String(ranks), ...program],
        env: { ...mpi.env, ...tuning.env },
      };
    },
  };
}

const notInstalled = (peer: string, packages: string): Found => ({
  missing: `${peer} is not installed (Debian: apt-get install ${packages})`,
});

/** The contenders that are one MPI, launched in each of these ways. */
async function cContenders(mpi: Mpi, peer: string, tunings: readonly Tuning[]): Promise<Contender[]> {
  const all = (found: (tuning: Tuning) => Found) =>
    tunings.map((tuning) =>
      contender(peer, `${peer}${tuning.suffix}`, tuning.works ?? bufferWorks, found(tuning)),
    );
  const tools = await findTools(mpi);
  if (tools === undefined) return all(() => notInstalled(peer, mpi.packages));
  try {
    const program = await compile(tools.compiler, 'mpi.c');
    return all((tuning) => launch(mpi, tools.launcher, [program], tuning));
  } catch (error) {
    return all(() => ({ missing: `${peer}: mpi.c does not compile: ${(error as Error).message}` }));
  }
}

const allOf = (mpi: Mpi) => cContenders(mpi, mpi.peer, [asInstalled, ...mpi.tuned]);

async function mpi4py(): Promise<Contender[]> {
  const find = async (): Promise<Found> => {
    const tools = await findTools(openmpi);
    if (tools === undefined) return notInstalled('mpi4py', 'python3-mpi4py openmpi-bin libopenmpi-dev');
    for (const python of findCommands('python3')) {
      const { code } = await runCommand({ command: python, args: ['-c', 'import mpi4py'] }, probeMsMax);
      if (code === 0) return launch(openmpi, tools.launcher, [python, sourcePath('mpi4py.py')], asInstalled);
    }
    return notInstalled('mpi4py', 'python3-mpi4py');
  };
  return [contender('mpi4py', 'mpi4py', works, await find())];
}

/** A peer that is a program for Node. */
function node(peer: string): Contender {
  const found = { program: () => ({ command: process.execPath, args: [programPath(`${peer}.js`)] }) };
  return { ...contender(peer, peer, pairWorks, found), rehearsal: javascriptRehearsal };
}

async function zeromq(): Promise<Contender[]> {
  try {
    const { loadZeromq } = await import('./zeromq.js');
    await loadZeromq();
    return [node('zeromq')];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ERR_MODULE_NOT_FOUND' ? 'is not installed' : `does not load: ${message.split('\n')[0]}`;
    return [contender('zeromq', 'zeromq', pairWorks, { missing: `zeromq ${why} (npm install zeromq)` })];
  }
}

const finders: Readonly<Record<PeerName, () => Promise<Contender[]>>> = {
  openmpi: () => allOf(openmpi),
  mpich: () => allOf(mpich),
  mpi4py,
  postmessage: async () => [node('postmessage')],
  zeromq,
  'node-net': async () => [node('node-net')],
  'openmpi-tcp': () => cContenders(openmpi, 'openmpi-tcp', [overTcp]),
  'raw-tcp': async () => [await raw('tcp')],
  'raw-unix': async () => [await raw('unix')],
};

const isPeer = (name: string): name is PeerName => Object.hasOwn(finders, name);

/**
 * The contenders that go by these names, in this order: each C MPI is two or three, as installed and tuned. One that
 * cannot run here is among them, with `missing` set.
 * @throws Error that lists the names, if one is unknown.
 */
export async function peers(names: readonly string[]): Promise<Contender[]> {
  const found: Contender[] = [];
  for (const name of names) {
    if (!isPeer(name)) throw new Error(`no peer is called '${name}': there are ${peerNames.join(', ')}`);
    found.push(...(await finders[name]()));
  }
  return found;
}

/** A program in C on two cores, which `env` tells it. */
async function cPair(
  name: string,
  source: string,
  flags: readonly string[],
  does: readonly Work[],
  env: (cpus: string) => Record<string, string>,
): Promise<Contender> {
  const find = async (): Promise<Found> => {
    const [compiler] = findCommands('cc');
    if (compiler === undefined) return notInstalled(`${name}: a C compiler`, 'gcc libc6-dev');
    if (usableCores() < 2) return { missing: `${name}: needs two cores` };
    try {
      const command = await compile(compiler, source, flags);
      const cpus = coreCpus().slice(0, 2).join(',');
      return { program: () => ({ command, args: [], env: env(cpus) }) };
    } catch (error) {
      return { missing: `${name}: ${source} does not compile: ${(error as Error).message}` };
    }
  };
  return contender(name, name, does, await find());
}

/** Two threads in C and one cache line, or one memcpy: `latency` cannot be lower on this machine. */
export function floor(): Promise<Contender> {
  return cPair('floor', 'floor.c', ['-pthread'], ['latency'], (cpus) => ({ FLOOR_CPUS: cpus }));
}

/** Two processes in C and one connection: nothing that uses sockets like that can be much faster. */
function raw(family: 'tcp' | 'unix'): Promise<Contender> {
  const does = ['latency', 'bandwidth', 'message-rate'] as const;
  return cPair(`raw-${family}`, 'raw.c', [], does, (cpus) => ({ RAW_CPUS: cpus, RAW_FAMILY: family }));
}
