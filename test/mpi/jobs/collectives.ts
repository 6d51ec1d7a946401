/** MPI-4.1 chapter 6: every collective in its three forms, against what it should give. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { inEveryForm } from '../../support/job/forms.js';
import { raises } from '../../support/job/tools.js';

function setEach(array: { length: number; [i: number]: number }, of: (i: number) => number): void {
  for (let i = 0; i < array.length; i++) array[i] = of(i);
}

/** Element j that rank r sends to rank q. */
const value = (r: number, q: number, j: number): number => r * 10_000 + q * 100 + (j % 100);

/** Lengths of a block, within one record, eager and long. */
const LENGTHS = [0, 1, 37, 3000];

defineCases({
  'Barrier holds everybody back': (comm, t) => {
    inEveryForm(
      { now: () => comm.Barrier(), start: () => comm.Ibarrier(), init: () => comm.Barrier_init() },
      () => {},
      () => {},
    );
    // Nobody leaves before the last has come.
    const seen = new Float64Array(t.size);
    const late = (t.size - 1) * 5;
    const begin = performance.now();
    while (performance.now() - begin < t.rank * 5);
    const request = comm.Ibarrier();
    request.Wait();
    comm.Allgather(Float64Array.of(performance.now() - begin), seen);
    assert.ok(seen[t.size - 1] >= late);
  },

  'Bcast from every root': (comm, t) => {
    for (const n of LENGTHS) {
      for (let root = 0; root < t.size; root++) {
        const buf = new Int32Array(n);
        inEveryForm(
          {
            now: () => comm.Bcast(buf, root),
            start: () => comm.Ibcast(buf, root),
            init: () => comm.Bcast_init(buf, root),
          },
          () => setEach(buf, (j) => (t.rank === root ? value(root, 0, j) : -1)),
          (form) =>
            assert.ok(
              buf.every((x, j) => x === value(root, 0, j)),
              `${form} ${n} ${root}`,
            ),
        );
      }
    }
  },

  'Gather and Scatter, to and from every root, in place too': (comm, t) => {
    for (const n of LENGTHS) {
      for (let root = 0; root < t.size; root++) {
        const isRoot = t.rank === root;
        const block = new Float64Array(n);
        const whole = new Float64Array(n * t.size);
        for (const inPlace of [false, true]) {
          const own = isRoot && inPlace ? MPI.IN_PLACE : block;
          const all = isRoot ? whole : null;
          const mine = whole.subarray(t.rank * n, (t.rank + 1) * n);
          const fillOwn = (): void => {
            whole.fill(-1);
            setEach(isRoot && inPlace ? mine : block, (j) => value(t.rank, 0, j));
          };
          inEveryForm(
            {
              now: () => comm.Gather(own, all, root),
              start: () => comm.Igather(own, all, root),
              init: () => comm.Gather_init(own, all, root),
            },
            fillOwn,
            (form) => {
              if (!isRoot) return;
              assert.ok(
                whole.every((x, i) => x === value(Math.floor(i / n), 0, i % n)),
                `${form} gather`,
              );
            },
          );
          inEveryForm(
            {
              now: () => comm.Scatter(all, own, root),
              start: () => comm.Iscatter(all, own, root),
              init: () => comm.Scatter_init(all, own, root),
            },
            () => {
              block.fill(-1);
              setEach(whole, (i) => value(root, Math.floor(i / n), i % n));
            },
            (form) => {
              const got = isRoot && inPlace ? mine : block;
              assert.ok(
                got.every((x, j) => x === value(root, t.rank, j)),
                `${form} scatter`,
              );
            },
          );
        }
      }
    }
  },

  'Gatherv, Scatterv and Allgatherv of blocks with gaps': (comm, t) => {
    const counts = Array.from({ length: t.size }, (_, r) => (r % 3) * 50);
    const displs = counts.map((_, r) => (t.size - 1 - r) * 101);
    const block = new Int16Array(counts[t.rank]);
    const whole = new Int16Array(t.size * 101);
    const spec: MPI.VectorSpec = [whole, counts, displs, MPI.INT16_T];
    const root = t.size - 1;
    const all = t.rank === root ? spec : null;
    const fill = (): void => {
      whole.fill(-1);
      block.fill(t.rank + 1);
    };
    const expected = new Int16Array(whole.length).fill(-1);
    for (let r = 0; r < t.size; r++) expected.fill(r + 1, displs[r], displs[r] + counts[r]);
    inEveryForm(
      {
        now: () => comm.Gatherv(block, all, root),
        start: () => comm.Igatherv(block, all, root),
        init: () => comm.Gatherv_init(block, all, root),
      },
      fill,
      () => t.rank === root && assert.deepEqual(whole, expected),
    );
    inEveryForm(
      {
        now: () => comm.Allgatherv(block, spec),
        start: () => comm.Iallgatherv(block, spec),
        init: () => comm.Allgatherv_init(block, spec),
      },
      fill,
      () => assert.deepEqual(whole, expected),
    );
    inEveryForm(
      {
        now: () => comm.Scatterv(all, block, root),
        start: () => comm.Iscatterv(all, block, root),
        init: () => comm.Scatterv_init(all, block, root),
      },
      () => {
        whole.set(expected);
        block.fill(-1);
      },
      () => assert.ok(block.every((x) => x === t.rank + 1)),
    );
  },

  'Allgather and Alltoall of every length, in place too': (comm, t) => {
    for (const n of LENGTHS) {
      const send = new Int32Array(n * t.size);
      const block = send.subarray(0, n);
      const recv = new Int32Array(n * t.size);
      for (const inPlace of [false, true]) {
        const own = inPlace ? MPI.IN_PLACE : block;
        inEveryForm(
          {
            now: () => comm.Allgather(own, recv),
            start: () => comm.Iallgather(own, recv),
            init: () => comm.Allgather_init(own, recv),
          },
          () => {
            recv.fill(-1);
            const at = inPlace ? recv.subarray(t.rank * n, (t.rank + 1) * n) : block;
            setEach(at, (j) => value(t.rank, 0, j));
          },
          (form) =>
            assert.ok(
              recv.every((x, i) => x === value(Math.floor(i / n), 0, i % n)),
              form,
            ),
        );
        const out = inPlace ? MPI.IN_PLACE : send;
        inEveryForm(
          {
            now: () => comm.Alltoall(out, recv),
            start: () => comm.Ialltoall(out, recv),
            init: () => comm.Alltoall_init(out, recv),
          },
          () => {
            recv.fill(-1);
            const at = inPlace ? recv : send;
            setEach(at, (i) => value(t.rank, Math.floor(i / n), i % n));
          },
          (form) =>
            assert.ok(
              recv.every((x, i) => x === value(Math.floor(i / n), t.rank, i % n)),
              form,
            ),
        );
      }
    }
  },

  'Alltoallv and Alltoallw, with a datatype for each block': (comm, t) => {
    const count = (from: number, to: number): number => (from + 2 * to) % 4;
    const ranks = [...Array(t.size).keys()];
    const outCounts = ranks.map((r) => count(t.rank, r));
    const inCounts = ranks.map((r) => count(r, t.rank));
    const out = new Float64Array(outCounts.reduce((a, b) => a + b, 0));
    const into = new Float64Array(inCounts.reduce((a, b) => a + b, 0));
    const starts = (counts: number[]): number[] =>
      counts.map((_, i) => counts.slice(0, i).reduce((a, b) => a + b, 0));
    const fill = (): void => {
      into.fill(-1);
      for (const [r, start] of starts(outCounts).entries())
        out.fill(value(t.rank, r, 0), start, start + outCounts[r]);
    };
    const check = (): void => {
      for (const [r, start] of starts(inCounts).entries())
        assert.ok(into.subarray(start, start + inCounts[r]).every((x) => x === value(r, t.rank, 0)));
    };
    const [sv, rv]: MPI.VectorSpec[] = [
      [out, outCounts],
      [into, inCounts],
    ];
    inEveryForm(
      {
        now: () => comm.Alltoallv(sv, rv),
        start: () => comm.Ialltoallv(sv, rv),
        init: () => comm.Alltoallv_init(sv, rv),
      },
      fill,
      check,
    );
    // The sender says blocks, the receiver doubles.
    const bytes = (list: number[]): number[] => list.map((n) => n * 8);
    const sw: MPI.TypedVectorSpec = [
      out,
      ranks.map(() => 1),
      bytes(starts(outCounts)),
      outCounts.map((n) => MPI.DOUBLE.Create_contiguous(n).Commit()),
    ];
    const rw: MPI.TypedVectorSpec = [into, [inCounts, bytes(starts(inCounts))], ranks.map(() => MPI.DOUBLE)];
    inEveryForm(
      {
        now: () => comm.Alltoallw(sw, rw),
        start: () => comm.Ialltoallw(sw, rw),
        init: () => comm.Alltoallw_init(sw, rw),
      },
      fill,
      check,
    );
  },

  'bad arguments raise where they are, and leave the communicator usable': (comm, t) => {
    const where = `on rank ${t.rank} of`;
    const a = new Float64Array(4 * t.size);
    const b = new Float64Array(4 * t.size);
    raises(MPI.ERR_ROOT, () => comm.Bcast(a, t.size), 'Bcast', where);
    raises(MPI.ERR_ROOT, () => comm.Igather(a, null, -1), 'Igather', where);
    raises(MPI.ERR_ROOT, () => comm.Reduce_init(a, b, MPI.SUM, 0.5), 'Reduce_init', where);
    raises(MPI.ERR_BUFFER, () => comm.Bcast(MPI.IN_PLACE as never), 'Bcast', where, 'IN_PLACE');
    raises(MPI.ERR_BUFFER, () => comm.Alltoall(a, MPI.IN_PLACE as never), 'Alltoall', where, 'IN_PLACE');
    raises(MPI.ERR_BUFFER, () => comm.Gather(a, null, t.rank), 'Gather', where, 'recvbuf');
    raises(MPI.ERR_BUFFER, () => comm.Iscatter(null, a, t.rank), 'Iscatter', where, 'sendbuf');
    raises(MPI.ERR_COUNT, () => comm.Allreduce(a, b.subarray(1)), 'Allreduce', where);
    raises(MPI.ERR_COUNT, () => comm.Iscan(a, b.subarray(1)), 'Iscan', where);
    raises(MPI.ERR_COUNT, () => comm.Allgather(a, b.subarray(1)), 'Allgather', where);
    raises(MPI.ERR_COUNT, () => comm.Ialltoall(a, b.subarray(t.size)), 'Ialltoall', where);
    raises(MPI.ERR_COUNT, () => comm.Reduce_scatter(a, b, [1]), 'Reduce_scatter', where);
    raises(MPI.ERR_COUNT, () => comm.Reduce_scatter(MPI.IN_PLACE, b), 'Reduce_scatter', where);
    raises(MPI.ERR_COUNT, () => comm.Alltoallv([a, [1]], [b, [1, 1]]), 'Alltoallv', where);
    raises(MPI.ERR_COUNT, () => comm.Alltoallw([a, [1], [0], []], [b, [1], [0], []]), 'Alltoallw', where);
    raises(MPI.ERR_BUFFER, () => comm.Allreduce(a, a), 'Allreduce', where, 'overlap');
    raises(
      MPI.ERR_BUFFER,
      () => comm.Iexscan(a.subarray(0, 2), a.subarray(1, 3)),
      'Iexscan',
      where,
      'overlap',
    );
    raises(MPI.ERR_BUFFER, () => comm.Allgather(b.subarray(0, 4), b), 'Allgather', where, 'overlap');
    raises(MPI.ERR_OP, () => comm.Allreduce(a, b, MPI.BAND), 'Allreduce', where);
    raises(MPI.ERR_OP, () => comm.Allreduce(a, b, 'SUM' as never), 'Allreduce', where);
    raises(MPI.ERR_ARG, () => comm.scatter([1, 2, 3, 4, 5, 6, 7, 8, 9], t.rank), 'scatter', where);
    raises(MPI.ERR_OP, () => comm.allreduce(1, MPI.OP_NULL), 'allreduce', where);
    raises(MPI.ERR_ARG, () => comm.bcast(() => {}, t.rank), 'bcast', where);
    comm.Allreduce(a.fill(1), b);
    assert.ok(b.every((x) => x === t.size));
  },
});
