/** What mpi4ts is compared with. */
import { type Program, runCommand } from '../command.js';
import { runBlock } from '../contenders/program.js';
import {
  type Block,
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

const pairWorks: readonly Work[] = ['latency', 'bandwidth', 'bibw', 'message-rate'];

function contender(peer: string, name: string, does: readonly Work[], found: Found): Contender {
  const run = async (block: Block) => {
    if ('missing' in found) throw new Error(found.missing);
    return runBlock(name, found.program(block.ranks), block);
  };
  const pairOnly = does !== works && { ranks: 2 };
  return { peer, name, works: does, ...pairOnly, run, ...('missing' in found && { missing: found.missing }) };
}

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
  /** What makes it as fast as it can be on one node. */
  readonly best: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };
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
  best: { args: ['--mca', 'btl_vader_single_copy_mechanism', 'none'], env: {} },
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
  best: { args: [], env: { UCX_TLS: 'posix,self' } },
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

/** How this MPI's launcher starts a program, as installed or at its best. */
function launch(mpi: Mpi, launcher: string, program: readonly string[], best: boolean): Found {
  return {
    program: (ranks) => {
      const placing = ranks > usableCores() ? mpi.oversubscribe : mpi.bind;
      const tuning = best ? mpi.best.args : [];
      return {
        command: launcher,
        args: [...placing, ...tuning, '-n', String(ranks), ...program],
        env: { ...mpi.env, ...(best && mpi.best.env) },
      };
    },
  };
}

const notInstalled = (peer: string, packages: string): Found => ({
  missing: `${peer} is not installed (Debian: apt-get install ${packages})`,
});

async function cContenders(mpi: Mpi): Promise<Contender[]> {
  const { peer } = mpi;
  const both = (found: (best: boolean) => Found) => [
    contender(peer, peer, works, found(false)),
    contender(peer, `${peer}, at its best`, works, found(true)),
  ];
  const tools = await findTools(mpi);
  if (tools === undefined) return both(() => notInstalled(peer, mpi.packages));
  try {
    const program = await compile(tools.compiler, 'mpi.c');
    return both((best) => launch(mpi, tools.launcher, [program], best));
  } catch (error) {
    return both(() => ({ missing: `${peer}: mpi.c does not compile: ${(error as Error).message}` }));
  }
}

async function mpi4py(): Promise<Contender[]> {
  const find = async (): Promise<Found> => {
    const tools = await findTools(openmpi);
    if (tools === undefined) return notInstalled('mpi4py', 'python3-mpi4py openmpi-bin libopenmpi-dev');
    for (const python of findCommands('python3')) {
      const { code } = await runCommand({ command: python, args: ['-c', 'import mpi4py'] }, probeMsMax);
      if (code === 0) return launch(openmpi, tools.launcher, [python, sourcePath('mpi4py.py')], false);
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
  openmpi: () => cContenders(openmpi),
  mpich: () => cContenders(mpich),
  mpi4py,
  postmessage: async () => [node('postmessage')],
  zeromq,
  'node-net': async () => [node('node-net')],
};

const isPeer = (name: string): name is PeerName => Object.hasOwn(finders, name);

/**
 * The contenders that go by these names, in this order: each C MPI is two, as installed and at its best. One that
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

/** Two threads in C and one cache line, or one memcpy: `latency` cannot be lower on this machine. */
export async function floor(): Promise<Contender> {
  const find = async (): Promise<Found> => {
    const [compiler] = findCommands('cc');
    if (compiler === undefined) return notInstalled('floor: a C compiler', 'gcc libc6-dev');
    if (usableCores() < 2) return { missing: 'floor: needs two cores' };
    try {
      const program = await compile(compiler, 'floor.c', ['-pthread']);
      const env = { FLOOR_CPUS: coreCpus().slice(0, 2).join(',') };
      return { program: () => ({ command: program, args: [], env }) };
    } catch (error) {
      return { missing: `floor: floor.c does not compile: ${(error as Error).message}` };
    }
  };
  return contender('floor', 'floor', ['latency'], await find());
}
