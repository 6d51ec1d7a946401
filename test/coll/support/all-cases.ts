/** Collectives from all to all, and along the edges of a graph. */
import * as coll from '../../../src/coll/index.js';
import { callsOf } from './calls.js';
import type { Case } from './cases.js';
import { type PipeChannel, random } from './channel.js';
import { Guarded, noise } from './guarded.js';

/** Blocks in reverse order with gaps between them. */
function scattered(
  counts: readonly number[],
  content: (i: number) => Uint8Array | null,
): [Guarded, Uint8Array[]] {
  const displs: number[] = [];
  let end = 3;
  for (let i = counts.length - 1; i >= 0; i--) {
    displs[i] = end;
    end += counts[i] + 2;
  }
  const all = new Guarded(end, 0);
  const views = counts.map((n, i) => all.bytes.subarray(displs[i], displs[i] + n));
  for (const [i, view] of views.entries()) view.set(content(i) ?? []);
  return [all, views];
}

/** `all`, as it should be with other contents of its blocks. */
function filled(all: Guarded, views: readonly Uint8Array[], content: (i: number) => Uint8Array): Uint8Array {
  const expected = all.bytes.slice();
  for (const [i, view] of views.entries()) expected.set(content(i), view.byteOffset - all.bytes.byteOffset);
  return expected;
}

export function runAllgather(ch: PipeChannel, test: Case, collective: 'allgather' | 'allgatherv'): void {
  const vary = collective === 'allgatherv';
  const counts = Array.from({ length: ch.size }, (_, r) =>
    vary ? ((r * 7 + 2) % 3) * test.count : test.count,
  );
  const block = (r: number): Uint8Array => noise(counts[r], test.seed + r);
  const own = block(ch.rank);
  const send = new Guarded(own.length, 0, own);
  const sent = test.inPlace ? null : send.bytes;
  const inPlace = (r: number): Uint8Array | null => (test.inPlace && r === ch.rank ? own : null);
  if (vary) {
    const [all, views] = scattered(counts, inPlace);
    const expected = filled(all, views, block);
    ch.run(callsOf(ch, test).allgatherv(sent, views));
    all.check(expected, 'allgatherv result');
  } else {
    const all = new Guarded(test.count * ch.size, 0);
    if (test.inPlace) all.bytes.set(own, ch.rank * test.count);
    ch.run(callsOf(ch, test).allgather(sent, all.bytes));
    all.check(Buffer.concat(counts.map((_, r) => block(r))), 'allgather result');
  }
  send.check(own, 'send buffer');
}

export function runAlltoall(ch: PipeChannel, test: Case, collective: 'alltoall' | 'alltoallv'): void {
  const { rank, size } = ch;
  const ranks = [...Array(size).keys()];
  const vary = collective === 'alltoallv';
  // In place what goes and what comes between two ranks is of one length.
  const count = (from: number, to: number): number =>
    vary ? ((from * to + from + to + (test.inPlace ? 0 : 2 * from)) % 4) * test.count : test.count;
  const block = (from: number, to: number): Uint8Array =>
    noise(count(from, to), test.seed + from * size + to);
  const leaving = (to: number): Uint8Array => block(rank, to);
  const coming = (from: number): Uint8Array => block(from, rank);
  if (vary) {
    const [out, outViews] = scattered(
      ranks.map((r) => count(rank, r)),
      leaving,
    );
    const [into, intoViews] = scattered(
      ranks.map((r) => count(r, rank)),
      test.inPlace ? leaving : () => null,
    );
    const before = out.bytes.slice();
    const expected = filled(into, intoViews, coming);
    ch.run(coll.alltoallv(ch, test.inPlace ? null : outViews, intoViews, test.algorithm as never));
    out.check(before, 'alltoallv send buffer');
    into.check(expected, 'alltoallv result');
  } else {
    const before = Buffer.concat(ranks.map(leaving));
    const out = new Guarded(before.length, 0, before);
    const into = new Guarded(before.length, 0, test.inPlace ? before : undefined);
    ch.run(callsOf(ch, test).alltoall(test.inPlace ? null : out.bytes, into.bytes));
    out.check(before, 'alltoall send buffer');
    into.check(Buffer.concat(ranks.map(coming)), 'alltoall result');
  }
}

/** A random graph with repeated edges, edges to oneself and to nobody. Every rank draws all of it. */
export function runNeighbours(ch: PipeChannel, test: Case): void {
  const next = random(test.seed);
  const edges = Array.from({ length: 3 * ch.size }, (_, id) => ({
    id,
    from: Math.floor(next() * (ch.size + 1)),
    to: Math.floor(next() * (ch.size + 1)),
  }));
  const rankOr = (r: number): number => (r === ch.size ? coll.NOBODY : r);
  const outgoing = edges.filter(({ from }) => from === ch.rank);
  const incoming = edges.filter(({ to }) => to === ch.rank);
  const neighbours = {
    sources: incoming.map(({ from }) => rankOr(from)),
    destinations: outgoing.map(({ to }) => rankOr(to)),
  };
  const block = (id: number): Uint8Array => noise(((id * 3) % 5) * test.count, test.seed + id);
  const [into, views] = scattered(
    incoming.map(({ id }) => block(id).length),
    () => null,
  );
  const expected = filled(into, views, (i) =>
    incoming[i].from === ch.size ? views[i].slice() : block(incoming[i].id),
  );
  ch.run(
    coll.neighborAlltoallv(
      ch,
      neighbours,
      outgoing.map(({ id }) => block(id)),
      views,
    ),
  );
  into.check(expected, 'neighbour alltoall');

  const own = (r: number): Uint8Array => noise(test.count, test.seed + 1000 + r);
  const [gathered, parts] = scattered(
    incoming.map(() => test.count),
    () => null,
  );
  const all = filled(gathered, parts, (i) =>
    incoming[i].from === ch.size ? parts[i].slice() : own(incoming[i].from),
  );
  const out = neighbours.destinations.map(() => own(ch.rank));
  ch.run(coll.neighborAlltoallv(ch, neighbours, out, parts));
  gathered.check(all, 'neighbour allgather');
}
