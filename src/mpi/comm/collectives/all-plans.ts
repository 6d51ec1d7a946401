/** The plans of the collectives in which all ranks receive from all (MPI-4.1 §6.7 and §6.8). */
import * as hierarchy from '../../../coll/hierarchy/index.js';
import * as coll from '../../../coll/index.js';
import * as shared from '../../../coll/shared/index.js';
import type { BufferSpec } from '../../buffer.js';
import { IN_PLACE, type InPlace } from '../../constants.js';
import type { Datatype } from '../../datatype/index.js';
import type { VectorSpec } from '../../vector-buffer.js';
import type { CollectiveChannel } from '../channel.js';
import {
  type Blocks,
  checkApart,
  checkApartParts,
  checkBlocks,
  checkLength,
  incoming,
  incomingBlocks,
  landing,
  met,
  outgoing,
  outgoingBlocks,
  outgoingOrInPlace,
} from './buffers.js';
import { incomingTyped, outgoingTyped, type TypedVectorSpec } from './typed-blocks.js';

export function allgather(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec,
): coll.Schedule | null {
  const send = outgoingOrInPlace(ch, sendbuf, true);
  const recv = incoming(ch, recvbuf, 'recvbuf', send === null);
  checkBlocks(ch, 'recvbuf', recv.bytes, send);
  checkApartParts(ch, send, recv);
  ch.signature?.same(send ?? recv, send === null ? ch.size : 1).same(recv, ch.size);
  const block = recv.length / ch.size;
  const meeting = ch.meet('allgather', block, send, recv);
  if (meeting !== null) {
    shared.allgather(meeting, send, recv, block);
    return met(recv);
  }
  return landing(hierarchy.allgather(ch, ch.hosts, send?.bytes ?? null, recv.bytes), recv);
}

export function allgatherv(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: VectorSpec,
): coll.Schedule {
  const send = outgoingOrInPlace(ch, sendbuf, true);
  const recv = incomingBlocks(ch, recvbuf, 'recvbuf', send === null);
  if (send !== null) {
    checkLength(ch, 'sendbuf', send.bytes, recv.views[ch.rank].length, "recvbuf's counts");
    checkApart(ch, [send.bytes], recv.views);
  }
  ch.signature?.sendsAll(send ?? ownBlock(ch, recv), ch.size).takes(recv);
  return landing(hierarchy.allgatherv(ch, ch.hosts, send?.bytes ?? null, recv.views), recv);
}

export function alltoall(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec,
): coll.Schedule | null {
  const inPlace = sendbuf === IN_PLACE;
  const send = inPlace ? null : outgoing(ch, sendbuf, 'sendbuf');
  const recv = incoming(ch, recvbuf, 'recvbuf', inPlace);
  checkBlocks(ch, 'recvbuf', recv.bytes, null);
  if (send !== null) checkLength(ch, 'sendbuf', send.bytes, recv.bytes.length, "recvbuf's blocks");
  checkApartParts(ch, send, recv);
  ch.signature?.same(send ?? recv, ch.size).same(recv, ch.size);
  const block = recv.length / ch.size;
  const meeting = ch.meet('alltoall', shared.payloadOf(ch.size, block), send, recv);
  if (meeting !== null) {
    shared.alltoall(meeting, send, recv, block);
    return met(recv);
  }
  return landing(hierarchy.alltoall(ch, ch.hosts, send?.bytes ?? null, recv.bytes), recv);
}

export function alltoallv(
  ch: CollectiveChannel,
  sendbuf: VectorSpec | InPlace,
  recvbuf: VectorSpec,
): coll.Schedule {
  const inPlace = sendbuf === IN_PLACE;
  const send = inPlace ? null : outgoingBlocks(ch, sendbuf, 'sendbuf');
  return exchange(ch, send, incomingBlocks(ch, recvbuf, 'recvbuf', inPlace));
}

export function alltoallw(
  ch: CollectiveChannel,
  sendbuf: TypedVectorSpec | InPlace,
  recvbuf: TypedVectorSpec,
): coll.Schedule {
  const inPlace = sendbuf === IN_PLACE;
  const send = inPlace ? null : outgoingTyped(ch, sendbuf, 'sendbuf');
  return exchange(ch, send, incomingTyped(ch, recvbuf, 'recvbuf', inPlace));
}

/** In place, what a rank sends is in its own block. */
function ownBlock({ rank }: CollectiveChannel, recv: Blocks): { length: number; datatype: Datatype } {
  return { length: recv.views[rank].length, datatype: recv.typeOf(rank) };
}

function exchange(ch: CollectiveChannel, send: Blocks | null, recv: Blocks): coll.Schedule {
  if (send !== null) {
    const own = recv.views[ch.rank].length;
    checkLength(ch, "sendbuf's block for this rank", send.views[ch.rank], own, "recvbuf's counts");
    checkApart(ch, send.views, recv.views);
  }
  ch.signature?.sends(send ?? recv).takes(recv);
  return landing(coll.alltoallv(ch, send?.views ?? null, recv.views), recv);
}
