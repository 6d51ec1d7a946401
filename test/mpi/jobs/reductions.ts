/** MPI-4.1 sections 6.9 to 6.11: the reductions in their three forms, against what they should give. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { inEveryForm } from '../../support/job/forms.js';

function setEach(array: { length: number; [i: number]: number }, of: (i: number) => number): void {
  for (let i = 0; i < array.length; i++) array[i] = of(i);
}

/** Lengths within one record, eager and long. */
const LENGTHS = [0, 1, 37, 3000];

defineCases({
  'Reduce, Allreduce, Scan and Exscan, in place too': (comm, t) => {
    for (const n of LENGTHS) {
      const send = new Float64Array(n);
      const recv = new Float64Array(n);
      const term = (r: number, j: number): number => r + 1 + (j % 7);
      const sum = (end: number, j: number): number => {
        let total = 0;
        for (let r = 0; r < end; r++) total += term(r, j);
        return total;
      };
      for (const inPlace of [false, true]) {
        const own = inPlace ? MPI.IN_PLACE : send;
        const fill = (): void => {
          recv.fill(-1);
          const at = inPlace ? recv : send;
          setEach(at, (j) => term(t.rank, j));
        };
        const holds = (end: number): void => assert.ok(recv.every((x, j) => x === sum(end, j)));
        inEveryForm(
          {
            now: () => comm.Allreduce(own, recv),
            start: () => comm.Iallreduce(own, recv),
            init: () => comm.Allreduce_init(own, recv),
          },
          fill,
          () => holds(t.size),
        );
        inEveryForm(
          {
            now: () => comm.Scan(own, recv),
            start: () => comm.Iscan(own, recv),
            init: () => comm.Scan_init(own, recv),
          },
          fill,
          () => holds(t.rank + 1),
        );
        inEveryForm(
          {
            now: () => comm.Exscan(own, recv),
            start: () => comm.Iexscan(own, recv),
            init: () => comm.Exscan_init(own, recv),
          },
          fill,
          () => {
            if (t.rank > 0) holds(t.rank);
            else assert.ok(recv.every((x, j) => x === (inPlace ? term(0, j) : -1)));
          },
        );
        const root = Math.floor(t.size / 2);
        const mine = t.rank === root ? own : inPlace ? recv : send;
        const into = t.rank === root ? recv : null;
        inEveryForm(
          {
            now: () => comm.Reduce(mine, into, MPI.SUM, root),
            start: () => comm.Ireduce(mine, into, MPI.SUM, root),
            init: () => comm.Reduce_init(mine, into, MPI.SUM, root),
          },
          fill,
          () => t.rank === root && holds(t.size),
        );
      }
    }
  },

  'Reduce_scatter and Reduce_scatter_block, in place too, with counts and without': (comm, t) => {
    const counts = Array.from({ length: t.size }, (_, r) => (r * 5) % 4);
    const total = counts.reduce((a, b) => a + b, 0);
    const start = counts.slice(0, t.rank).reduce((a, b) => a + b, 0);
    const send = Int32Array.from({ length: total }, (_, i) => i + t.rank);
    const expected = Int32Array.from(
      { length: counts[t.rank] },
      (_, j) => t.size * (start + j) + (t.size * (t.size - 1)) / 2,
    );
    const recv = new Int32Array(counts[t.rank]);
    for (const given of [counts, null]) {
      inEveryForm(
        {
          now: () => comm.Reduce_scatter(send, recv, given),
          start: () => comm.Ireduce_scatter(send, recv, given),
          init: () => comm.Reduce_scatter_init(send, recv, given),
        },
        () => recv.fill(-1),
        () => assert.deepEqual(recv, expected),
      );
    }
    const both = send.slice();
    inEveryForm(
      {
        now: () => comm.Reduce_scatter(MPI.IN_PLACE, both, counts),
        start: () => comm.Ireduce_scatter(MPI.IN_PLACE, both, counts),
        init: () => comm.Reduce_scatter_init(MPI.IN_PLACE, both, counts),
      },
      () => both.set(send),
      () => assert.deepEqual(both.subarray(0, counts[t.rank]), expected),
    );
    const out = Float32Array.from({ length: 3 * t.size }, (_, i) => i);
    const into = new Float32Array(3);
    inEveryForm(
      {
        now: () => comm.Reduce_scatter_block(out, into, MPI.MAX),
        start: () => comm.Ireduce_scatter_block(out, into, MPI.MAX),
        init: () => comm.Reduce_scatter_block_init(out, into, MPI.MAX),
      },
      () => into.fill(-1),
      () => assert.deepEqual(into, out.slice(3 * t.rank, 3 * t.rank + 3)),
    );
  },

  'operations that do not commute are applied in rank order, for every root': (comm, t) => {
    // Numbers in base 100: joining.
    const join = MPI.Op.Create((left, right) => {
      for (let i = 0; i < right.length; i++) right[i] = Number(`${left[i]}${right[i]}`);
    });
    const send = new Float64Array(5).fill(t.rank + 1);
    const text = (end: number): number => Number([...Array(end).keys()].map((r) => r + 1).join(''));
    for (let root = 0; root < t.size; root++) {
      const recv = new Float64Array(5);
      comm.Reduce(send, t.rank === root ? recv : null, join, root);
      if (t.rank === root) assert.ok(recv.every((x) => x === text(t.size)));
      comm.Ireduce(send, t.rank === root ? recv.fill(0) : null, join, root).Wait();
      if (t.rank === root) assert.ok(recv.every((x) => x === text(t.size)));
    }
    const recv = new Float64Array(5);
    comm.Allreduce(send, recv, join);
    assert.ok(recv.every((x) => x === text(t.size)));
    comm.Scan(send, recv, join);
    assert.ok(recv.every((x) => x === text(t.rank + 1)));
    comm.Exscan(send, recv, join);
    if (t.rank > 0) assert.ok(recv.every((x) => x === text(t.rank)));
    const own = new Float64Array(1);
    comm.Reduce_scatter_block(new Float64Array(t.size).fill(t.rank + 1), own, join);
    assert.equal(own[0], text(t.size));
    join.Free();
  },
});
