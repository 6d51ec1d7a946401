/** MPI-4.1 chapter 8: communicators with a topology. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { bad, raises } from '../../support/job/tools.js';

/** What each rank says, on every rank. */
function everyone<T>(comm: MPI.Comm, own: T): T[] {
  const requests = Array.from({ length: comm.size }, (_, rank) => comm.isend(own, rank, 99));
  const all = Array.from({ length: comm.size }, (_, rank) => comm.recv(rank, 99) as T);
  MPI.Request.Waitall(requests);
  return all;
}

/** Sends the rank to all neighbours it tells, and hears from those it hears from; what it heard, in order. */
function exchange(comm: MPI.Topocomm): number[] {
  const sends = comm.outedges.map((dest) => comm.Isend(Int32Array.of(comm.rank), dest, 5));
  const heard = comm.inedges.map((source) => {
    const got = Int32Array.of(MPI.PROC_NULL);
    comm.Recv(got, source, 5);
    return got[0];
  });
  MPI.Request.Waitall(sends);
  return heard;
}

defineCases({
  'a grid of all ranks: shape, coordinates, neighbours, messages': (comm, t) => {
    const dims = MPI.Compute_dims(t.size, 2);
    const cart = comm.Create_cart(dims, [true, false]) as MPI.Cartcomm;
    assert.ok(cart instanceof MPI.Cartcomm && cart instanceof MPI.Topocomm && cart instanceof MPI.Comm);
    assert.equal(cart.Get_topology(), MPI.CART);
    assert.equal(cart.topology, MPI.CART);
    assert.equal(cart.is_topo, true);
    assert.equal(comm.Get_topology(), MPI.UNDEFINED);
    assert.equal(comm.is_topo, false);
    assert.equal(cart.size, t.size);
    assert.deepEqual([cart.Get_dim(), cart.dim, cart.ndim], [2, 2, 2]);
    const coords = [Math.floor(cart.rank / dims[1]), cart.rank % dims[1]];
    assert.deepEqual(cart.Get_topo(), [dims, [true, false], coords]);
    assert.deepEqual(cart.topo, [cart.dims, cart.periods, cart.coords]);
    assert.deepEqual(cart.Get_coords(cart.rank), coords);
    assert.equal(cart.Get_cart_rank(coords), cart.rank);
    assert.equal(cart.Get_cart_rank([coords[0] - dims[0], coords[1]]), cart.rank);
    assert.deepEqual(cart.degrees, [4, 4]);
    assert.deepEqual([cart.indegree, cart.outdegree], [4, 4]);
    assert.deepEqual(cart.inoutedges, [cart.inedges, cart.outedges]);
    assert.deepEqual(cart.inedges, [...cart.Shift(0, 1), ...cart.Shift(1, 1)]);
    // Two edges of the same pair of ranks are told apart by their order only where there is one way around.
    if (dims[0] > 2) assert.deepEqual(exchange(cart), cart.inedges);
    const word = Int32Array.of(cart.rank === 0 ? 42 : 0);
    cart.Bcast(word);
    assert.equal(word[0], 42);
  },

  'a shift is what Sendrecv needs': (comm, t) => {
    for (const periodic of [true, false]) {
      const cart = comm.Create_cart([t.size], [periodic]) as MPI.Cartcomm;
      const [source, dest] = cart.Shift(0, 1);
      const got = Int32Array.of(-7);
      cart.Sendrecv(Int32Array.of(cart.rank), dest, 1, got, source, 1);
      const before = cart.rank - 1;
      assert.equal(got[0], before >= 0 ? before : periodic ? t.size - 1 : -7);
    }
  },

  'a grid smaller than the communicator': needs(2, (comm, t) => {
    const cart = comm.Create_cart([t.size - 1]);
    assert.equal(cart === MPI.COMM_NULL, t.rank === t.size - 1);
    assert.equal(comm.Cart_map([t.size - 1]), t.rank < t.size - 1 ? t.rank : MPI.UNDEFINED);
    if (cart !== MPI.COMM_NULL) cart.Barrier();
  }),

  'a grid of no dimension is one rank': (comm, t) => {
    const cart = comm.Create_cart([]);
    assert.equal(cart === MPI.COMM_NULL, t.rank > 0);
    if (cart === MPI.COMM_NULL) return;
    assert.deepEqual(cart.Get_topo(), [[], [], []]);
    assert.equal(cart.Get_cart_rank([]), 0);
    assert.deepEqual(cart.degrees, [0, 0]);
  },

  'parts of a grid': needs(4, (comm, t) => {
    if (t.size % 2 === 1) return;
    const dims = MPI.Compute_dims(t.size, [0, 2]);
    const cart = comm.Create_cart(dims, [true, false], true) as MPI.Cartcomm;
    const column = cart.Sub([true, false]);
    const row = cart.Sub([false, true]);
    assert.deepEqual(column.Get_topo(), [[dims[0]], [true], [cart.coords[0]]]);
    assert.deepEqual(row.Get_topo(), [[2], [false], [cart.coords[1]]]);
    assert.deepEqual(
      everyone(row, cart.rank),
      [0, 1].map((j) => cart.Get_cart_rank([cart.coords[0], j])),
    );
    const sum = Int32Array.of(0);
    column.Allreduce(Int32Array.of(cart.coords[1] + 1), sum);
    assert.equal(sum[0], dims[0] * (cart.coords[1] + 1));
    const whole = cart.Sub([true, true]);
    assert.deepEqual(whole.Get_topo(), cart.Get_topo());
    const alone = cart.Sub([0, 0]);
    assert.deepEqual([alone.size, alone.dim], [1, 0]);
    raises(MPI.ERR_ARG, () => cart.Sub([true]), 'remain_dims has 1 entries');
    raises(MPI.ERR_ARG, () => cart.Sub(bad([true, 'x'])), 'remain_dims');
  }),

  'a graph: a star around rank 0': (comm, t) => {
    const index = Array.from({ length: t.size }, (_, rank) => t.size - 1 + rank);
    const edges = [...index.slice(1).keys()].map((i) => i + 1).concat(new Array(t.size - 1).fill(0));
    const graph = comm.Create_graph(index, edges) as MPI.Graphcomm;
    assert.ok(graph instanceof MPI.Graphcomm);
    assert.equal(graph.Get_topology(), MPI.GRAPH);
    assert.deepEqual(graph.Get_dims(), [t.size, 2 * (t.size - 1)]);
    assert.deepEqual([graph.dims, graph.nnodes, graph.nedges], [graph.Get_dims(), ...graph.Get_dims()]);
    assert.deepEqual(graph.Get_topo(), [index, edges]);
    assert.deepEqual(graph.topo, [graph.index, graph.edges]);
    const leaves = Array.from({ length: t.size - 1 }, (_, i) => i + 1);
    for (let rank = 0; rank < t.size; rank++) {
      assert.deepEqual(graph.Get_neighbors(rank), rank === 0 ? leaves : [0]);
      assert.equal(graph.Get_neighbors_count(rank), rank === 0 ? t.size - 1 : 1);
    }
    assert.deepEqual(graph.neighbors, graph.Get_neighbors(t.rank));
    assert.equal(graph.nneighbors, graph.neighbors.length);
    assert.deepEqual(exchange(graph), graph.neighbors);
    assert.equal(comm.Graph_map([0, ...index], edges), t.rank);
    raises(MPI.ERR_RANK, () => graph.Get_neighbors(t.size), `rank is ${t.size}`);
  },

  'a distributed graph of adjacent edges: a ring with weights': (comm, t) => {
    const ring = comm.Create_dist_graph_adjacent([t.prev], Int32Array.of(t.next), [t.prev], [t.rank]);
    assert.ok(ring instanceof MPI.Distgraphcomm);
    assert.equal(ring.Get_topology(), MPI.DIST_GRAPH);
    assert.deepEqual(ring.Get_dist_neighbors_count(), [1, 1, true]);
    assert.deepEqual(ring.Get_dist_neighbors(), [[t.prev], [t.next], [[t.prev], [t.rank]]]);
    assert.deepEqual(exchange(ring), [t.prev]);
    const plain = comm.Create_dist_graph_adjacent(null, null);
    assert.deepEqual(plain.Get_dist_neighbors_count(), [0, 0, false]);
    assert.deepEqual(plain.Get_dist_neighbors(), [[], [], null]);
    const empty = comm.Create_dist_graph_adjacent(
      [],
      [],
      MPI.WEIGHTS_EMPTY,
      MPI.WEIGHTS_EMPTY,
      MPI.INFO_NULL,
    );
    assert.deepEqual(empty.Get_dist_neighbors(), [[], [], [[], []]]);
  },

  'a distributed graph of edges that one rank gives': (comm, t) => {
    const ranks = Array.from({ length: t.size }, (_, rank) => rank);
    const mine = t.rank === t.size - 1;
    const sources = mine ? ranks : [];
    const degrees = sources.map(() => 2);
    const destinations = sources.flatMap((rank) => [(rank + 1) % t.size, rank]);
    const weights = mine ? destinations.map((_, i) => i) : MPI.WEIGHTS_EMPTY;
    const graph = comm.Create_dist_graph(sources, degrees, destinations, weights, MPI.Info.Create(), true);
    const [into, out, given] = graph.Get_dist_neighbors();
    assert.deepEqual(out, [t.next, t.rank]);
    assert.deepEqual([...into].sort(), [t.prev, t.rank].sort());
    assert.deepEqual(given?.[1], [2 * t.rank, 2 * t.rank + 1]);
    assert.deepEqual(
      given?.[0],
      into.map((source, i) => (source === t.rank && (t.size > 1 || i === 1) ? 2 * t.rank + 1 : 2 * t.prev)),
    );
    if (t.size > 1) assert.deepEqual(exchange(graph), into);
    assert.equal(comm.Create_dist_graph([], [], []).indegree, 0);
  },

  'a duplicate has the topology; a split has none': async (comm, t) => {
    const cart = comm.Create_cart([t.size], true);
    const [late, made] = cart.Idup();
    await made;
    for (const copy of [cart.Dup(), cart.Clone(), late]) {
      assert.ok(copy instanceof MPI.Cartcomm);
      assert.deepEqual(copy.topo, cart.topo);
      assert.equal(cart.Compare(copy), MPI.CONGRUENT);
      copy.Barrier();
      copy.Free();
      raises(MPI.ERR_COMM, () => copy.Sub([true]));
    }
    const ring = comm.Create_dist_graph_adjacent([t.prev], [t.next], [1], [2]);
    assert.deepEqual(ring.Dup().Get_dist_neighbors(), ring.Get_dist_neighbors());
    const graph = comm.Create_graph(new Array(t.size).fill(0), []);
    assert.deepEqual(graph.Dup().topo, graph.topo);
    assert.equal(cart.Split().Get_topology(), MPI.UNDEFINED);
    // A topology of a topology, with ranks in another order.
    const turned = comm.Split(0, -t.rank).Create_cart([t.size]);
    assert.deepEqual(turned.coords, [t.size - 1 - t.rank]);
    const [source, dest] = turned.Shift(0, 1);
    const got = Int32Array.of(-1);
    turned.Sendrecv(Int32Array.of(t.rank), dest, 1, got, source, 1);
    assert.equal(got[0], t.rank === t.size - 1 ? -1 : t.rank + 1);
  },

  'weights on some ranks only are an error on all': needs(2, (comm, t) => {
    const own = [t.rank];
    const create = () => comm.Create_dist_graph(own, [1], own, t.rank === 1 ? [1] : MPI.UNWEIGHTED);
    raises(MPI.ERR_ARG, create, 'rank 1 gives weights, rank 0 gives none');
    comm.Barrier();
  }),

  'topologies that do not fit': (comm, t) => {
    raises(MPI.ERR_DIMS, () => comm.Create_cart([t.size + 1]), 'Create_cart on rank', `${t.size} ranks`);
    raises(MPI.ERR_DIMS, () => comm.Create_cart([0]), 'dims[0] is 0');
    raises(MPI.ERR_ARG, () => comm.Create_cart(bad(4)), 'dims is 4');
    raises(MPI.ERR_TOPOLOGY, () => comm.Create_graph(new Array(t.size + 1).fill(1), [0]), 'Create_graph');
    raises(MPI.ERR_ARG, () => comm.Create_graph([1], [1]), 'edges[0] is 1');
    raises(MPI.ERR_ARG, () => comm.Create_dist_graph_adjacent([t.size], []), 'sources[0]');
    raises(MPI.ERR_ARG, () => comm.Create_dist_graph([0], [1], []), 'destinations has 0 entries');
    raises(MPI.ERR_ARG, () => comm.Create_dist_graph([], [], [], null, bad(5)), 'info is 5');
    const cart = comm.Create_cart([t.size]) as MPI.Cartcomm;
    raises(MPI.ERR_RANK, () => cart.Get_coords(t.size), 'Get_coords on rank');
    raises(MPI.ERR_ARG, () => cart.Get_cart_rank([-1]), 'coords are [-1]');
    raises(MPI.ERR_DIMS, () => cart.Shift(1, 1), 'direction is 1');
    raises(MPI.ERR_ARG, () => cart.Shift(0, bad('x')), 'disp is');
    comm.Barrier();
  },

  'Create_dist_graph: neighbours by the rank that gave the edge, then as given; loops once': (comm, t) => {
    // Everybody gives: a loop at the next rank, two edges from it to the last, and one to rank 0.
    const last = t.size - 1;
    const graph = comm.Create_dist_graph([t.next, t.next], [3, 1], [t.next, last, last, 0], [1, 2, 3, 4]);
    const edges = Array.from({ length: t.size }, (_, by) => (by + 1) % t.size).flatMap((from) => [
      [from, from, 1],
      [from, last, 2],
      [from, last, 3],
      [from, 0, 4],
    ]);
    const inward = edges.filter(([, to]) => to === t.rank);
    const outward = edges.filter(([from]) => from === t.rank);
    assert.deepEqual(graph.Get_dist_neighbors(), [
      inward.map(([from]) => from),
      outward.map(([, to]) => to),
      [inward.map(([, , weight]) => weight), outward.map(([, , weight]) => weight)],
    ]);
    graph.Free();
  },
});
