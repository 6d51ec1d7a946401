/** `mpirun --check`: what is sent along each edge of a topology, and what is expected (MPI-4.1 §8.6). */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { type Args, call, forms, mismatch } from '../../support/job/mismatches.js';
import { generator } from '../../support/job/random.js';

const seed = Number(process.env.MPI4TS_TEST_SEED ?? 1);

/** What the ranks pass along each edge. */
interface Passed {
  readonly n: number;
  readonly A: Float64ArrayConstructor | Float32ArrayConstructor;
}

const right: Passed = { n: 2, A: Float64Array };
/** One rank's change, and the class of the error that it makes. The type keeps the bytes as many as they were. */
const changes: readonly (readonly [errorClass: number, passed: Passed])[] = [
  [MPI.ERR_TYPE, { n: 4, A: Float32Array }],
  [MPI.ERR_COUNT, { n: 3, A: Float64Array }],
];

const block = ({ n, A }: Passed) => new A(n);
const all = ({ n, A }: Passed, edges: number) => new A(n * edges);
const counts = ({ n }: Passed, edges: number) => new Array<number>(edges).fill(n);
const blocks = (p: Passed, edges: number) => [all(p, edges), counts(p, edges)];
const typed = (p: Passed, edges: number) => {
  const displs = counts(p, edges).map((n, i) => i * n * p.A.BYTES_PER_ELEMENT);
  const type = p.A === Float64Array ? MPI.DOUBLE : MPI.FLOAT;
  return [all(p, edges), counts(p, edges), displs, displs.map(() => type)];
};

const collectives: Record<string, (p: Passed, into: number, out: number) => Args> = {
  Neighbor_allgather: (p, into) => [block(p), all(p, into)],
  Neighbor_allgatherv: (p, into) => [block(p), blocks(p, into)],
  Neighbor_alltoall: (p, into, out) => [all(p, out), all(p, into)],
  Neighbor_alltoallv: (p, into, out) => [blocks(p, out), blocks(p, into)],
  Neighbor_alltoallw: (p, into, out) => [typed(p, out), typed(p, into)],
};

/** Each rank tells the next, or whatever else `tells` says, and hears from those that tell it. */
function graph(comm: MPI.Intracomm, tells: (rank: number) => number[]): MPI.Distgraphcomm {
  const sources = Array.from({ length: comm.size }, (_, rank) => rank).flatMap((rank) =>
    tells(rank)
      .filter((to) => to === comm.rank)
      .map(() => rank),
  );
  return comm.Create_dist_graph_adjacent(sources, tells(comm.rank));
}

