/** MPI-4.1 section 6.2.3: collectives from all of each of two groups to all of the other, and what is wrong. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { inEveryForm } from '../../support/job/forms.js';
import { asRoot, eachRoot, filled, LENGTHS, parts, UNTOUCHED, value } from '../../support/job/groups.js';
import { raises } from '../../support/job/tools.js';

const world = MPI.COMM_WORLD;

defineCases({
  'Allgather: the groups’ blocks may differ, in one direction none may travel': needs(2, () => {
    const { inter, low, end } = parts();
    for (const [lows, highs] of [
      [3, 3],
      [1, 700],
      [0, 5],
    ]) {
      const [mine, theirs] = low ? [lows, highs] : [highs, lows];
      const send = filled(mine, (j) => value(low, inter.rank, 0, j));
      const recv = new Float64Array(theirs * inter.remote_size);
      inEveryForm(
        {
          now: () => inter.Allgather(send, recv),
          start: () => inter.Iallgather(send, recv),
          init: () => inter.Allgather_init(send, recv),
        },
        () => recv.fill(UNTOUCHED),
        () =>
          assert.deepEqual(
            recv,
            filled(recv.length, (i) => value(!low, Math.floor(i / theirs), 0, i % theirs)),
          ),
      );
    }
    end();
  }),

  'Allgatherv and Alltoall(v, w): blocks by remote rank': needs(2, () => {
    const { inter, low, end } = parts();
    const { rank, remote_size: others } = inter;
    const lengthOf = (l: boolean, r: number) => ((r + (l ? 1 : 0)) % 3) * 30;
    const counts = Array.from({ length: others }, (_, r) => lengthOf(!low, r));
    const send = filled(lengthOf(low, rank), (j) => value(low, rank, 0, j));
    const recv = new Float64Array(counts.reduce((sum, n) => sum + n, 0));
    inEveryForm(
      {
        now: () => inter.Allgatherv(send, [recv, counts]),
        start: () => inter.Iallgatherv(send, [recv, counts]),
        init: () => inter.Allgatherv_init(send, [recv, counts]),
      },
      () => recv.fill(UNTOUCHED),
      () =>
        assert.deepEqual(
          [...recv],
          counts.flatMap((n, r) => Array.from({ length: n }, (_, j) => value(!low, r, 0, j))),
        ),
    );
    for (const n of [0, 1, 600]) {
      const out = filled(n * others, (i) => value(low, rank, Math.floor(i / n), i % n));
      const into = new Float64Array(n * others);
      const expected = filled(n * others, (i) => value(!low, Math.floor(i / n), rank, i % n));
      const blocks = new Array<number>(others).fill(n);
      const starts = blocks.map((_, r) => r * n);
      const bytes = starts.map((start) => start * 8);
      const types = blocks.map(() => MPI.DOUBLE);
      const fill = () => into.fill(UNTOUCHED);
      const check = () => assert.deepEqual(into, expected);
      inEveryForm(
        {
          now: () => inter.Alltoall(out, into),
          start: () => inter.Ialltoall(out, into),
          init: () => inter.Alltoall_init(out, into),
        },
        fill,
        check,
      );
      inEveryForm(
        {
          now: () => inter.Alltoallv([out, blocks], [into, blocks, starts, MPI.DOUBLE]),
          start: () => inter.Ialltoallv([out, blocks], [into, blocks]),
          init: () => inter.Alltoallv_init([out, blocks], [into, blocks]),
        },
        fill,
        check,
      );
      inEveryForm(
        {
          now: () => inter.Alltoallw([out, blocks, bytes, types], [into, blocks, bytes, types]),
          start: () => inter.Ialltoallw([out, blocks, bytes, types], [into, blocks, bytes, types]),
          init: () => inter.Alltoallw_init([out, blocks, bytes, types], [into, blocks, bytes, types]),
        },
        fill,
        check,
      );
    }
    end();
  }),

  'Reduce and Allreduce: what the other group’s operands come to': needs(2, () => {
    const { inter, low, end } = parts();
    const { rank, remote_size: others } = inter;
    const operand = (l: boolean, r: number, j: number) => (l ? 1 : 1000) * (r + 1) + (j % 7);
    for (const n of LENGTHS) {
      const send = filled(n, (j) => operand(low, rank, j));
      const sums = filled(n, (j) => {
        let sum = 0;
        for (let r = 0; r < others; r++) sum += operand(!low, r, j);
        return sum;
      });
      eachRoot({ inter, low }, (root, role) => {
        const recv = new Float64Array(n);
        const into = role === 'root' ? recv : null;
        inEveryForm(
          {
            now: () => inter.Reduce(send, into, MPI.SUM, root),
            start: () => inter.Ireduce(send, into, MPI.SUM, root),
            init: () => inter.Reduce_init(send, into, MPI.SUM, root),
          },
          () => recv.fill(UNTOUCHED),
          () => assert.deepEqual(recv, role === 'root' ? sums : new Float64Array(n).fill(UNTOUCHED)),
        );
      });
      const recv = new Float64Array(n);
      inEveryForm(
        {
          now: () => inter.Allreduce(send, recv),
          start: () => inter.Iallreduce(send, recv),
          init: () => inter.Allreduce_init(send, recv),
        },
        () => recv.fill(UNTOUCHED),
        () => assert.deepEqual(recv, sums),
      );
    }
    end();
  }),

  'an operation that does not commute: operands in rank order': needs(2, () => {
    const { inter, low, end } = parts();
    // Digits are joined; in front of them a number tells how many there are.
    const join = MPI.Op.Create((invec, inoutvec) => {
      const [left, right] = [invec as Float64Array, inoutvec as Float64Array];
      for (let i = 0; i < right.length; i++) {
        const [lengthLeft, length] = [left[i], right[i]].map((x) => Math.floor(x / 1e9));
        right[i] = (lengthLeft + length) * 1e9 + (left[i] % 1e9) * 10 ** length + (right[i] % 1e9);
      }
    }, false);
    const digits = Array.from({ length: inter.remote_size }, (_, r) => r + 1).join('');
    const joined = inter.remote_size * 1e9 + Number(digits);
    const recv = new Float64Array(2);
    const own = new Float64Array(2).fill(1e9 + inter.rank + 1);
    inter.Allreduce(own, recv, join);
    assert.deepEqual([...recv], [joined, joined]);
    for (const side of [true, false]) {
      const root = asRoot(inter, low, side, 0);
      inter.Reduce(own, root === MPI.ROOT ? recv.fill(0) : null, join, root);
      if (root === MPI.ROOT) assert.deepEqual([...recv], [joined, joined]);
    }
    assert.equal(
      inter.allreduce(`${low ? 'a' : 'b'}${inter.rank}`, (x, y) => x + y),
      Array.from({ length: inter.remote_size }, (_, r) => `${low ? 'b' : 'a'}${r}`).join(''),
    );
    join.Free();
    end();
  }),

  'Reduce_scatter(_block): counts by local rank, the same total in both groups': needs(2, () => {
    const { inter, low, end } = parts();
    const { rank, size, remote_size: others } = inter;
    const operand = (l: boolean, r: number, i: number) => (l ? 1 : 1000) * (r + 1) + i;
    const combined = (i: number) => {
      let sum = 0;
      for (let r = 0; r < others; r++) sum += operand(!low, r, i);
      return sum;
    };
    for (const m of [0, 1, 300]) {
      const n = m * others;
      const send = filled(m * size * others, (i) => operand(low, rank, i));
      const recv = new Float64Array(n);
      const check = () =>
        assert.deepEqual(
          recv,
          filled(n, (j) => combined(rank * n + j)),
        );
      inEveryForm(
        {
          now: () => inter.Reduce_scatter_block(send, recv),
          start: () => inter.Ireduce_scatter_block(send, recv),
          init: () => inter.Reduce_scatter_block_init(send, recv),
        },
        () => recv.fill(UNTOUCHED),
        check,
      );
    }
    // All for the last of each group but one for its first.
    const total = 12;
    const counts = new Array<number>(size).fill(0);
    counts[size - 1] = total - 1;
    counts[0] += 1;
    const start = rank === 0 ? 0 : rank === size - 1 ? 1 : total;
    const send = filled(total, (i) => operand(low, rank, i));
    const recv = new Float64Array(counts[rank]);
    for (const recvcounts of [counts, null]) {
      inEveryForm(
        {
          now: () => inter.Reduce_scatter(send, recv, recvcounts),
          start: () => inter.Ireduce_scatter(send, recv, recvcounts),
          init: () => inter.Reduce_scatter_init(send, recv, recvcounts),
        },
        () => recv.fill(UNTOUCHED),
        () =>
          assert.deepEqual(
            recv,
            filled(recv.length, (j) => combined(start + j)),
          ),
      );
    }
    end();
  }),

  'objects: as mpi4py has them, null on the root’s side': needs(2, () => {
    const { inter, low, end } = parts();
    const { rank, remote_size: others } = inter;
    const all = (of: (r: number) => unknown) => Array.from({ length: others }, (_, r) => of(r));
    eachRoot({ inter, low }, (root, role, r) => {
      const got = inter.bcast(role === 'root' ? { low, r } : null, root);
      assert.deepEqual(got, role === 'other' ? { low: !low, r } : null);
      const gathered = inter.gather([low, rank], root);
      assert.deepEqual(gathered, role === 'root' ? all((q) => [!low, q]) : null);
      const list = role === 'root' ? all((q) => `${low} ${q}`) : null;
      assert.equal(inter.scatter(list, root), role === 'other' ? `${!low} ${rank}` : null);
      const sum = inter.reduce(rank + 1, MPI.SUM, root);
      assert.equal(sum, role === 'root' ? (others * (others + 1)) / 2 : null);
    });
    inter.barrier();
    assert.deepEqual(
      inter.allgather({ low, rank }),
      all((r) => ({ low: !low, rank: r })),
    );
    assert.deepEqual(
      inter.alltoall(all((r) => [rank, r])),
      all((r) => [r, rank]),
    );
    assert.equal(inter.allreduce(rank, MPI.MAX), others - 1);
    const later = inter.iallgather(rank);
    const sums = inter.iallreduce(1);
    assert.equal(sums.wait(), others);
    assert.deepEqual(
      later.wait(),
      all((r) => r),
    );
    end();
  }),

  'several at once, and making communicators meanwhile': needs(2, () => {
    const { inter, low, end } = parts();
    const sums = [1, 2, 3].map(() => new Float64Array(1));
    const requests = sums.map((sum, i) => inter.Iallreduce(Float64Array.of(i + 1), sum));
    const copy = inter.Dup();
    const merged = inter.Merge(!low);
    const barrier = inter.Ibarrier();
    const turned = inter.Split(0, -inter.rank);
    MPI.Request.Waitall([...requests, barrier]);
    assert.deepEqual(
      sums.map(([sum]) => sum),
      [1, 2, 3].map((i) => i * inter.remote_size),
    );
    assert.equal(turned.allreduce(1), inter.remote_size);
    assert.equal(merged.allreduce(1), world.size);
    for (const one of [copy, merged, turned]) one.Free();
    end();
  }),

  'datatypes with gaps': needs(2, () => {
    const { inter, low, end } = parts();
    const column = MPI.DOUBLE.Create_vector(3, 1, 2).Commit();
    const send = filled(6, (i) => value(low, inter.rank, 0, i));
    const recv = new Float64Array(6 * inter.remote_size).fill(UNTOUCHED);
    const spaced = column.Create_resized(0, 48).Commit();
    inter.Allgather([send, 1, spaced], [recv, inter.remote_size, spaced]);
    assert.deepEqual(
      recv,
      filled(recv.length, (i) => (i % 2 === 0 ? value(!low, Math.floor(i / 6), 0, i % 6) : UNTOUCHED)),
    );
    end();
  }),

  'what is wrong is an error, and leaves the communicator usable': needs(2, () => {
    const { inter, end } = parts();
    const [one, two] = [new Float64Array(1), new Float64Array(1)];
    raises(MPI.ERR_COMM, () => inter.Scan(one, two), 'Scan');
    raises(MPI.ERR_COMM, () => inter.Iexscan(one, two), 'Iexscan');
    raises(MPI.ERR_COMM, () => inter.Scan_init(one, two), 'Scan_init');
    raises(MPI.ERR_COMM, () => inter.scan(1), 'scan');
    raises(MPI.ERR_COMM, () => inter.allgatherv([1]), 'allgatherv');
    for (const root of [inter.remote_size, -1, 0.5, Number.NaN]) {
      raises(MPI.ERR_ROOT, () => inter.Bcast(one, root), 'Bcast');
      raises(MPI.ERR_ROOT, () => inter.Reduce(one, two, MPI.SUM, root), 'Reduce');
      raises(MPI.ERR_ROOT, () => inter.gather(1, root), 'gather');
    }
    raises(MPI.ERR_BUFFER, () => inter.Allreduce(MPI.IN_PLACE, two), 'IN_PLACE');
    raises(MPI.ERR_BUFFER, () => inter.Alltoall(MPI.IN_PLACE, two), 'IN_PLACE');
    raises(MPI.ERR_BUFFER, () => inter.Gather(MPI.IN_PLACE, null, 0), 'IN_PLACE');
    raises(MPI.ERR_BUFFER, () => inter.Allreduce(one, one), 'overlap');
    raises(MPI.ERR_COUNT, () => inter.Allreduce(one, new Float64Array(2)), 'recvbuf');
    raises(MPI.ERR_COUNT, () => inter.Allgatherv(one, [two, new Array(inter.remote_size + 1).fill(0)]));
    raises(MPI.ERR_COUNT, () => inter.Reduce_scatter(one, two, new Array(inter.size + 1).fill(1)));
    raises(MPI.ERR_ARG, () => inter.alltoall(new Array(inter.remote_size + 1).fill(1)), 'alltoall');
    assert.equal(inter.allreduce(1), inter.remote_size);
    end();
    raises(MPI.ERR_COMM, () => inter.Barrier(), 'Barrier');
  }),
});
