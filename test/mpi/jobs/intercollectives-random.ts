/** Random groups and random collectives between them, against what they should give (MPI-4.1 §6.2.3). */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { generator } from '../../support/job/random.js';

const seed = Number(process.env.MPI4TS_TEST_SEED ?? 1);

/** What world rank `from` sends to world rank `to`. */
const block = (round: number, from: number, to: number, n: number): number[] =>
  Array.from({ length: n }, (_, j) => round * 1e6 + from * 1e4 + to * 100 + j);

interface Round {
  readonly inter: MPI.Intercomm;
  readonly number: number;
  /** World ranks of the other group. */
  readonly others: readonly number[];
  /** World rank of the root. */
  readonly root: number;
  readonly rootArgument: number;
  /** Elements that each rank sends, or is sent, by world rank. */
  readonly lengths: readonly number[];
  readonly me: number;
}

/** Each starts a collective, and has its result compared once it is complete. */
const operations: readonly ((
  round: Round,
) => [request: MPI.Request<unknown>, check: (result: unknown) => void])[] = [
  (r) => {
    const mine = r.me === r.root;
    const sent = block(r.number, r.root, 0, r.lengths[r.root]);
    const buf = Float64Array.from(mine ? sent : sent.map(() => -1));
    const gets = r.rootArgument >= 0;
    return [
      r.inter.Ibcast(buf, r.rootArgument),
      () => assert.deepEqual([...buf], mine || gets ? sent : sent.map(() => -1)),
    ];
  },
  (r) => {
    const counts = r.others.map((one) => r.lengths[one]);
    const recv = new Float64Array(counts.reduce((sum, n) => sum + n, 0));
    const send = Float64Array.from(block(r.number, r.me, r.root, r.lengths[r.me]));
    const into: MPI.VectorSpec | null = r.me === r.root ? [recv, counts] : null;
    return [
      r.inter.Igatherv(send, into, r.rootArgument),
      () => {
        if (r.me !== r.root) return;
        const expected = r.others.flatMap((one) => block(r.number, one, r.root, r.lengths[one]));
        assert.deepEqual([...recv], expected);
      },
    ];
  },
  (r) => {
    const isRoot = r.me === r.root;
    const out = r.others.flatMap((one) => block(r.number, r.me, one, r.lengths[one]));
    const counts = r.others.map((one) => r.lengths[one]);
    const recv = new Float64Array(r.lengths[r.me]);
    const send: MPI.VectorSpec | null = isRoot ? [Float64Array.from(out), counts] : null;
    return [
      r.inter.Iscatterv(send, recv, r.rootArgument),
      () => {
        if (r.rootArgument >= 0) assert.deepEqual([...recv], block(r.number, r.root, r.me, r.lengths[r.me]));
      },
    ];
  },
  (r) => {
    const counts = r.others.map((one) => r.lengths[one]);
    const recv = new Float64Array(counts.reduce((sum, n) => sum + n, 0));
    return [
      r.inter.Iallgatherv(Float64Array.from(block(r.number, r.me, 0, r.lengths[r.me])), [recv, counts]),
      () =>
        assert.deepEqual(
          [...recv],
          r.others.flatMap((one) => block(r.number, one, 0, r.lengths[one])),
        ),
    ];
  },
  (r) => {
    // As long as both ends have in common.
    const common = (a: number, b: number) => (r.lengths[a] + r.lengths[b]) % 5;
    const counts = r.others.map((one) => common(r.me, one));
    const recv = new Float64Array(counts.reduce((sum, n) => sum + n, 0));
    const out = r.others.flatMap((one) => block(r.number, r.me, one, common(r.me, one)));
    return [
      r.inter.Ialltoallv([Float64Array.from(out), counts], [recv, counts]),
      () =>
        assert.deepEqual(
          [...recv],
          r.others.flatMap((one) => block(r.number, one, r.me, common(r.me, one))),
        ),
    ];
  },
  (r) => {
    const n = r.lengths[0];
    const recv = new Float64Array(n);
    const sum = Array.from({ length: n }, (_, j) =>
      r.others.reduce((total, one) => total + block(r.number, one, 0, n)[j], 0),
    );
    return [
      r.inter.Iallreduce(Float64Array.from(block(r.number, r.me, 0, n)), recv),
      () => assert.deepEqual([...recv], sum),
    ];
  },
  (r) => {
    return [
      r.inter.iallgather(`${r.number}:${r.me}`),
      (result) =>
        assert.deepEqual(
          result,
          r.others.map((one) => `${r.number}:${one}`),
        ),
    ];
  },
];

defineCases({
  [`random groups and collectives, several under way (seed ${seed})`]: needs(2, (comm, t) => {
    const below = generator(seed * 31 + t.size);
    for (let trial = 0; trial < 12; trial++) {
      // Which group each rank is in; some are in none, and neither is empty.
      const order = Array.from({ length: t.size }, (_, rank) => rank).sort(() => below(3) - 1);
      const first = 1 + below(t.size - 1);
      const second = 1 + below(t.size - first);
      const groups = [order.slice(0, first), order.slice(first, first + second)];
      const side = groups.findIndex((group) => group.includes(t.rank));
      const half = comm.Split(side < 0 ? MPI.UNDEFINED : side, order.indexOf(t.rank));
      const plan = Array.from({ length: 6 }, (_, number) => ({
        number,
        kind: below(operations.length),
        root: order[below(first + second)],
        lengths: Array.from({ length: t.size }, () => below(below(4) === 0 ? 90 : 4)),
      }));
      if (side < 0) continue;
      const [own, others] = [groups[side], groups[1 - side]];
      const inter = half.Create_intercomm(0, comm, others[0], trial);
      const started = plan.map(({ kind, root, ...rest }) => {
        const there = others.indexOf(root);
        const rootArgument = root === t.rank ? MPI.ROOT : there >= 0 ? there : MPI.PROC_NULL;
        assert.ok(own.includes(root) || there >= 0);
        return operations[kind]({ ...rest, inter, others, root, rootArgument, me: t.rank });
      });
      for (const [request, check] of started) {
        check(request.wait());
      }
      inter.Free();
      half.Free();
    }
  }),
});
