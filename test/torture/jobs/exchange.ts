/** One epoch in which every rank sends, receives, probes and cancels in an order of its own. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import type { Counts } from './counts.js';
import { Incoming } from './incoming.js';
import { Outgoing } from './outgoing.js';
import type { Epoch, Message, Random } from './schedule.js';

/** An exchange takes a fraction of a second, some seconds where ranks outnumber cores by far. */
const epochMsMax = 60_000;
/** Steps between two looks at the clock. */
const STEPS_PER_CLOCK = 256;

/** Attaches as much as the buffered sends of an epoch need together. */
function attach(messages: readonly Message[]): void {
  const buffered = messages.filter(({ mode }) => mode === 'Bsend' || mode === 'Ibsend');
  const bytes = buffered.reduce((sum, message) => sum + message.bytes + MPI.BSEND_OVERHEAD, 0);
  MPI.Attach_buffer(new ArrayBuffer(bytes));
}

function step(outgoing: Outgoing, incoming: Incoming, random: Random): void {
  // Where nobody waits for this rank any more, it may wait: this is where ranks park.
  if (outgoing.over && incoming.owed > 0 && random(4) === 0) incoming.wait();
  else if (incoming.over && random(4) === 0) outgoing.wait();
  else {
    switch (random(16)) {
      case 0:
        incoming.cancel();
        break;
      case 1:
      case 2:
        outgoing.cancel();
        break;
      case 3:
        incoming.receive(random(3) === 0 ? 1 : 0.01);
        break;
      case 4:
      case 5:
      case 6:
        incoming.post();
        break;
      case 7:
      case 8:
        incoming.probe();
        break;
      case 9:
      case 10:
        incoming.test();
        break;
      case 11:
      case 12:
        outgoing.test();
        break;
      default:
        outgoing.start();
    }
  }
}

/**
 * Exchanges the messages of `epoch` and verifies them. Free of deadlock: only a rank that still receives whatever
 * comes, or waits for a rank on one side of it (`upward`), or owes nothing to anybody, ever blocks.
 */
export function exchange(comm: MPI.Comm, seed: number, epoch: Epoch, random: Random, counts: Counts): void {
  const { messages, bytesMax, upward } = epoch;
  const mine = messages.filter(({ source }) => source === comm.rank);
  const due = messages.filter(({ dest }) => dest === comm.rank);
  const mayWaitFor = (dest: number) => (upward ? dest > comm.rank : dest < comm.rank);
  const outgoing = new Outgoing(comm, seed, random, counts, mine, mayWaitFor);
  const incoming = new Incoming(comm, seed, random, counts, due, bytesMax);
  const deadline = performance.now() + epochMsMax;
  attach(mine);
  for (let steps = 1; !outgoing.over || !incoming.over; steps++) {
    step(outgoing, incoming, random);
    if (steps % STEPS_PER_CLOCK !== 0 || performance.now() < deadline) continue;
    assert.fail(`not done after ${epochMsMax} ms: ${outgoing.state}; ${incoming.state}`);
  }
  incoming.close();
  MPI.Detach_buffer();
  incoming.verify();
  const sums = Int32Array.of(outgoing.delivered, incoming.received);
  comm.Allreduce(MPI.IN_PLACE, sums);
  assert.equal(sums[1], sums[0], 'messages received and sent in the whole job');
  assert.equal(comm.Iprobe(), false, 'a message is left over');
  // What comes next must not be taken for a message left over.
  comm.Barrier();
}
