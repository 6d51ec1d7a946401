/** mpi4ts itself, started by its own mpirun. */
import { fileURLToPath } from 'node:url';
import { version } from '../../launcher/cli/version.js';
import { argumentsOf, type Block, type Contender, works } from '../contract.js';
import { jobWords, nativeEnv } from '../mpirun.js';
import { runProgram } from './program.js';

/** A way to run mpi4ts. */
export interface Variant {
  /** False: without the addon. */
  readonly native: boolean;
  /** The job uses every kind of buffer, datatype and call before it measures. */
  readonly mixed: boolean;
}

const program = fileURLToPath(new URL('../jobs/works.js', import.meta.url));

/** The words after `node` that run a block. */
export function commandOf(block: Block, { mixed }: Variant): string[] {
  return jobWords(block.ranks, program, [...(mixed ? ['--mixed'] : []), ...argumentsOf(block)]);
}

/** mpi4ts as a contender; `peer` is the name the user knows it by. */
export function ours(variant: Variant, peer = 'mpi4ts'): Contender {
  const { native, mixed } = variant;
  const name = `mpi4ts${native ? '' : ', no addon'}${mixed ? ', mixed' : ''}`;
  return {
    peer,
    name,
    version: `mpi4ts ${version()}, Node ${process.versions.node}`,
    works,
    run: (block) =>
      runProgram(name, block, process.execPath, commandOf(block, variant), { env: nativeEnv(native) }),
  };
}
