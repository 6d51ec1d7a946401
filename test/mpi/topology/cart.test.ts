/** MPI-4.1 §8.5.1 and §8.5.5 to §8.5.7: Cartesian grids. */
import test from 'ava';
import fc from 'fast-check';
import { ERR_ARG, ERR_DIMS, Exception } from '../../../src/base/errors.js';
import { PROC_NULL } from '../../../src/mpi/constants.js';
import { Grid } from '../../../src/mpi/topology/cart.js';

const grids = fc
  .array(fc.record({ dim: fc.integer({ min: 1, max: 5 }), period: fc.boolean() }), { maxLength: 4 })
  .map(
    (sides) =>
      new Grid(
        sides.map(({ dim }) => dim),
        sides.map(({ period }) => period),
      ),
  );

const nodes = (grid: Grid) => Array.from({ length: grid.size }, (_, rank) => rank);

/** All coordinates, the last counting fastest. */
function places(dims: readonly number[]): number[][] {
  if (dims.length === 0) return [[]];
  const [first, ...rest] = dims;
  return Array.from({ length: first }, (_, coord) => places(rest).map((inner) => [coord, ...inner])).flat();
}

test('ranks count along the last dimension first, and coordinates lead back to them', (t) => {
  fc.assert(
    fc.property(grids, (grid) => {
      t.deepEqual(
        nodes(grid).map((rank) => grid.coords(rank)),
        places(grid.dims),
      );
      for (const rank of nodes(grid)) t.is(grid.rank(grid.coords(rank)), rank);
    }),
  );
});

test('coordinates wrap around in rings, and nowhere else', (t) => {
  fc.assert(
    fc.property(
      grids,
      fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 4, maxLength: 4 }),
      (grid, far) => {
        const coords = far.slice(0, grid.dims.length);
        const wrapped = coords.map((coord, i) => (grid.periods[i] ? (coord + 60) % grid.dims[i] : coord));
        const at = places(grid.dims).findIndex((place) => place.join() === wrapped.join());
        t.is(grid.rank(coords), at < 0 ? PROC_NULL : at);
      },
    ),
  );
});

test('a shift: its two ends see each other', (t) => {
  const shifts = fc.record({ grid: grids, direction: fc.nat(3), disp: fc.integer({ min: -7, max: 7 }) });
  fc.assert(
    fc.property(shifts, ({ grid, direction, disp }) => {
      fc.pre(direction < grid.dims.length);
      for (const rank of nodes(grid)) {
        const [source, dest] = grid.shift(rank, direction, disp);
        const moved = grid.coords(rank);
        moved[direction] += disp;
        t.is(dest, grid.rank(moved));
        if (dest !== PROC_NULL) t.is(grid.shift(dest, direction, disp)[0], rank);
        if (source !== PROC_NULL) t.is(grid.shift(source, direction, disp)[1], rank);
      }
    }),
  );
});

test('shifts by far more than the grid is long', (t) => {
  const ring = new Grid([3], [true]);
  const row = new Grid([3], [false]);
  const far = Number.MAX_SAFE_INTEGER;
  t.deepEqual(ring.shift(1, 0, far), [(1 + 3 - (far % 3)) % 3, (1 + (far % 3)) % 3]);
  t.deepEqual(row.shift(1, 0, far), [PROC_NULL, PROC_NULL]);
  t.deepEqual(row.shift(1, 0, 0), [1, 1]);
});

test('sub-grids: each rank is in one, with the coordinates that remain', (t) => {
  fc.assert(
    fc.property(grids, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), (grid, all) => {
      const remain = all.slice(0, grid.dims.length);
      const kept = <T>(list: readonly T[]) => list.filter((_, i) => remain[i]);
      for (const rank of nodes(grid)) {
        const part = grid.sub(rank, remain);
        t.deepEqual(part.grid.dims, kept(grid.dims));
        t.deepEqual(part.grid.periods, kept(grid.periods));
        t.is(part.members.length, part.grid.size);
        const own = part.members.indexOf(rank);
        t.deepEqual(part.grid.coords(own), kept(grid.coords(rank)));
        for (const member of part.members) t.deepEqual(grid.sub(member, remain).members, part.members);
        t.deepEqual(
          part.members,
          [...part.members].sort((a, b) => a - b),
        );
      }
    }),
  );
});

