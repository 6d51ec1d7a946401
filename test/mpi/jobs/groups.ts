/** MPI-4.1 section 7.3: groups, against a model of lists. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { bad, raises } from '../../support/job/tools.js';

const everyone = MPI.COMM_WORLD.Get_group();
const n = everyone.size;

/** World ranks of a group, in order. */
const listOf = (group: MPI.Group) => group.Translate_ranks(null, everyone);
const groups = fc
  .uniqueArray(fc.integer({ min: 0, max: n - 1 }))
  .map((ranks) => ({ ranks, group: everyone.Incl(ranks) }));
const check = <T>(arbitrary: fc.Arbitrary<T>, body: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, body), { numRuns: 50 });

defineCases({
  'the group of COMM_WORLD, of COMM_SELF and of nobody': (comm) => {
    assert.equal(everyone.size, comm.size);
    assert.equal(everyone.Get_size(), comm.size);
    assert.equal(everyone.rank, comm.rank);
    assert.equal(everyone.Get_rank(), comm.rank);
    assert.deepEqual(listOf(MPI.COMM_SELF.group), [comm.rank]);
    assert.equal(MPI.COMM_SELF.group.rank, 0);
    assert.equal(MPI.GROUP_EMPTY.size, 0);
    assert.equal(MPI.GROUP_EMPTY.rank, MPI.UNDEFINED);
  },

  'union, intersection and difference, in the order of the first': () =>
    check(fc.tuple(groups, groups), ([a, b]) => {
      const union = [...a.ranks, ...b.ranks.filter((rank) => !a.ranks.includes(rank))];
      assert.deepEqual(listOf(MPI.Group.Union(a.group, b.group)), union);
      const both = a.ranks.filter((rank) => b.ranks.includes(rank));
      assert.deepEqual(listOf(MPI.Group.Intersection(a.group, b.group)), both);
      assert.deepEqual(listOf(MPI.Group.Intersect(a.group, b.group)), both);
      const rest = a.ranks.filter((rank) => !b.ranks.includes(rank));
      assert.deepEqual(listOf(MPI.Group.Difference(a.group, b.group)), rest);
      if (rest.length === 0) assert.equal(MPI.Group.Difference(a.group, b.group), MPI.GROUP_EMPTY);
    }),

  'comparing and translating': () =>
    check(fc.tuple(groups, groups), ([a, b]) => {
      const same = a.ranks.join() === b.ranks.join();
      const alike = [...a.ranks].sort().join() === [...b.ranks].sort().join();
      assert.equal(a.group.Compare(b.group), same ? MPI.IDENT : alike ? MPI.SIMILAR : MPI.UNEQUAL);
      assert.equal(a.group.Compare(a.group.Dup()), MPI.IDENT);
      const there = a.ranks.map((rank) => (b.ranks.includes(rank) ? b.ranks.indexOf(rank) : MPI.UNDEFINED));
      assert.deepEqual(a.group.Translate_ranks(null, b.group), there);
      assert.deepEqual(a.group.Translate_ranks([...a.ranks.keys()], b.group), there);
      assert.deepEqual(a.group.Translate_ranks(), a.ranks);
      assert.deepEqual(a.group.Translate_ranks([MPI.PROC_NULL], b.group), [MPI.PROC_NULL]);
      const own = a.ranks.indexOf(MPI.COMM_WORLD.rank);
      assert.equal(a.group.rank, own < 0 ? MPI.UNDEFINED : own);
    }),

  'Incl and Excl': () =>
    check(
      groups.chain((a) => fc.tuple(fc.constant(a), fc.subarray([...a.ranks.keys()]))),
      ([a, ranks]) => {
        assert.deepEqual(
          listOf(a.group.Incl([...ranks].reverse())),
          [...ranks].reverse().map((rank) => a.ranks[rank]),
        );
        assert.deepEqual(
          listOf(a.group.Excl(ranks)),
          a.ranks.filter((_, rank) => !ranks.includes(rank)),
        );
      },
    ),

  'ranges: first, first + stride, … up to last, in both directions': () =>
    check(fc.tuple(fc.nat(n - 1), fc.nat(n - 1), fc.integer({ min: 1, max: n })), ([first, last, step]) => {
      const stride = last < first ? -step : step;
      const ranks: number[] = [];
      for (let i = 0; i <= Math.floor((last - first) / stride); i++) ranks.push(first + i * stride);
      assert.deepEqual(listOf(everyone.Range_incl([[first, last, stride]])), ranks);
      const rest = [...Array(n).keys()].filter((rank) => !ranks.includes(rank));
      assert.deepEqual(listOf(everyone.Range_excl([[first, last, stride]])), rest);
    }),

  'several ranges, and none': () => {
    const ranges: MPI.RankRange[] = [...Array(n).keys()].map((rank) => [rank, rank, 1]);
    assert.equal(everyone.Range_incl(ranges).Compare(everyone), MPI.IDENT);
    assert.equal(everyone.Range_excl(ranges), MPI.GROUP_EMPTY);
    assert.equal(everyone.Range_incl([]), MPI.GROUP_EMPTY);
    assert.equal(everyone.Range_excl([]).Compare(everyone), MPI.IDENT);
    assert.equal(everyone.Incl([]), MPI.GROUP_EMPTY);
  },

  'ranks that are none, or given twice: ERR_RANK': () => {
    for (const rank of [-1, n, 0.5, Number.NaN, 2 ** 40, MPI.PROC_NULL, bad('0'), bad(undefined)]) {
      raises(MPI.ERR_RANK, () => everyone.Incl([rank]), 'Incl');
      raises(MPI.ERR_RANK, () => everyone.Excl([rank]), 'Excl');
      if (rank !== MPI.PROC_NULL) raises(MPI.ERR_RANK, () => everyone.Translate_ranks([rank]), 'Translate');
    }
    raises(MPI.ERR_RANK, () => everyone.Incl([0, 0]), 'twice');
    raises(MPI.ERR_RANK, () => everyone.Excl([0, 0]), 'twice');
    raises(MPI.ERR_RANK, () => everyone.Range_incl([[0, n, 1]]));
    raises(MPI.ERR_RANK, () => everyone.Range_incl([[0, 2 ** 50, 1]]), 'Range_incl');
    raises(
      MPI.ERR_RANK,
      () =>
        everyone.Range_excl([
          [0, 0, 1],
          [0, 0, 1],
        ]),
      'twice',
    );
    raises(MPI.ERR_RANK, () => MPI.GROUP_EMPTY.Incl([0]), 'empty');
  },

  'what is no list, no range or no group': () => {
    for (const list of [undefined, null, 3, {}]) {
      raises(MPI.ERR_ARG, () => everyone.Incl(bad(list)), 'Incl');
      raises(MPI.ERR_ARG, () => everyone.Range_incl(bad(list)), 'Range_incl');
      raises(MPI.ERR_ARG, () => everyone.Range_excl(bad([list])), 'Range_excl');
      raises(MPI.ERR_GROUP, () => everyone.Compare(bad(list)));
      raises(MPI.ERR_GROUP, () => MPI.Group.Union(everyone, bad(list)));
    }
    for (const range of [
      [0, 0, 0],
      [0, 0],
      [0, 0, 1, 1],
      [0, 1, -1],
      [1, 0, 1],
      [0, 0, Number.NaN],
    ])
      raises(MPI.ERR_ARG, () => everyone.Range_incl(bad([range])), 'range');
  },

  'freed groups, and GROUP_NULL: ERR_GROUP; GROUP_EMPTY stays': () => {
    const freed = everyone.Dup();
    freed.Free();
    for (const group of [freed, MPI.GROUP_NULL]) {
      raises(MPI.ERR_GROUP, () => group.size);
      raises(MPI.ERR_GROUP, () => group.rank);
      raises(MPI.ERR_GROUP, () => group.Free());
      raises(MPI.ERR_GROUP, () => group.Dup());
      raises(MPI.ERR_GROUP, () => everyone.Compare(group));
      raises(MPI.ERR_GROUP, () => MPI.Group.Difference(group, everyone));
      raises(MPI.ERR_GROUP, () => MPI.COMM_WORLD.Create(group));
    }
    MPI.GROUP_EMPTY.Free();
    assert.equal(MPI.GROUP_EMPTY.size, 0);
    assert.equal(everyone.size, n);
  },
});
