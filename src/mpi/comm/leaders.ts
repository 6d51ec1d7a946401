/** How two groups meet: their leaders exchange what the groups have gathered, and tell them (MPI-4.1 §7.6.2). */
import { ERR_COMM, ERR_OTHER, ERR_TIMEOUT, Exception, show } from '../../base/errors.js';
import { type Op, place, RecvOp, type Scope, SendOp } from '../../engine/ops.js';
import { Context } from '../../engine/queues.js';
import { type CallOptions, checkSendTag, deadlineOf, destination } from '../arguments.js';
import { engine } from '../runtime.js';
import { Comm } from './comm.js';
import type { Intracomm } from './intracomm.js';
import { enrol, numbers } from './registry.js';

/** The other group's leader, and how to reach it; known to this group's leader only. */
interface Contact {
  readonly comm: Comm;
  readonly leader: number;
  readonly tag: number;
}

/** What a group knows of the other one after they have met: world ranks, and the number of their communicator. */
interface Met {
  readonly world: readonly number[];
  readonly number: number;
  /** This rank has chosen the number. */
  readonly chosenHere: boolean;
}

/** In place of the size of the other group: the leaders have not met. */
const FAILED = -1;

/** Leaders exchange words, as many as each knows the other to have; they are `scope`'s peers. */
export function exchange(
  scope: Scope & { readonly context: number },
  call: string,
  leader: number,
  tag: number,
  out: Int32Array,
  into: Int32Array,
  opts?: CallOptions,
): void {
  const deadline = deadlineOf(place(call, scope), opts);
  const recv = aim(new RecvOp(), scope, call, tag, into);
  recv.source = scope.toWorld(leader);
  recv.capacity = into.byteLength;
  recv.reset();
  const send = aim(new SendOp(), scope, call, tag, out);
  send.dest = scope.toWorld(leader);
  send.bytes = out.byteLength;
  send.reset();
  engine.receiver.post(recv);
  engine.sender.start(send);
  for (const op of [send, recv]) {
    let inTime = false;
    try {
      inTime = engine.wait(op, deadline);
    } finally {
      if (!inTime) for (const one of [send, recv]) engine.withdraw(one);
    }
    if (!inTime)
      throw new Exception(ERR_TIMEOUT, `${op.where}: the other group's leader has not called it in time`);
    if (op.error !== null) throw op.error;
  }
}

function aim<T extends Op>(
  op: T,
  scope: Scope & { context: number },
  call: string,
  tag: number,
  view: Int32Array,
): T {
  op.call = call;
  op.scope = scope;
  op.context = scope.context + Context.LEADERS;
  op.tag = tag;
  op.view = view;
  return op;
}

/** Two groups become an intercommunicator: what this one learns of the other. Its number is enrolled. */
export function meet(local: Intracomm, leader: number, contact: Contact, opts?: CallOptions): Met {
  const call = 'Create_intercomm';
  const { queues } = engine.receiver;
  const leads = local.rank === leader;
  queues.expect();
  try {
    // Nobody may have the communicator before all have begun to make it.
    local.Barrier(opts);
    let met: Met | undefined;
    let failure: unknown;
    try {
      if (leads) met = confer(local, contact, opts);
    } catch (error) {
      failure = error;
    }
    const head = Int32Array.of(met?.world.length ?? FAILED, met?.number ?? 0);
    local.Bcast(head, leader, opts);
    if (failure !== undefined) throw failure;
    const [size, number] = head;
    if (size === FAILED)
      throw new Exception(
        ERR_OTHER,
        `${place(call, local)}: the leader, rank ${leader}, could not meet the other one`,
      );
    const world = Int32Array.from(met?.world ?? new Int32Array(size));
    local.Bcast(world, leader, opts);
    const common = world.find((one) => local.members.has(one));
    if (common !== undefined) {
      if (met?.chosenHere) numbers.giveUnused(number);
      throw new Exception(
        ERR_COMM,
        `${place(call, local)}: rank ${common} of MPI_COMM_WORLD is in both groups`,
      );
    }
    enrol(number, met?.chosenHere ?? false, place(call, local));
    return met ?? { world: [...world], number, chosenHere: false };
  } finally {
    queues.expected();
  }
}

/** The leaders' part. The number is that of the one with the lower rank. */
function confer(local: Intracomm, { comm, leader, tag }: Contact, opts: CallOptions | undefined): Met {
  const call = 'Create_intercomm';
  if (!(comm instanceof Comm))
    throw new Exception(ERR_COMM, `${place(call, local)}: peer_comm is ${show(comm)}; pass a communicator`);
  comm.Get_size();
  checkSendTag(comm, call, tag);
  const other = destination(comm, call, leader);
  if (other < 0) destination(comm, call, Number.NaN);
  const own = numbers.take();
  try {
    const head = new Int32Array(2);
    exchange(comm, call, leader, tag, Int32Array.of(local.size, own), head, opts);
    const world = new Int32Array(head[0]);
    exchange(comm, call, leader, tag, Int32Array.from(local.members.world), world, opts);
    const wins = engine.transport.rank < other;
    if (!wins) numbers.giveUnused(own);
    return { world: [...world], number: wins ? own : head[1], chosenHere: wins };
  } catch (error) {
    numbers.giveUnused(own);
    throw error;
  }
}
