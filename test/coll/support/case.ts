/** Runs a case as one rank. */
import * as coll from '../../../src/coll/index.js';
import { runAllgather, runAlltoall, runNeighbours } from './all-cases.js';
import { callsOf } from './calls.js';
import type { Case } from './cases.js';
import type { PipeChannel } from './channel.js';
import { Guarded, noise } from './guarded.js';
import { runObjects } from './object-cases.js';
import { runReduceScatter, runReduction } from './reduction-cases.js';

/** Runs the case as this rank; throws if its result is wrong. */
export function runCase(ch: PipeChannel, test: Case, index: number): void {
  ch.synchronous = test.synchronous ?? false;
  const { collective } = test;
  ch.tag = index;
  if (collective === 'barrier') runBarrier(ch, test);
  else if (collective === 'bcast') runBcast(ch, test);
  else if (collective === 'gather' || collective === 'scatter') runRegular(ch, test, collective);
  else if (collective === 'gatherv' || collective === 'scatterv') runIrregular(ch, test, collective, index);
  else if (collective === 'allgather' || collective === 'allgatherv') runAllgather(ch, test, collective);
  else if (collective === 'alltoall' || collective === 'alltoallv') runAlltoall(ch, test, collective);
  else if (collective === 'neighbours') runNeighbours(ch, test);
  else if (collective === 'objects') runObjects(ch, test);
  else if (collective === 'reduce_scatter') runReduceScatter(ch, test);
  else runReduction(ch, test, collective);
}

let barriers = 0;

/** A rank leaves the k-th barrier only when all have entered it. */
function runBarrier(ch: PipeChannel, test: Case): void {
  barriers++;
  ch.count(1);
  ch.run(callsOf(ch, test).barrier());
  const entered = ch.count(0);
  if (entered < barriers * ch.size) throw new Error(`left barrier ${barriers} after ${entered} entries`);
}

function runBcast(ch: PipeChannel, test: Case): void {
  const content = noise(test.count, test.seed);
  const buffer = new Guarded(test.count, 0, ch.rank === test.root ? content : undefined);
  ch.run(callsOf(ch, test).bcast(buffer.bytes, test.root));
  buffer.check(content, 'bcast');
}

function runRegular(ch: PipeChannel, test: Case, collective: 'gather' | 'scatter'): void {
  const { count: m, root, inPlace } = test;
  const all = noise(m * ch.size, test.seed);
  const own = all.subarray(ch.rank * m, (ch.rank + 1) * m);
  const atRoot = ch.rank === root;
  const block = new Guarded(m, 0, collective === 'gather' ? own : undefined);
  const whole = new Guarded(m * ch.size, 0, collective === 'scatter' ? all : undefined);
  const blockArg = atRoot && inPlace ? null : block.bytes;
  const wholeArg = atRoot ? whole.bytes : null;
  if (collective === 'gather') {
    if (atRoot && inPlace) whole.bytes.set(own, root * m);
    ch.run(callsOf(ch, test).gather(blockArg, wholeArg, root));
  } else {
    ch.run(callsOf(ch, test).scatter(wholeArg, blockArg, root));
  }
  if (blockArg) block.check(own, `${collective} block`);
  if (wholeArg) whole.check(all, `${collective} whole`);
}

/** Blocks of different lengths, some empty, in reverse order with gaps between them. */
function runIrregular(ch: PipeChannel, test: Case, collective: 'gatherv' | 'scatterv', index: number): void {
  const { count, root, inPlace } = test;
  const counts = Array.from({ length: ch.size }, (_, r) => ((r * 7 + index) % 3) * count + (r % 2));
  const displs: number[] = [];
  let end = 3;
  for (let r = ch.size - 1; r >= 0; r--) {
    displs[r] = end;
    end += counts[r] + 2;
  }
  const all = noise(end, test.seed);
  const own = all.subarray(displs[ch.rank], displs[ch.rank] + counts[ch.rank]);
  const atRoot = ch.rank === root;
  const block = new Guarded(own.length, 0, collective === 'gatherv' ? own : undefined);
  const whole = new Guarded(end, 0, collective === 'scatterv' ? all : undefined);
  const expected = collective === 'scatterv' ? all : new Uint8Array(end).fill(0xcd);
  if (collective === 'gatherv') {
    for (let r = 0; r < ch.size; r++) {
      expected.set(all.subarray(displs[r], displs[r] + counts[r]), displs[r]);
    }
    if (inPlace && atRoot) whole.bytes.set(own, displs[root]);
  }
  const blockArg = atRoot && inPlace ? null : block.bytes;
  const views = atRoot ? counts.map((n, r) => whole.bytes.subarray(displs[r], displs[r] + n)) : null;
  if (collective === 'gatherv') ch.run(coll.gatherv(ch, blockArg, views, root));
  else ch.run(coll.scatterv(ch, views, blockArg, root));
  if (blockArg) block.check(own, `${collective} block`);
  if (atRoot) whole.check(expected, `${collective} whole`);
}
