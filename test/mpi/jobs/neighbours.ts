/** MPI-4.1 sections 8.6 to 8.8: neighbourhood collectives, against whom the topology says one hears from. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { inEveryForm } from '../../support/job/forms.js';
import { generator } from '../../support/job/random.js';
import { raises } from '../../support/job/tools.js';

const seed = Number(process.env.MPI4TS_TEST_SEED ?? 1);
const UNTOUCHED = 0.5;

/** Where a block comes from: a rank and the number of its outgoing edge; null: nobody. */
type Origin = readonly [rank: number, edge: number] | null;

/** Element j of what leaves a rank along an edge. */
const value = (rank: number, edge: number, j: number): number => rank * 10_000 + edge * 100 + j + 1;

/** All neighbourhood collectives on one topology; `origins`: for each incoming edge, where its block comes from. */
function exercise(comm: MPI.Topocomm, origins: readonly Origin[], lengthOf: (o: Origin) => number): void {
  const { rank, outdegree } = comm;
  assert.equal(origins.length, comm.indegree);
  const blocks = (of: (origin: Origin, edge: number) => number[]) => origins.flatMap(of);
  const equal = (n: number, along: boolean) =>
    blocks((origin) =>
      Array.from({ length: n }, (_, j) =>
        origin === null ? UNTOUCHED : value(origin[0], along ? origin[1] : 0, j),
      ),
    );
  for (const n of [0, 9, 600]) {
    const send = Float64Array.from({ length: n }, (_, j) => value(rank, 0, j));
    const recv = new Float64Array(n * origins.length);
    inEveryForm(
      {
        now: () => comm.Neighbor_allgather(send, recv),
        start: () => comm.Ineighbor_allgather(send, recv),
        init: () => comm.Neighbor_allgather_init(send, recv),
      },
      () => recv.fill(UNTOUCHED),
      () => assert.deepEqual([...recv], equal(n, false)),
    );
    const out = Float64Array.from({ length: n * outdegree }, (_, i) => value(rank, Math.floor(i / n), i % n));
    inEveryForm(
      {
        now: () => comm.Neighbor_alltoall(out, recv),
        start: () => comm.Ineighbor_alltoall(out, recv),
        init: () => comm.Neighbor_alltoall_init(out, recv),
      },
      () => recv.fill(UNTOUCHED),
      () => assert.deepEqual([...recv], equal(n, true)),
    );
  }

  const counts = origins.map(lengthOf);
  const displs = counts.map((_, edge) => edge * 20);
  const recv = new Float64Array(20 * origins.length);
  const spaced = (along: boolean) =>
    blocks((origin, edge) =>
      Array.from({ length: 20 }, (_, j) =>
        origin === null || j >= counts[edge] ? UNTOUCHED : value(origin[0], along ? origin[1] : 0, j),
      ),
    );
  const into: MPI.VectorSpec = [recv, counts, displs, MPI.DOUBLE];
  const out = Array.from({ length: outdegree }, (_, edge) => lengthOf([rank, edge]));
  const leaving = Float64Array.from(
    out.flatMap((n, edge) => Array.from({ length: n }, (_, j) => value(rank, edge, j))),
  );
  inEveryForm(
    {
      now: () => comm.Neighbor_alltoallv([leaving, out], into),
      start: () => comm.Ineighbor_alltoallv([leaving, out], into),
      init: () => comm.Neighbor_alltoallv_init([leaving, out], into),
    },
    () => recv.fill(UNTOUCHED),
    () => assert.deepEqual([...recv], spaced(true)),
  );
  let at = 0;
  const starts = out.map((n) => {
    at += n;
    return (at - n) * 8;
  });
  const typed: MPI.TypedVectorSpec = [leaving, out, starts, out.map(() => MPI.DOUBLE)];
  const bytes = displs.map((displ) => displ * 8);
  const typedInto: MPI.TypedVectorSpec = [recv, counts, bytes, counts.map(() => MPI.DOUBLE)];
  inEveryForm(
    {
      now: () => comm.Neighbor_alltoallw(typed, typedInto),
      start: () => comm.Ineighbor_alltoallw(typed, typedInto),
      init: () => comm.Neighbor_alltoallw_init(typed, typedInto),
    },
    () => recv.fill(UNTOUCHED),
    () => assert.deepEqual([...recv], spaced(true)),
  );
  // What a rank tells all is of one length.
  const own = (r: number) => (r * 7) % 20;
  for (const [edge, origin] of origins.entries()) counts[edge] = origin === null ? 5 : own(origin[0]);
  const send = Float64Array.from({ length: own(rank) }, (_, j) => value(rank, 0, j));
  inEveryForm(
    {
      now: () => comm.Neighbor_allgatherv(send, into),
      start: () => comm.Ineighbor_allgatherv(send, into),
      init: () => comm.Neighbor_allgatherv_init(send, into),
    },
    () => recv.fill(UNTOUCHED),
    () => assert.deepEqual([...recv], spaced(false)),
  );

  const objects = Array.from({ length: outdegree }, (_, edge) => ({ rank, edge }));
  const expected = origins.map((origin) => (origin === null ? null : { rank: origin[0], edge: origin[1] }));
  assert.deepEqual(comm.neighbor_alltoall(objects), expected);
  assert.deepEqual(comm.ineighbor_alltoall(objects).wait(), expected);
  const ranks = origins.map((origin) => (origin === null ? null : [origin[0]]));
  assert.deepEqual(comm.neighbor_allgather([rank]), ranks);
  assert.deepEqual(comm.ineighbor_allgather([rank]).wait(), ranks);
}

