/** Communicators: the predefined ones (MPI-4.1 §7.2.4). */
import { beforeFinalize, engine } from '../runtime.js';
import { CommTopologies } from './topologies.js';

/**
 * A group of ranks that exchange messages among themselves. The upper-case calls move buffers, the lower-case ones
 * JavaScript objects; names, argument order and defaults are mpi4py's.
 */
export class Comm extends CommTopologies {}

// Two contexts each: point-to-point and collectives.
const WORLD_CONTEXT = 0;
const SELF_CONTEXT = 2;

const { rank, size } = engine.transport;

/** All ranks of the job. */
export const COMM_WORLD = new Comm('MPI_COMM_WORLD', WORLD_CONTEXT, rank, size, null);

/** This rank alone. */
export const COMM_SELF = new Comm('MPI_COMM_SELF', SELF_CONTEXT, 0, 1, [rank]);

// By its attributes a library learns of the end while it may still call MPI (MPI-4.1 §11.2.4).
beforeFinalize.push(() => COMM_SELF.attributes.deleteAll('Finalize'));
