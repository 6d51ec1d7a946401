/**
 * The neighbourhood collectives (MPI-4.1 §8.6): every rank sends a block along each of its outgoing edges and receives
 * one along each incoming edge, all at once.
 *
 *     T = L + 2o + (d − 1) · max(o, g) + d · m · G          (d edges, m bytes along each)
 *
 * Of several edges between the same two ranks the k-th outgoing one is the k-th incoming one of the other; so are those
 * from a rank to itself.
 */
import type { Channel, Taken } from './channel.js';
import type { Schedule } from './schedule.js';

/** An edge to or from nobody: its block is neither sent nor written. */
export const NOBODY = -2;

/** The edges of this rank. */
export interface Neighbours {
  /** Where the incoming edges come from: ranks, or `NOBODY`. */
  readonly sources: readonly number[];
  /** Where the outgoing edges lead. */
  readonly destinations: readonly number[];
  /**
   * The order in which the incoming edges are taken for those of their sources, if it is not that of `sources`: on a
   * Cartesian grid what leaves in the negative direction arrives from the positive one, also where both are the same rank.
   */
  readonly arrivals?: readonly number[];
}

/** Block k of `into` comes along incoming edge k, block k of `out` leaves along outgoing edge k. */
export function* neighborAlltoallv(
  ch: Channel,
  { sources, destinations, arrivals }: Neighbours,
  out: readonly Uint8Array[],
  into: readonly Uint8Array[],
): Schedule {
  const own = destinations.flatMap((dest, edge) => (dest === ch.rank ? [out[edge]] : []));
  let kept = 0;
  for (let i = 0; i < sources.length; i++) {
    const edge = arrivals === undefined ? i : arrivals[i];
    const source = sources[edge];
    if (source === ch.rank) into[edge].set(own[kept++]);
    else if (source !== NOBODY) ch.recv(into[edge], source);
  }
  sendAlong(ch, destinations, out);
  yield;
}

/** The same for messages whose length only their sender knows; null comes along an edge from nobody. */
export function* neighborAlltoallAny(
  ch: Channel,
  { sources, destinations, arrivals }: Neighbours,
  out: readonly Uint8Array[],
  into: (Uint8Array | null)[],
): Schedule {
  const own = destinations.flatMap((dest, edge) => (dest === ch.rank ? [out[edge]] : []));
  const taken: (Taken | null)[] = [];
  let kept = 0;
  for (let i = 0; i < sources.length; i++) {
    const edge = arrivals === undefined ? i : arrivals[i];
    const source = sources[edge];
    if (source === ch.rank) taken[edge] = { view: own[kept++] };
    else taken[edge] = source === NOBODY ? null : ch.take(source);
  }
  sendAlong(ch, destinations, out);
  yield;
  for (let edge = 0; edge < sources.length; edge++) into[edge] = taken[edge]?.view ?? null;
}

function sendAlong(ch: Channel, destinations: readonly number[], out: readonly Uint8Array[]): void {
  for (let edge = 0; edge < destinations.length; edge++) {
    const dest = destinations[edge];
    if (dest !== NOBODY && dest !== ch.rank) ch.send(out[edge], dest);
  }
}
