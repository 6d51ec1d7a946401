/**
 * The runtime of this thread: made when the package is imported, synchronously. It takes the seat that a launcher
 * left for it, or becomes a world of one.
 */
import { availableParallelism } from 'node:os';
import { ERR_OTHER, Exception } from '../base/errors.js';
import { type Seat, takeSeat } from '../bootstrap/seat.js';
import { createSegment } from '../bootstrap/threads.js';
import { Engine } from '../engine/engine.js';
import { RANK_DOORBELL } from '../transport/ring/layout.js';
import { Segment } from '../transport/ring/segment.js';
import { ThreadSharing } from '../transport/ring/sharing.js';
import { RingTransport } from '../transport/ring/transport.js';
import type { WireOptions } from '../transport/wire/options.js';
import type { Sockets } from '../transport/wire/sockets.js';
import { Wire } from '../transport/wire/wire.js';
import { WsSockets } from '../transport/ws/sockets.js';

interface Job {
  readonly transport: RingTransport;
  readonly seat: Seat;
}

function alone(): Job {
  const segment = createSegment(1, availableParallelism());
  const sharing = new ThreadSharing(segment);
  return {
    transport: new RingTransport(segment, 0, sharing),
    seat: {
      rank: 0,
      size: 1,
      segment,
      sharing,
      check: false,
      appnum: 0,
      beforePark: () => {},
      tellPort: () => {},
      tellUnreachable: () => {},
      tellFinalized: () => {},
    },
  };
}

function webSockets({ segment, rank }: RingTransport, { segment: memory, event = -1 }: Seat): Sockets {
  const doorbell = segment.rankWord(rank, RANK_DOORBELL);
  return new WsSockets(memory instanceof SharedArrayBuffer ? { memory, doorbell } : { event });
}

/** The rank can be reached, and can reach, those with other memory. */
function connect(transport: RingTransport, options: WireOptions, seat: Seat): void {
  const { segment, rank } = transport;
  const sockets = options.sockets === 'ws' ? webSockets(transport, seat) : transport.native;
  if (sockets === null) throw new Exception(ERR_OTHER, 'sockets need the native addon, which is absent');
  transport.remote = new Wire(sockets, segment, rank, transport, options, seat);
}

function join(): Job {
  const seat = takeSeat();
  // A rank is claimed once; whoever comes later is a world of one.
  if (seat === undefined || !new Segment(seat.segment).claim(seat.rank)) return alone();
  const transport = new RingTransport(seat.segment, seat.rank, seat.sharing);
  if (seat.wire !== undefined) connect(transport, seat.wire, seat);
  return { transport, seat };
}

const job = join();

export const seat = job.seat;

export const engine = new Engine(job.transport, {
  check: seat.check,
  beforePark: () => seat.beforePark(),
});

export const state = { finalized: false };

/** What comes before the end, while MPI can still be called. */
export const beforeFinalize: (() => void)[] = [];

/** Ends the traffic of this rank: what it sent is delivered, what it still owes is given up. MPI-4.1 §11.2.2. */
export function finalize(): void {
  if (state.finalized) return;
  for (const act of beforeFinalize) act();
  engine.drain();
  engine.awaiting.abandon();
  engine.shortPath.close();
  state.finalized = true;
  job.transport.close();
  if (seat.wire !== undefined) seat.tellFinalized();
}

/** Every call but the few that the standard excepts is an error after Finalize (MPI-4.1 §11.4.1). */
export function checkAlive(call: string): void {
  if (state.finalized) throw new Exception(ERR_OTHER, `${call} after MPI.Finalize`);
}

process.on('exit', (code) => {
  // A failing rank leaves at once: its launcher ends the job. A normal end finalizes.
  if (code === 0 && engine.transport.abortCode === undefined) finalize();
});
