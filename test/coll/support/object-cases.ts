/** Messages of any length, and reductions of values. */
import { deepEqual } from 'node:assert/strict';
import * as hierarchy from '../../../src/coll/hierarchy/index.js';
import * as coll from '../../../src/coll/index.js';
import type { Case } from './cases.js';
import type { PipeChannel } from './channel.js';
import { noise } from './guarded.js';

/** Text: joining does not commute. */
const joining: coll.ObjectReducer = {
  encode: (value) => Buffer.from(value as string),
  decode: (message) => Buffer.from(message).toString(),
  combine: (left, right) => `${left}${right}`,
};

export function runObjects(ch: PipeChannel, test: Case): void {
  const { rank, size } = ch;
  const { root, count, seed } = test;
  ch.hosts = test.hosts ?? null;
  const hosts = test.hosts === undefined ? null : hierarchy.hostsOf(test.hosts, rank);
  const ranks = [...Array(size).keys()];
  const own = (r: number): Uint8Array => noise((r + 1) * count, seed + r);
  const pair = (from: number, to: number): Uint8Array =>
    noise(((from + 2 * to) % 5) * count, seed + from * 31 + to);
  // What is decoded may keep its message's memory.
  const apart = (messages: readonly Uint8Array[]) =>
    deepEqual(new Set(messages.map(({ buffer }) => buffer)).size, messages.length);
  const parcel: coll.Parcel = { view: rank === root ? own(root) : new Uint8Array(0) };
  ch.run(hierarchy.bcastAny(ch, hosts, parcel, root));
  deepEqual(parcel.view, own(root));

  const gathered: Uint8Array[] = [];
  ch.run(hierarchy.gatherAny(ch, hosts, own(rank), gathered, root));
  deepEqual(gathered, rank === root ? ranks.map(own) : []);
  apart(gathered);
  ch.run(hierarchy.scatterAny(ch, hosts, rank === root ? ranks.map(own) : null, parcel, root));
  deepEqual(parcel.view, own(rank));
  const all: Uint8Array[] = [];
  ch.run(hierarchy.allgatherAny(ch, hosts, own(rank), all));
  deepEqual(all, ranks.map(own));
  apart(all);
  const pairs: Uint8Array[] = [];
  ch.run(
    coll.alltoallAny(
      ch,
      ranks.map((r) => pair(rank, r)),
      pairs,
    ),
  );
  deepEqual(
    pairs,
    ranks.map((r) => pair(r, rank)),
  );

  const text = (r: number): string => `<${r}>`.repeat(count);
  const total = ranks.map(text).join('');
  const box = (): coll.Box => ({ value: text(rank) });
  const reduced = box();
  ch.run(hierarchy.reduceAny(ch, hosts, reduced, joining, root));
  if (rank === root) deepEqual(reduced.value, total);
  const everywhere = box();
  ch.run(hierarchy.allreduceAny(ch, hosts, everywhere, joining));
  deepEqual(everywhere.value, total);
  const upTo = box();
  ch.run(coll.scanAny(ch, upTo, joining, true));
  deepEqual(
    upTo.value,
    ranks
      .slice(0, rank + 1)
      .map(text)
      .join(''),
  );
  const before = box();
  ch.run(coll.scanAny(ch, before, joining, false));
  deepEqual(before.value, rank === 0 ? undefined : ranks.slice(0, rank).map(text).join(''));
}
