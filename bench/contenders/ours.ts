/** mpi4ts itself, started by its own mpirun. */
import { fileURLToPath } from 'node:url';
import { version } from '../../launcher/cli/version.js';
import type { Program } from '../command.js';
import { type Block, type Contender, javascriptRehearsal, works } from '../contract.js';
import { jobProgram } from '../mpirun.js';
import type { Way } from '../options.js';
import { runBlock } from './program.js';

/** A way to run mpi4ts. */
export interface Variant extends Way {
  /** The job uses every kind of buffer, datatype and call before it measures. */
  readonly mixed: boolean;
}

const job = fileURLToPath(new URL('../jobs/works.js', import.meta.url));

/** What runs a block, without the words of the contract. */
export function programOf({ ranks }: Block, variant: Variant): Program {
  return jobProgram(ranks, job, variant.mixed ? ['--mixed'] : [], variant);
}

/** mpi4ts as a contender; `peer` is the name the user knows it by. */
export function ours(variant: Variant, peer = 'mpi4ts'): Contender {
  const { transport, native, mixed } = variant;
  const kind = transport === 'threads' ? '' : `, ${transport}`;
  const name = `mpi4ts${kind}${native ? '' : ', no addon'}${mixed ? ', mixed' : ''}`;
  return {
    peer,
    name,
    version: `mpi4ts ${version()}, Node ${process.versions.node}`,
    works,
    rehearsal: javascriptRehearsal,
    run: (block) => runBlock(name, programOf(block, variant), block),
  };
}