test('neighbours: per dimension the lower and the upper one, PROC_NULL beyond an end', (t) => {
  const grid = new Grid([2, 3], [true, false]);
  t.deepEqual(grid.neighbours(0).sources, [3, 3, PROC_NULL, 1]);
  t.deepEqual(grid.neighbours(4).destinations, [1, 1, 3, 5]);
  t.deepEqual(new Grid([1], [true]).neighbours(0).sources, [0, 0]);
  t.deepEqual(new Grid([], []).neighbours(0).sources, []);
});

test('a user’s grid, and its errors', (t) => {
  const grid = Grid.of('call', Int32Array.of(2, 3), [true, 0], 7);
  t.deepEqual([grid.dims, grid.periods, grid.size], [[2, 3], [true, false], 6]);
  t.deepEqual(Grid.of('call', [2, 2], undefined, 4).periods, [false, false]);
  t.deepEqual(Grid.of('call', [2, 2], null, 4).periods, [false, false]);
  t.deepEqual(Grid.of('call', [2, 2], true, 4).periods, [true, true]);
  t.is(Grid.of('call', [], [], 1).size, 1);
  t.is(grid.rankAt('call', [-1, 2]), 5);
  const cases: [() => unknown, number, RegExp][] = [
    [() => Grid.of('call', [0, 2], null, 4), ERR_DIMS, /dims\[0\] is 0/],
    [() => Grid.of('call', [2, -2], null, 4), ERR_DIMS, /dims\[1\] is -2/],
    [() => Grid.of('call', [2.5], null, 4), ERR_DIMS, /2\.5/],
    [() => Grid.of('call', [3, 2], null, 5), ERR_DIMS, /6 nodes, but there are 5 ranks/],
    [() => Grid.of('call', [1e9, 1e9, 1e9], null, 5), ERR_DIMS, /5 ranks/],
    [() => Grid.of('call', 4, null, 4), ERR_ARG, /dims is 4/],
    [() => Grid.of('call', null, null, 4), ERR_ARG, /dims is null/],
    [() => Grid.of('call', [2, 2], [true], 4), ERR_ARG, /periods has 1 entries/],
    [() => Grid.of('call', [2], ['yes'], 4), ERR_ARG, /periods has the string "yes"/],
    [() => Grid.of('call', [2], 7, 4), ERR_ARG, /periods is 7/],
    [() => grid.rankAt('call', [0, 3]), ERR_ARG, /coords are \[0,3\]/],
    [() => grid.rankAt('call', [0]), ERR_ARG, /coords are \[0\]/],
    [() => grid.rankAt('call', [0, 0.5]), ERR_ARG, /coords\[1\] is 0\.5/],
    [() => grid.rankAt('call', 'ab'), ERR_ARG, /coords is/],
    [() => grid.checkShift('call', 2, 1), ERR_DIMS, /direction is 2/],
    [() => grid.checkShift('call', -1, 1), ERR_DIMS, /direction is -1/],
    [() => grid.checkShift('call', 0, 0.5), ERR_ARG, /disp is 0\.5/],
    [() => new Grid([], []).checkShift('call', 0, 1), ERR_DIMS, /0 dimensions/],
  ];
  for (const [body, errorClass, text] of cases) {
    const error = t.throws(body, { instanceOf: Exception }) as Exception;
    t.is(error.Get_error_class(), errorClass, error.message);
    t.regex(error.message, text);
    t.regex(error.message, /: call: /);
  }
});
