/** The plans of the collectives that have a root, and of Barrier (MPI-4.1 §6.3 to §6.6). */

import * as hierarchy from '../../../coll/hierarchy/index.js';
import * as coll from '../../../coll/index.js';
import * as shared from '../../../coll/shared/index.js';
import { checkRoot } from '../../arguments.js';
import type { BufferSpec } from '../../buffer.js';
import { IN_PLACE, type InPlace } from '../../constants.js';
import type { VectorSpec } from '../../vector-buffer.js';
import type { CollectiveChannel } from '../channel.js';
import {
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
  type Part,
} from './buffers.js';

export function barrier(ch: CollectiveChannel): coll.Schedule | null {
  const meeting = ch.meet('barrier', 0);
  if (meeting === null) return hierarchy.barrier(ch, ch.hosts);
  shared.barrier(meeting);
  return null;
}

export function bcast(ch: CollectiveChannel, buf: BufferSpec, root: number): coll.Schedule | null {
  checkRoot(ch.scope, ch.call, root);
  const isRoot = ch.rank === root;
  const part = isRoot ? outgoing(ch, buf, 'buf') : incoming(ch, buf, 'buf');
  ch.signature?.root(root).same(part);
  const meeting = ch.meet('bcast', part.length, part);
  if (meeting !== null) {
    shared.bcast(meeting, part, root);
    return met(part);
  }
  return landing(hierarchy.bcast(ch, ch.hosts, part.bytes, root), part);
}

export function scatter(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | null,
  recvbuf: BufferSpec | InPlace,
  root: number,
): coll.Schedule | null {
  checkRoot(ch.scope, ch.call, root);
  const isRoot = ch.rank === root;
  const send = isRoot ? outgoing(ch, sendbuf, 'sendbuf') : null;
  const recv = recvbuf === IN_PLACE && isRoot ? null : incoming(ch, recvbuf as BufferSpec, 'recvbuf');
  if (send !== null) checkBlocks(ch, 'sendbuf', send.bytes, recv);
  checkApartParts(ch, send, recv);
  if (send !== null) ch.signature?.root(root).same(send, ch.size);
  else ch.signature?.root(root).same(recv as Part);
  const block = send === null ? recv!.length : send.length / ch.size;
  const meeting = ch.meet('scatter', shared.payloadOf(ch.size, block), send, recv);
  if (meeting !== null) {
    shared.scatter(meeting, send, recv, block, root);
    return met(recv);
  }
  return landing(hierarchy.scatter(ch, ch.hosts, send?.bytes ?? null, recv?.bytes ?? null, root), recv);
}

export function scatterv(
  ch: CollectiveChannel,
  sendbuf: VectorSpec | null,
  recvbuf: BufferSpec | InPlace,
  root: number,
): coll.Schedule {
  checkRoot(ch.scope, ch.call, root);
  const isRoot = ch.rank === root;
  const send = isRoot ? outgoingBlocks(ch, sendbuf, 'sendbuf') : null;
  const recv = recvbuf === IN_PLACE && isRoot ? null : incoming(ch, recvbuf as BufferSpec, 'recvbuf');
  if (send !== null && recv !== null) {
    checkLength(ch, 'recvbuf', recv.bytes, send.views[root].length, "sendbuf's counts");
    checkApart(ch, send.views, [recv.bytes]);
  }
  ch.signature?.root(root);
  if (send !== null) ch.signature?.sends(send);
  if (recv !== null) ch.signature?.takesFrom(root, recv);
  return landing(coll.scatterv(ch, send?.views ?? null, recv?.bytes ?? null, root), recv);
}

export function gather(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: BufferSpec | null,
  root: number,
): coll.Schedule | null {
  checkRoot(ch.scope, ch.call, root);
  const isRoot = ch.rank === root;
  const send = outgoingOrInPlace(ch, sendbuf, isRoot);
  const recv = isRoot ? incoming(ch, recvbuf, 'recvbuf', send === null) : null;
  if (recv !== null) checkBlocks(ch, 'recvbuf', recv.bytes, send);
  checkApartParts(ch, send, recv);
  if (recv !== null) ch.signature?.root(root).same(recv, ch.size);
  else ch.signature?.root(root).same(send as Part);
  const block = recv === null ? send!.length : recv.length / ch.size;
  const meeting = ch.meet('gather', block, send, recv);
  if (meeting !== null) {
    shared.gather(meeting, send, recv, block, root);
    return met(recv);
  }
  return landing(hierarchy.gather(ch, ch.hosts, send?.bytes ?? null, recv?.bytes ?? null, root), recv);
}

export function gatherv(
  ch: CollectiveChannel,
  sendbuf: BufferSpec | InPlace,
  recvbuf: VectorSpec | null,
  root: number,
): coll.Schedule {
  checkRoot(ch.scope, ch.call, root);
  const isRoot = ch.rank === root;
  const send = outgoingOrInPlace(ch, sendbuf, isRoot);
  const recv = isRoot ? incomingBlocks(ch, recvbuf, 'recvbuf', send === null) : null;
  if (recv !== null && send !== null) {
    checkLength(ch, 'sendbuf', send.bytes, recv.views[root].length, "recvbuf's counts");
    checkApart(ch, [send.bytes], recv.views);
  }
  ch.signature?.root(root);
  if (recv !== null) ch.signature?.takes(recv);
  if (send !== null) ch.signature?.sendsTo(root, send);
  return landing(coll.gatherv(ch, send?.bytes ?? null, recv?.views ?? null, root), recv);
}