const lengthOf = (origin: Origin): number => (origin === null ? 4 : (origin[0] + 3 * origin[1]) % 20);

defineCases({
  'grids, rings of one and two among them: what leaves downwards arrives from above': (comm, t) => {
    const square = MPI.Compute_dims(t.size, 2);
    const grids: [dims: number[], periods: boolean[]][] = [
      [[t.size], [true]],
      [
        [1, t.size],
        [true, false],
      ],
      [square, [false, true]],
      [square, [true, true]],
      [MPI.Compute_dims(t.size, 3), [true, false, true]],
    ];
    for (const [dims, periods] of grids) {
      const cart = comm.Create_cart(dims, periods);
      const origins = dims.flatMap((_, dim): Origin[] => {
        const [below, above] = cart.Shift(dim, 1);
        return [
          below === MPI.PROC_NULL ? null : [below, 2 * dim + 1],
          above === MPI.PROC_NULL ? null : [above, 2 * dim],
        ];
      });
      exercise(cart, origins, lengthOf);
      cart.Free();
    }
  },

  'a grid without dimensions has no neighbours': (comm) => {
    const cart = comm.Create_cart([]);
    if ((cart as MPI.Comm) === MPI.COMM_NULL) return;
    exercise(cart, [], lengthOf);
    cart.Free();
  },

  'blocks of MPI.PROC_NULL stay as they are, with a datatype that has gaps too': (comm, t) => {
    const cart = comm.Create_cart([t.size], [false]);
    const column = MPI.DOUBLE.Create_vector(2, 1, 2).Create_resized(0, 32).Commit();
    const send = Float64Array.from({ length: 4 }, (_, j) => value(t.rank, 0, j));
    const recv = Float64Array.from({ length: 8 }, (_, j) => -j);
    cart.Neighbor_allgather([send, 1, column], [recv, 2, column]);
    const expected = Array.from({ length: 8 }, (_, i) => {
      const source = i < 4 ? t.rank - 1 : t.rank + 1;
      return i % 2 === 1 || source < 0 || source === t.size ? -i : value(source, 0, i % 4);
    });
    assert.deepEqual(
      [...recv].map((x) => x + 0),
      expected.map((x) => x + 0),
    );
    cart.Free();
  },

  'a graph: everybody with everybody, itself too': (comm, t) => {
    const index = Array.from({ length: t.size }, (_, i) => (i + 1) * t.size);
    const edges = index.flatMap(() => Array.from({ length: t.size }, (_, i) => i));
    const graph = comm.Create_graph(index, edges);
    exercise(
      graph,
      Array.from({ length: t.size }, (_, rank): Origin => [rank, t.rank]),
      lengthOf,
    );
    graph.Free();
  },

  [`random graphs, with edges that are there twice (seed ${seed})`]: (comm, t) => {
    const below = generator(seed * 17 + t.size);
    for (let trial = 0; trial < 3; trial++) {
      const edges = Array.from({ length: below(3 * t.size + 1) }, () => [below(t.size), below(t.size)]);
      // Each rank's edges in an order of its own; of equal ones the first remains the first.
      const shuffled = (list: number[][]) =>
        list.map((edge) => [below(99), ...edge]).sort((a, b) => a[0] - b[0]);
      const outward = shuffled(edges);
      const inward = shuffled(edges);
      const sources = inward.filter(([, , to]) => to === t.rank).map(([, from]) => from);
      const destinations = outward.filter(([, from]) => from === t.rank).map(([, , to]) => to);
      const graph = comm.Create_dist_graph_adjacent(sources, destinations);
      const used = new Map<number, number>();
      const origins = sources.map((source): Origin => {
        const before = used.get(source) ?? 0;
        used.set(source, before + 1);
        const theirs = outward.filter(([, from]) => from === source).map(([, , to]) => to);
        const mine = [...theirs.keys()].filter((edge) => theirs[edge] === t.rank);
        return [source, mine[before]];
      });
      exercise(graph, origins, lengthOf);
      graph.Free();
    }
  },

  'what is wrong is an error, and leaves the communicator usable': needs(2, (comm, t) => {
    const ring = comm.Create_cart([t.size], [true]);
    const [one, two, three] = [1, 2, 3].map((n) => new Float64Array(n));
    raises(MPI.ERR_COUNT, () => ring.Neighbor_allgather(one, three), 'Neighbor_allgather');
    raises(MPI.ERR_COUNT, () => ring.Neighbor_alltoall(three, two), 'Neighbor_alltoall');
    raises(MPI.ERR_COUNT, () => ring.Neighbor_allgatherv(one, [two, [1, 1, 1]]), 'counts');
    raises(MPI.ERR_COUNT, () => ring.Neighbor_alltoallv([two, [1]], [two, [1, 1]]), 'counts');
    raises(MPI.ERR_BUFFER, () => ring.Neighbor_alltoall(MPI.IN_PLACE as never, two), 'IN_PLACE');
    raises(MPI.ERR_BUFFER, () => ring.Neighbor_alltoall(two, two), 'overlap');
    raises(MPI.ERR_ARG, () => ring.neighbor_alltoall([1]), 'neighbor_alltoall');
    exercise(
      ring,
      [
        [t.prev, 1],
        [t.next, 0],
      ],
      lengthOf,
    );
    ring.Free();
    raises(MPI.ERR_COMM, () => ring.Neighbor_allgather(one, two), 'Neighbor_allgather');
    const lame = comm.Create_dist_graph_adjacent([t.rank], []);
    raises(MPI.ERR_TOPOLOGY, () => lame.Neighbor_allgather(one, two), 'among its destinations');
    raises(MPI.ERR_TOPOLOGY, () => lame.neighbor_allgather(1), 'among its destinations');
    lame.Free();
    const self = comm.Create_dist_graph_adjacent([t.rank], [t.rank]);
    raises(MPI.ERR_COUNT, () => self.Neighbor_allgather(one, two), 'sendbuf');
    raises(MPI.ERR_COUNT, () => self.Neighbor_allgatherv(one, [two, [2]]), 'its own neighbour');
    self.Free();
  }),
});
