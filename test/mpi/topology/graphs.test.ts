/** MPI-4.1 §8.5.3 and §8.5.4: graphs and distributed graphs. */
import test from 'ava';
import fc from 'fast-check';
import { ERR_ARG, ERR_TOPOLOGY, Exception } from '../../../src/base/errors.js';
import { UNWEIGHTED, WEIGHTS_EMPTY } from '../../../src/mpi/constants.js';
import { adjacencyOf, edgesOf, gathered } from '../../../src/mpi/topology/dist-graph.js';
import { Graph } from '../../../src/mpi/topology/graph.js';

test('the example of the standard', (t) => {
  const graph = Graph.from('call', [2, 3, 4, 6], [1, 3, 0, 3, 0, 2], 4);
  t.deepEqual(
    [0, 1, 2, 3].map((node) => graph.of(node)),
    [[1, 3], [0], [3], [0, 2]],
  );
  t.deepEqual(graph.neighbours(3), { sources: [0, 2], destinations: [0, 2] });
  t.is(graph.size, 4);
});

test('random graphs come back, with or without a leading zero', (t) => {
  const lists = fc.array(fc.array(fc.nat(6), { maxLength: 5 }), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(lists, fc.boolean(), (neighbours, zero) => {
      let sum = 0;
      const index = neighbours.map((list) => {
        sum += list.length;
        return sum;
      });
      const graph = Graph.from('call', zero ? [0, ...index] : index, neighbours.flat(), 7);
      t.deepEqual(graph.index, index);
      t.deepEqual(
        neighbours.map((_, node) => graph.of(node)),
        neighbours,
      );
    }),
  );
});

test('a zero that says that the first node has no neighbour', (t) => {
  t.deepEqual(Graph.from('call', [0, 2], [0, 1], 2).of(1), [0, 1]);
  t.is(Graph.from('call', [0, 0, 0], [], 3).size, 3);
  t.is(Graph.from('call', [0, 0, 0], [], 2).size, 2);
  t.is(Graph.from('call', [0], [], 1).size, 1);
});

test('graphs that are none', (t) => {
  const cases: [unknown, unknown, number, RegExp][] = [
    [[1, 2, 3], [0, 1, 2], ERR_TOPOLOGY, /3 nodes, but there are 2 ranks/],
    [[2, 1], [0, 1], ERR_ARG, /index\[1\] is 1, less/],
    [[1, -1], [0, 1], ERR_ARG, /index\[1\] is -1/],
    [[1, 2], [0, 2], ERR_ARG, /edges\[1\] is 2; it must be an integer from 0 to 1/],
    [[1, 2], [0], ERR_ARG, /edges has 1 entries; it must have 2/],
    [[1, 2], [0, 1, 1], ERR_ARG, /edges has 3 entries/],
    [5, [0], ERR_ARG, /index is 5/],
    [[1], null, ERR_ARG, /edges is null/],
  ];
  for (const [index, edges, errorClass, text] of cases) {
    const error = t.throws(() => Graph.from('call', index, edges, 2), { instanceOf: Exception }) as Exception;
    t.is(error.Get_error_class(), errorClass, error.message);
    t.regex(error.message, text);
  }
});

test('distributed graphs: each rank finds the edges that begin or end in it', (t) => {
  const edge = fc.record({ by: fc.nat(4), from: fc.nat(4), to: fc.nat(4), weight: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 30 }), fc.boolean(), (edges, weighted) => {
      const contributions = [0, 1, 2, 3, 4].map((rank) => {
        const own = edges.filter(({ by }) => by === rank);
        return edgesOf('call', 5, {
          sources: own.map(({ from }) => from),
          degrees: own.map(() => 1),
          destinations: own.map(({ to }) => to),
          weights: weighted ? own.map(({ weight }) => weight) : UNWEIGHTED,
        });
      });
      const ordered = [0, 1, 2, 3, 4].flatMap((rank) => edges.filter(({ by }) => by === rank));
      for (const rank of [0, 1, 2, 3, 4]) {
        const { sources, destinations, weights } = gathered('call', rank, contributions);
        const into = ordered.filter(({ to }) => to === rank);
        const out = ordered.filter(({ from }) => from === rank);
        t.deepEqual(
          sources,
          into.map(({ from }) => from),
        );
        t.deepEqual(
          destinations,
          out.map(({ to }) => to),
        );
        const lists = [into.map(({ weight }) => weight), out.map(({ weight }) => weight)];
        t.deepEqual(weights, weighted ? lists : null);
      }
    }),
  );
});

test('degrees say how many destinations each source has', (t) => {
  const { triples } = edgesOf('call', 4, {
    sources: [3, 0, 1],
    degrees: [2, 0, 1],
    destinations: Int32Array.of(1, 2, 0),
    weights: null,
  });
  t.deepEqual(triples, [3, 1, 1, 3, 2, 1, 1, 0, 1]);
});

test('weights on some ranks only, and other wrong lists', (t) => {
  const none = { sources: [], degrees: [], destinations: [] };
  const some = { sources: [0], degrees: [1], destinations: [0] };
  const plain = edgesOf('call', 2, { ...some, weights: null });
  const heavy = edgesOf('call', 2, { ...some, weights: [3] });
  const empty = edgesOf('call', 2, { ...none, weights: WEIGHTS_EMPTY });
  t.deepEqual(gathered('call', 0, [heavy, empty]).weights, [[3], [3]]);
  t.deepEqual(adjacencyOf('call', 2, null, [1], [WEIGHTS_EMPTY, [5]]), {
    sources: [],
    destinations: [1],
    weights: [[], [5]],
  });
  const cases: [() => unknown, RegExp][] = [
    [() => gathered('call', 1, [plain, empty]), /rank 1 gives weights, rank 0 gives none/],
    [() => gathered('call', 1, [heavy, plain]), /rank 0 gives weights, rank 1 gives none/],
    [() => adjacencyOf('call', 2, [2], [], [null, null]), /sources\[0\] is 2/],
    [() => adjacencyOf('call', 2, [], [-2], [null, null]), /destinations\[0\] is -2/],
    [() => adjacencyOf('call', 2, [0], [0], [[1], null]), /only one is given/],
    [() => adjacencyOf('call', 2, [0], [0], [[1, 2], [1]]), /sourceweights has 2 entries/],
    [() => adjacencyOf('call', 2, [0], [0], [[1], [-1]]), /destweights\[0\] is -1/],
    [() => adjacencyOf('call', 2, [0], [0], [WEIGHTS_EMPTY, [1]]), /sourceweights has 0 entries/],
    [() => adjacencyOf('call', 2, 5, [0], [null, null]), /sources is 5/],
    [() => edgesOf('call', 2, { ...some, degrees: [1, 1], weights: null }), /degrees has 2 entries/],
    [() => edgesOf('call', 2, { ...some, degrees: [1e12], weights: null }), /destinations has 1 entries/],
    [() => edgesOf('call', 2, { ...some, weights: [0.5] }), /weights\[0\] is 0\.5/],
    [() => edgesOf('call', 2, { ...none, sources: null, weights: null }), /sources is null/],
  ];
  for (const [body, text] of cases) {
    const error = t.throws(body, { instanceOf: Exception }) as Exception;
    t.is(error.Get_error_class(), ERR_ARG, error.message);
    t.regex(error.message, text);
  }
});
