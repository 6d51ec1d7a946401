/** The plans of the neighbourhood collectives (MPI-4.1 §8.6). Blocks are counted by edges, in the order of the neighbours. */
import { ERR_COUNT, ERR_TOPOLOGY, Exception } from '../../base/errors.js';
import * as coll from '../../coll/index.js';
import { place } from '../../engine/ops.js';
import type { BufferSpec } from '../buffer.js';
import type { CollectiveChannel } from '../comm/channel.js';
import {
  type Blocks,
  checkApart,
  equalParts,
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
  return exchangeEqual(ch, around, toAll(ch, around, sendbuf), recvbuf);
}

export function allgatherv(
  ch: CollectiveChannel,
  around: Neighbours,
  sendbuf: BufferSpec,
  recvbuf: VectorSpec,
): coll.Schedule {
  const send = toAll(ch, around, sendbuf);
  const recv = incomingBlocks(ch, recvbuf, 'recvbuf', keeps(around), around.sources.length);
  return exchange(ch, around, send, recv);
}

export function alltoall(
  ch: CollectiveChannel,
  around: Neighbours,
  sendbuf: BufferSpec,
  recvbuf: BufferSpec,
): coll.Schedule {
  const send = outgoing(ch, sendbuf, 'sendbuf');
  return exchangeEqual(ch, around, equal(ch, 'sendbuf', send, around.destinations.length), recvbuf);
}

export function alltoallv(
  ch: CollectiveChannel,
  around: Neighbours,
  sendbuf: VectorSpec,
  recvbuf: VectorSpec,
): coll.Schedule {
  const send = outgoingBlocks(ch, sendbuf, 'sendbuf', around.destinations.length);
  const recv = incomingBlocks(ch, recvbuf, 'recvbuf', keeps(around), around.sources.length);
  return exchange(ch, around, send, recv);
}

export function alltoallw(
  ch: CollectiveChannel,
  around: Neighbours,
  sendbuf: TypedVectorSpec,
  recvbuf: TypedVectorSpec,
): coll.Schedule {
  const send = outgoingTyped(ch, sendbuf, 'sendbuf', around.destinations.length);
  const recv = incomingTyped(ch, recvbuf, 'recvbuf', keeps(around), around.sources.length);
  return exchange(ch, around, send, recv);
}

/** The same object along every edge; null comes from nobody. */
export function objectAllgather<T>(around: Neighbours, sendobj: T): ObjectPlan<(T | null)[]> {
  return objects(around, (ch) => {
    const message = encoded(ch, sendobj);
    return around.destinations.map(() => message);
  });
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
      const messages = encode(ch);
      ch.signature?.objects(around.destinations, around.sources);
      return coll.neighborAlltoallAny(ch, around, messages, into);
    },
    result: () => into.map((message) => (message === null ? null : (decode(message) as T))),
  };
}

function exchange(ch: CollectiveChannel, around: Neighbours, send: Blocks, recv: Blocks): coll.Schedule {
  checkApart(ch, send.views, recv.views);
  const loops = checkLoops(ch, around);
  for (const [from, to] of loops) {
    const [sent, expected] = [send.views[from].length, recv.views[to].length];
    if (sent === expected) continue;
    throw new Exception(
      ERR_COUNT,
      `${place(ch.call, ch.scope)}: this rank, its own neighbour, sends itself ${sent} bytes where it expects ${expected}`,
    );
  }
  ch.signature?.sends(send, around.destinations).takes(recv, around.sources, around.arrivals);
  return landing(coll.neighborAlltoallv(ch, around, send.views, recv.views), recv);
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
  send: Blocks,
  recvbuf: BufferSpec,
): coll.Schedule {
  const part = incoming(ch, recvbuf, 'recvbuf', keeps(around));
  const recv = equal(ch, 'recvbuf', part, around.sources.length);
  const [out, into] = [send.views, recv.views];
  if (out.length > 0 && into.length > 0 && out[0].length !== into[0].length) {
    throw new Exception(
      ERR_COUNT,
      `${place(ch.call, ch.scope)}: sendbuf has blocks of ${out[0].length} bytes, recvbuf of ${into[0].length}`,
    );
  }
  return exchange(ch, around, send, recv);
}

function equal(ch: CollectiveChannel, role: string, part: Part, edges: number): Blocks {
  const { length } = part.bytes;
  if (edges === 0 || length % edges === 0) return equalParts(part, edges);
  throw new Exception(
    ERR_COUNT,
    `${place(ch.call, ch.scope)}: ${role} has ${length} bytes, which is not ${edges} equal blocks, one a neighbour`,
  );
}

/** The same along every edge. */
function toAll(ch: CollectiveChannel, { destinations }: Neighbours, sendbuf: BufferSpec): Blocks {
  const { bytes, datatype } = outgoing(ch, sendbuf, 'sendbuf');
  return { views: destinations.map(() => bytes), land: null, typeOf: () => datatype };
}
