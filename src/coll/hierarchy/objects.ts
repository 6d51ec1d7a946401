/**
 * Collectives of encoded objects in two levels, as those of buffers. Several messages between two hosts travel as one, a
 * bundle:
 *
 *     bcast, reduce, allreduce: T_network(H) + T_memory(P / H), twice T_memory for allreduce          (H hosts, P ranks)
 *     gather, scatter: T_memory(P / H) + L + 2o + (H − 2) · max(o, g) + (P − P / H) · m · G
 *     allgather: 2 · T_memory(P / H) + L + 2o + (H − 2) · max(o, g) + (P − P / H) · m · G
 *
 * alltoall and scan go as in `coll/objects.ts`.
 */
import type { Channel } from '../channel.js';
import * as flat from '../objects.js';
import type { Schedule } from '../schedule.js';
import { goesInLevels, type Hosts, levelsOf } from './hosts.js';

const WORD = Float64Array.BYTES_PER_ELEMENT;

const padded = (bytes: number): number => Math.ceil(bytes / WORD) * WORD;

/**
 * Several messages in one; each begins on a multiple of 8.
 *
 *     length of each, as doubles | first, padded to 8 | second, padded | …
 */
export function bundle(messages: readonly Uint8Array[]): Uint8Array {
  const lengths = Float64Array.from(messages, ({ length }) => length);
  const bytes = new Uint8Array(
    messages.reduce((sum, { length }) => sum + padded(length), lengths.byteLength),
  );
  bytes.set(new Uint8Array(lengths.buffer));
  let at = lengths.byteLength;
  for (const message of messages) {
    bytes.set(message, at);
    at += padded(message.length);
  }
  return bytes;
}

/** The messages of a bundle, in its memory. */
export function unbundle(bytes: Uint8Array, count: number): Uint8Array[] {
  const words = new DataView(bytes.buffer, bytes.byteOffset, count * WORD);
  let end = count * WORD;
  return Array.from({ length: count }, (_, index) => {
    const start = end;
    const length = words.getFloat64(index * WORD, true);
    end += padded(length);
    return bytes.subarray(start, start + length);
  });
}

/** As `coll.bcastAny`. */
export function bcastAny(ch: Channel, hosts: Hosts | null, parcel: flat.Parcel, root: number): Schedule {
  return goesInLevels('bcast', hosts)
    ? bcastInLevels(ch, hosts, parcel, root)
    : flat.bcastAny(ch, parcel, root);
}

function* bcastInLevels(ch: Channel, hosts: Hosts, parcel: flat.Parcel, root: number): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, root);
  if (far !== null) yield* flat.bcastAny(far, parcel, top);
  yield* flat.bcastAny(near, parcel, head);
}

/** As `coll.gatherAny`. */
export function gatherAny(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array,
  into: Uint8Array[],
  root: number,
): Schedule {
  return goesInLevels('gather', hosts)
    ? gatherInLevels(ch, hosts, send, into, root)
    : flat.gatherAny(ch, send, into, root);
}

function* gatherInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array,
  into: Uint8Array[],
  root: number,
): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, root);
  const own: Uint8Array[] = [];
  yield* flat.gatherAny(near, send, own, head);
  if (far === null) return;
  const parts: Uint8Array[] = [];
  yield* flat.gatherAny(far, bundle(own), parts, top);
  if (ch.rank === root) sortOut(hosts, parts, into);
}

/** As `coll.scatterAny`. */
export function scatterAny(
  ch: Channel,
  hosts: Hosts | null,
  out: readonly Uint8Array[] | null,
  parcel: flat.Parcel,
  root: number,
): Schedule {
  return goesInLevels('scatter', hosts)
    ? scatterInLevels(ch, hosts, out, parcel, root)
    : flat.scatterAny(ch, out, parcel, root);
}

function* scatterInLevels(
  ch: Channel,
  hosts: Hosts,
  out: readonly Uint8Array[] | null,
  parcel: flat.Parcel,
  root: number,
): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, root);
  let own: Uint8Array[] | null = null;
  if (far !== null) {
    const parts = out && hosts.groups.map((group) => bundle(group.map((member) => out[member])));
    yield* flat.scatterAny(far, parts, parcel, top);
    own = unbundle(parcel.view, near.size);
  }
  yield* flat.scatterAny(near, own, parcel, head);
  if (far !== null) parcel.view = parcel.view.slice();
}

/** As `coll.allgatherAny`. */
export function allgatherAny(
  ch: Channel,
  hosts: Hosts | null,
  send: Uint8Array,
  into: Uint8Array[],
): Schedule {
  return goesInLevels('allgather', hosts)
    ? allgatherInLevels(ch, hosts, send, into)
    : flat.allgatherAny(ch, send, into);
}

function* allgatherInLevels(ch: Channel, hosts: Hosts, send: Uint8Array, into: Uint8Array[]): Schedule {
  const { near, head, far } = levelsOf(ch, hosts, 0);
  const own: Uint8Array[] = [];
  yield* flat.gatherAny(near, send, own, head);
  const all: flat.Parcel = { view: send };
  if (far !== null) {
    const parts: Uint8Array[] = [];
    yield* flat.allgatherAny(far, bundle(own), parts);
    all.view = bundle(parts);
  }
  yield* flat.bcastAny(near, all, head);
  sortOut(hosts, unbundle(all.view, hosts.groups.length), into);
}

/** The messages of each host to the places of their ranks. */
function sortOut({ groups }: Hosts, parts: readonly Uint8Array[], into: Uint8Array[]): void {
  groups.forEach((group, host) => {
    const messages = unbundle(parts[host], group.length);
    group.forEach((member, index) => {
      // What is decoded may keep its message's memory: each has its own.
      into[member] = messages[index].slice();
    });
  });
}

/** As `coll.reduceAny`. In levels if each host's ranks follow each other: operands are combined in rank order. */
export function reduceAny(
  ch: Channel,
  hosts: Hosts | null,
  box: flat.Box,
  reducer: flat.ObjectReducer,
  root: number,
): Schedule {
  return goesInLevels('reduce', hosts) && hosts.inOrder
    ? reduceInLevels(ch, hosts, box, reducer, root)
    : flat.reduceAny(ch, box, reducer, root);
}

function* reduceInLevels(
  ch: Channel,
  hosts: Hosts,
  box: flat.Box,
  reducer: flat.ObjectReducer,
  root: number,
): Schedule {
  const { near, head, far, top } = levelsOf(ch, hosts, root);
  yield* flat.reduceAny(near, box, reducer, head);
  if (far !== null) yield* flat.reduceAny(far, box, reducer, top);
}

/** As `coll.allreduceAny`. In levels as `reduceAny`. */
export function allreduceAny(
  ch: Channel,
  hosts: Hosts | null,
  box: flat.Box,
  reducer: flat.ObjectReducer,
): Schedule {
  return goesInLevels('allreduce', hosts) && hosts.inOrder
    ? allreduceInLevels(ch, hosts, box, reducer)
    : flat.allreduceAny(ch, box, reducer);
}

function* allreduceInLevels(ch: Channel, hosts: Hosts, box: flat.Box, reducer: flat.ObjectReducer): Schedule {
  const { near, head, far } = levelsOf(ch, hosts, 0);
  yield* flat.reduceAny(near, box, reducer, head);
  const result: flat.Parcel = { view: new Uint8Array(0) };
  if (far !== null) {
    yield* flat.allreduceAny(far, box, reducer);
    result.view = reducer.encode(box.value);
  }
  yield* flat.bcastAny(near, result, head);
  if (far === null) box.value = reducer.decode(result.view);
}