defineCases({
  ...(Object.fromEntries(
    Object.entries(collectives).map(([name, of]) => [
      `${name}: another type, count`,
      needs(2, (comm: MPI.Intracomm, t: { rank: number; size: number }) => {
        const topologies = [
          comm.Create_cart([t.size], [true]),
          comm.Create_cart([t.size], [false]),
          graph(comm, (rank) => [(rank + 1) % t.size]),
        ];
        for (const topology of topologies) {
          const args = (p: Passed) => of(p, topology.indegree, topology.outdegree);
          for (const odd of [0, 1, t.size - 1]) {
            for (const run of forms) {
              for (const [errorClass, wrong] of changes) {
                const passed = args(t.rank === odd ? wrong : right);
                mismatch(topology, errorClass, odd, () => run(topology, name, passed), ' of MPI_DOUBLE');
              }
              run(topology, name, args(right));
            }
          }
          topology.Free();
        }
      }),
    ]),
  ) as Parameters<typeof defineCases>[0]),

  'another collective, or another form of it': needs(2, (comm, t) => {
    const ring = comm.Create_cart([t.size], [true]);
    const names = Object.keys(collectives);
    for (const [i, name] of names.entries()) {
      const odd = i % t.size;
      const isOdd = t.rank === odd;
      const other = names[(i + 1) % names.length];
      const chosen = isOdd ? other : name;
      for (const run of forms) {
        const args = collectives[chosen](right, 2, 2);
        mismatch(
          ring,
          MPI.ERR_OTHER,
          odd,
          () => run(ring, chosen, args),
          RegExp(name, 'i'),
          RegExp(other, 'i'),
        );
      }
      const args = collectives[name](right, 2, 2);
      mismatch(ring, MPI.ERR_OTHER, odd, () => forms[isOdd ? 0 : 2](ring, name, args), `${name}_init`);
      mismatch(ring, MPI.ERR_OTHER, odd, () => (isOdd ? ring.Barrier() : forms[0](ring, name, args)));
    }
    ring.Free();
  }),

  'objects: the kind only, whatever they are': needs(2, (comm, t) => {
    const ring = comm.Create_cart([t.size], [true]);
    const list = [t.rank, 'x'.repeat(t.rank)];
    const names = ['neighbor_allgather', 'neighbor_alltoall', 'ineighbor_allgather', 'ineighbor_alltoall'];
    const run = (name: string) => {
      const result = call(ring, name, [list]);
      if (result instanceof MPI.Request) result.wait();
    };
    for (const [i, name] of names.entries()) {
      const odd = i % t.size;
      const other = names[(i + 1) % names.length];
      mismatch(ring, MPI.ERR_OTHER, odd, () => run(t.rank === odd ? other : name), name, other);
      run(name);
    }
    mismatch(ring, MPI.ERR_OTHER, 1, () =>
      t.rank === 1 ? ring.neighbor_allgather(1) : ring.Neighbor_allgather(new Int8Array(1), new Int8Array(2)),
    );
    ring.Free();
  }),

  'an edge that only one of its ranks lists': needs(2, (comm, t) => {
    const one = new Float64Array(1);
    // Rank 0 tells rank 1 twice, who hears from it once, or not at all.
    for (const heard of [1, 0]) {
      const lame = comm.Create_dist_graph_adjacent(
        t.rank === 1 ? new Array<number>(heard).fill(0) : [],
        t.rank === 0 ? [1, 1] : [],
      );
      const here = heard === 1 ? '1 edge from rank 0' : '0 edges from rank 0';
      const into = new Float64Array(t.rank === 1 ? heard : 0);
      for (const run of [
        () => lame.Neighbor_allgather(one, into),
        () => lame.Ineighbor_alltoall(new Float64Array(t.rank === 0 ? 2 : 0), into).Wait(),
        () => lame.neighbor_allgather(t.rank),
      ])
        mismatch(lame, MPI.ERR_TOPOLOGY, 1, run, '2 edges to rank 1', here, 'must list');
      lame.Free();
    }
    // One that is only heard of.
    const deaf = comm.Create_dist_graph_adjacent(t.rank === 0 ? [1] : [], []);
    const into = new Float64Array(t.rank === 0 ? 1 : 0);
    mismatch(deaf, MPI.ERR_TOPOLOGY, 1, () => deaf.Neighbor_allgather(one, into), '1 edge from rank 1');
    deaf.Free();
  }),

  'of several edges the first that is listed here is the first there': needs(2, (comm, t) => {
    const last = t.size - 1;
    const twice = graph(comm, (rank) => (rank === 0 ? [last, last, last] : []));
    const use = (out: number[], into: number[]) => () => {
      const [sent, taken] = [t.rank === 0 ? out : [], t.rank === last ? into : []];
      twice.Neighbor_alltoallv([new Int32Array(6), sent], [new Int32Array(6), taken]);
    };
    use([1, 2, 3], [1, 2, 3])();
    mismatch(twice, MPI.ERR_COUNT, last, use([1, 2, 3], [1, 3, 2]), '2 of MPI_INT', '3 of ', 'edge 2 of 3');
    twice.Free();
  }),

  'on a grid what leaves downwards arrives from above': needs(2, (comm, t) => {
    const types = [MPI.DOUBLE, MPI.INT];
    for (const dims of [[t.size], [1, t.size]]) {
      const grid = comm.Create_cart(dims, true);
      const many = dims.flatMap(() => types);
      const use = (into: readonly MPI.Datatype[]) => () => {
        const displs = many.map((_, i) => i * 8);
        const ones = many.map(() => 1);
        const [send, recv] = [new ArrayBuffer(64), new ArrayBuffer(64)];
        grid.Neighbor_alltoallw([send, ones, displs, many], [recv, ones, displs, [...into]]);
      };
      // Doubles go down: they come from above.
      use(many.map((_, edge) => many[edge ^ 1]))();
      const turned = [...many.slice(0, -2).map((_, edge) => many[edge ^ 1]), ...types];
      mismatch(grid, MPI.ERR_TYPE, 0, use(turned), 'MPI_DOUBLE', 'MPI_INT');
      grid.Free();
    }
  }),

  'what would go to nobody, or come from nobody, is not compared': (comm, t) => {
    const line = comm.Create_cart([t.size], [false]);
    const isFirst = t.rank === 0;
    const isLast = t.rank === t.size - 1;
    const lengths = [isFirst ? 5 : 2, isLast ? 7 : 2];
    line.Neighbor_alltoallv([new Float64Array(12), lengths], [new Float64Array(12), lengths]);
    line.Neighbor_allgatherv(new Float64Array(2), [new Float64Array(12), lengths]);
    line.neighbor_alltoall([1, 2]);
    line.Free();
  },

  'a rank that is its own neighbour': (comm, t) => {
    const self = graph(comm, (rank) => [rank, rank]);
    const pairs = MPI.INT.Create_contiguous(2).Commit();
    const into = new Int32Array(4);
    self.Neighbor_alltoall([new Int32Array(4), 2, pairs], into);
    self.Neighbor_alltoallv([new Int32Array(3), [1, 2]], [into, [1, 2]]);
    const floats = t.rank === t.size - 1 ? new Float32Array(4) : new Int32Array(4);
    if (t.size > 1)
      mismatch(self, MPI.ERR_TYPE, t.size - 1, () => self.Neighbor_alltoall(floats, into), '2 of MPI_FLOAT');
    self.Free();
  },

  [`random graphs, in which one block is longer than is expected (seed ${seed})`]: needs(2, (comm, t) => {
    const below = generator(seed * 13 + t.size);
    for (let trial = 0; trial < 12; trial++) {
      const edges = Array.from({ length: 1 + below(4 * t.size) }, () => [below(t.size), below(t.size)]);
      const [from, to] = edges[below(edges.length)];
      const shuffled = edges.map((edge) => ({ edge, key: below(99) })).sort((a, b) => a.key - b.key);
      const sources = shuffled.flatMap(({ edge }) => (edge[1] === t.rank ? [edge[0]] : []));
      const destinations = edges.flatMap((edge) => (edge[0] === t.rank ? [edge[1]] : []));
      const graph = comm.Create_dist_graph_adjacent(sources, destinations);
      /** Elements of the block along each edge: others along each of those of the same two ranks. */
      const lengths = (peers: number[]) =>
        peers.map((peer, i) => (2 + peer + t.rank + peers.slice(0, i).filter((p) => p === peer).length) % 5);
      const [sent, taken] = [lengths(destinations), lengths(sources)];
      const use = () => {
        const [send, recv] = [sent, taken].map((list) => new Int32Array(list.reduce((sum, n) => sum + n, 0)));
        graph.Ineighbor_alltoallv([send, sent], [recv, taken]).Wait();
      };
      use();
      if (t.rank === from) sent[destinations.lastIndexOf(to)]++;
      // A rank that is its own neighbour is told by itself.
      if (from !== to) mismatch(graph, MPI.ERR_COUNT, from, use, `rank ${to}`);
      graph.Free();
    }
  }),

  'different datatypes of one signature fit': (comm, t) => {
    const four = MPI.DOUBLE.Create_contiguous(4).Commit();
    const column = MPI.DOUBLE.Create_vector(2, 1, 3).Commit();
    const specs: MPI.BufferSpec[] = [
      new Float64Array(4).fill(3),
      [new Float64Array(4).fill(3), 1, four],
      [new Float64Array(24).fill(3), 2, column],
      [new Uint8Array(new Float64Array(4).fill(3).buffer), 4, MPI.DOUBLE],
    ];
    const ring = comm.Create_cart([t.size], [true]);
    for (let shift = 0; shift < specs.length; shift++) {
      const mine = specs[(t.rank + shift) % specs.length];
      const got = new Float64Array(8);
      ring.Neighbor_allgather(mine, t.rank % 2 === 0 ? got : [got, 2, four]);
      ring.Ineighbor_allgatherv(mine, [got, [4, 4]]).Wait();
      assert.ok(got.every((x) => x === 3));
      const whole: MPI.BufferSpec = [new Float64Array(8), 2, four];
      ring.Neighbor_alltoall(t.rank % 2 === 0 ? whole : new Float64Array(8), got);
      const request = ring.Neighbor_allgather_init(mine, got);
      request.Start();
      request.Wait();
      request.Free();
    }
    ring.Free();
  },
});
