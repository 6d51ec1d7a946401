/**
 * The plans of the collectives between two groups (MPI-4.1 §6.2.3). Blocks are counted by the ranks of the other group;
 * there is no MPI.IN_PLACE.
 */
import type { Schedule } from '../../../coll/index.js';
import * as inter from '../../../coll/inter/index.js';
import { nothing } from '../../../coll/schedule.js';
import type { BufferSpec } from '../../buffer.js';
import { type InPlace, PROC_NULL, ROOT } from '../../constants.js';
import type { VectorSpec } from '../../vector-buffer.js';
import type { CollectiveChannel } from '../channel.js';
import {
  type Blocks,
  checkApart,
  checkApartParts,
  checkBlocks,
  checkLength,
  equalBlocks,
  incoming,
  incomingBlocks,
  landing,
  outgoing,
  outgoingBlocks,
} from './buffers.js';
import * as reductions from './inter-reduction-plans.js';
import { checkInterRoot, groupsOf } from './inter-roles.js';
import type { Plans } from './plans.js';
import { incomingTyped, outgoingTyped, type TypedVectorSpec } from './typed-blocks.js';

function barrier(ch: CollectiveChannel): Schedule {
  return inter.barrier(groupsOf(ch));
}

function bcast(ch: CollectiveChannel, buf: BufferSpec, root: number): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  const part = root === ROOT ? outgoing(ch, buf, 'buf') : incoming(ch, buf, 'buf');
  return landing(inter.bcast(groupsOf(ch), part.bytes, root), part);
}

function gather(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec | null,
  root: number,
): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  if (root !== ROOT) return sendTo(ch, sendbuf, root);
  const recv = incoming(ch, recvbuf, 'recvbuf');
  checkBlocks(ch, 'recvbuf', recv.bytes, null);
  return landing(inter.gatherv(ch, null, equalBlocks(recv, ch.size), root), recv);
}

function gatherv(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: VectorSpec | null,
  root: number,
): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  if (root !== ROOT) return sendTo(ch, sendbuf, root);
  const recv = incomingBlocks(ch, recvbuf, 'recvbuf');
  return landing(inter.gatherv(ch, null, recv.views, root), recv);
}

function sendTo(ch: CollectiveChannel, sendbuf: BufferSpec | InPlace, root: number): Schedule {
  return inter.gatherv(ch, outgoing(ch, sendbuf as BufferSpec, 'sendbuf').bytes, null, root);
}

function scatter(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | null,
  recvbuf: BufferSpec | InPlace,
  root: number,
): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  if (root !== ROOT) return recvFrom(ch, recvbuf, root);
  const send = outgoing(ch, sendbuf, 'sendbuf');
  checkBlocks(ch, 'sendbuf', send.bytes, null);
  return inter.scatterv(ch, equalBlocks(send, ch.size), null, root);
}

function scatterv(
  ch: CollectiveChannel,
  sendbuf: VectorSpec | null,
  recvbuf: BufferSpec | InPlace,
  root: number,
): Schedule {
  checkInterRoot(ch, root);
  if (root === PROC_NULL) return nothing();
  if (root !== ROOT) return recvFrom(ch, recvbuf, root);
  return inter.scatterv(ch, outgoingBlocks(ch, sendbuf, 'sendbuf').views, null, root);
}

function recvFrom(ch: CollectiveChannel, recvbuf: BufferSpec | InPlace, root: number): Schedule {
  const recv = incoming(ch, recvbuf as BufferSpec, 'recvbuf');
  return landing(inter.scatterv(ch, null, recv.bytes, root), recv);
}

function allgather(ch: CollectiveChannel, sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec): Schedule {
  const send = outgoing(ch, sendbuf as BufferSpec, 'sendbuf');
  const recv = incoming(ch, recvbuf, 'recvbuf');
  checkBlocks(ch, 'recvbuf', recv.bytes, null);
  checkApartParts(ch, send, recv);
  return landing(inter.allgather(groupsOf(ch), send.bytes, recv.bytes), recv);
}

function allgatherv(ch: CollectiveChannel, sendbuf: BufferSpec | InPlace, recvbuf: VectorSpec): Schedule {
  const send = outgoing(ch, sendbuf as BufferSpec, 'sendbuf');
  const recv = incomingBlocks(ch, recvbuf, 'recvbuf');
  checkApart(ch, [send.bytes], recv.views);
  return landing(inter.allgatherv(ch, send.bytes, recv.views), recv);
}

function alltoall(ch: CollectiveChannel, sendbuf: BufferSpec | InPlace, recvbuf: BufferSpec): Schedule {
  const send = outgoing(ch, sendbuf as BufferSpec, 'sendbuf');
  const recv = incoming(ch, recvbuf, 'recvbuf');
  checkBlocks(ch, 'recvbuf', recv.bytes, null);
  checkLength(ch, 'sendbuf', send.bytes, recv.bytes.length, "recvbuf's blocks");
  checkApartParts(ch, send, recv);
  const [out, into] = [equalBlocks(send, ch.size), equalBlocks(recv, ch.size)];
  return landing(inter.alltoallv(ch, out, into), recv);
}

function alltoallv(ch: CollectiveChannel, sendbuf: VectorSpec | InPlace, recvbuf: VectorSpec): Schedule {
  const send = outgoingBlocks(ch, sendbuf as VectorSpec, 'sendbuf');
  return exchange(ch, send, incomingBlocks(ch, recvbuf, 'recvbuf'));
}

function alltoallw(
  ch: CollectiveChannel,
  sendbuf: TypedVectorSpec | InPlace,
  recvbuf: TypedVectorSpec,
): Schedule {
  const send = outgoingTyped(ch, sendbuf as TypedVectorSpec, 'sendbuf');
  return exchange(ch, send, incomingTyped(ch, recvbuf, 'recvbuf'));
}

function exchange(ch: CollectiveChannel, send: Blocks, recv: Blocks): Schedule {
  checkApart(ch, send.views, recv.views);
  return landing(inter.alltoallv(ch, send.views, recv.views), recv);
}

/** What takes the place of `plansOfOne` between two groups. */
export const plansOfTwo: Plans = {
  barrier,
  bcast,
  gather,
  gatherv,
  scatter,
  scatterv,
  allgather,
  allgatherv,
  alltoall,
  alltoallv,
  alltoallw,
  ...reductions,
};
