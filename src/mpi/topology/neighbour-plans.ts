/** The plans of the neighbourhood collectives (MPI-4.1 §8.6). Blocks are counted by edges, in the order of the neighbours. */
import { ERR_COUNT, ERR_TOPOLOGY, Exception } from '../../base/errors.js';
import { equalViews } from '../../coll/blocks.js';
import * as coll from '../../coll/index.js';
import { place } from '../../engine/ops.js';
import type { BufferSpec } from '../buffer.js';
import type { CollectiveChannel } from '../comm/channel.js';
import {
  type Blocks,
  checkApart,
  incoming,
  incomingBlocks,
  landing,
  outgoing,
  outgoingBlocks,
  type Part,
} from '../comm/collectives/buffers.js';
import { encoded, encodedList } from '../comm/collectives/encoding.js';
import type { ObjectPlan } from '../comm/collectives/object-plans.js';
import { incomingTyped, outgoingTyped, type TypedVectorSpec } from '../comm/collectives/typed-blocks.js';
import { PROC_NULL } from '../constants.js';
import { decode } from '../objects.js';
import type { VectorSpec } from '../vector-buffer.js';
import type { Neighbours } from './neighbours.js';

export function allgather(
  ch: CollectiveChannel,
  around: Neighbours,
  sendbuf: BufferSpec,
  recvbuf: BufferSpec,
): coll.Schedule {
  const send = outgoing(ch, sendbuf, 'sendbuf');
  return exchangeEqual(ch, around, toAll(around, send.bytes), recvbuf);
}

export function allgatherv(
  ch: CollectiveChannel,
  around: Neighbours,
  sendbuf: BufferSpec,
  recvbuf: VectorSpec,
): coll.Schedule {
  const send = outgoing(ch, sendbuf, 'sendbuf');
  const recv = incomingBlocks(ch, recvbuf, 'recvbuf', keeps(around), around.sources.length);
  return exchange(ch, around, toAll(around, send.bytes), recv);
}

export function alltoall(
  ch: CollectiveChannel,
  around: Neighbours,
  sendbuf: BufferSpec,
  recvbuf: BufferSpec,
): coll.Schedule {
  const send = outgoing(ch, sendbuf, 'sendbuf');
  const out = equal(ch, 'sendbuf', send, around.destinations.length);
  return exchangeEqual(ch, around, out, recvbuf);
}

export function alltoallv(
  ch: CollectiveChannel,
  around: Neighbours,
  sendbuf: VectorSpec,
  recvbuf: VectorSpec,
): coll.Schedule {
  const send = outgoingBlocks(ch, sendbuf, 'sendbuf', around.destinations.length);
  const recv = incomingBlocks(ch, recvbuf, 'recvbuf', keeps(around), around.sources.length);
  return exchange(ch, around, send.views, recv);
}

export function alltoallw(
  ch: CollectiveChannel,
  around: Neighbours,
  sendbuf: TypedVectorSpec,
  recvbuf: TypedVectorSpec,
): coll.Schedule {
  const send = outgoingTyped(ch, sendbuf, 'sendbuf', around.destinations.length);
  const recv = incomingTyped(ch, recvbuf, 'recvbuf', keeps(around), around.sources.length);
  return exchange(ch, around, send.views, recv);
}

/** The same object along every edge; null comes from nobody. */
export function objectAllgather<T>(around: Neighbours, sendobj: T): ObjectPlan<(T | null)[]> {
  return objects(around, (ch) => toAll(around, encoded(ch, sendobj)));
}

/** An object for each edge. */
export function objectAlltoall<T>(around: Neighbours, sendobj: readonly T[]): ObjectPlan<(T | null)[]> {
  return objects(around, (ch) => encodedList(ch, sendobj, around.destinations.length));
}

function objects<T>(
  around: Neighbours,
  encode: (ch: CollectiveChannel) => readonly Uint8Array[],
): ObjectPlan<(T | null)[]> {
  const into: (Uint8Array | null)[] = [];
  return {
    plan: (ch) => {
      checkLoops(ch, around);
      return coll.neighborAlltoallAny(ch, around, encode(ch), into);
    },
    result: () => into.map((message) => (message === null ? null : (decode(message) as T))),
  };
}

function exchange(
  ch: CollectiveChannel,
  around: Neighbours,
  out: readonly Uint8Array[],
  recv: Pick<Blocks, 'views' | 'land'>,
): coll.Schedule {
  checkApart(ch, out, recv.views);
  const loops = checkLoops(ch, around);
  for (const [from, to] of loops) {
    const [sent, expected] = [out[from].length, recv.views[to].length];
    if (sent === expected) continue;
    throw new Exception(
      ERR_COUNT,
      `${place(ch.call, ch.scope)}: this rank, its own neighbour, sends itself ${sent} bytes where it expects ${expected}`,
    );
  }
  return landing(coll.neighborAlltoallv(ch, around, out, recv.views), recv);
}

/** The edges from this rank to itself: which outgoing one is which incoming one. ERR_TOPOLOGY if they do not pair. */
function checkLoops(ch: CollectiveChannel, around: Neighbours): [from: number, to: number][] {
  const { sources, destinations, arrivals = sources.map((_, edge) => edge) } = around;
  const from = [...destinations.keys()].filter((edge) => destinations[edge] === ch.rank);
  const to = arrivals.filter((edge) => sources[edge] === ch.rank);
  if (from.length === to.length) return from.map((edge, i) => [edge, to[i]]);
  throw new Exception(
    ERR_TOPOLOGY,
    `${place(ch.call, ch.scope)}: this rank is ${from.length} times among its destinations, but ${to.length} times ` +
      'among its sources',
  );
}

/** Whether nobody sends some block, which then keeps what it has. */
function keeps({ sources }: Neighbours): boolean {
  return sources.includes(PROC_NULL);
}

/** All blocks are of one length, those of other ranks too. */
function exchangeEqual(
  ch: CollectiveChannel,
  around: Neighbours,
  out: readonly Uint8Array[],
  recvbuf: BufferSpec,
): coll.Schedule {
  const recv = incoming(ch, recvbuf, 'recvbuf', keeps(around));
  const views = equal(ch, 'recvbuf', recv, around.sources.length);
  if (out.length > 0 && views.length > 0 && out[0].length !== views[0].length) {
    throw new Exception(
      ERR_COUNT,
      `${place(ch.call, ch.scope)}: sendbuf has blocks of ${out[0].length} bytes, recvbuf of ${views[0].length}`,
    );
  }
  return exchange(ch, around, out, { views, land: recv.land });
}

function equal(ch: CollectiveChannel, role: string, { bytes }: Part, edges: number): Uint8Array[] {
  if (edges === 0 || bytes.length % edges === 0) return equalViews(bytes, edges);
  throw new Exception(
    ERR_COUNT,
    `${place(ch.call, ch.scope)}: ${role} has ${bytes.length} bytes, which is not ${edges} equal blocks, one a neighbour`,
  );
}

function toAll({ destinations }: Neighbours, bytes: Uint8Array): Uint8Array[] {
  return destinations.map(() => bytes);
}
