/** MPI-4.1 section 7.4: making, comparing and freeing communicators. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, assertPattern, bad, pattern, raises, sequence, until } from '../../support/job/tools.js';

/** World ranks of a communicator's members. */
const worldOf = (comm: MPI.Comm) => comm.group.Translate_ranks();

/** All members are reached, by messages and by a collective. */
function exercise(comm: MPI.Comm, salt = 0): void {
  const { rank, size } = comm;
  const got = new Int32Array(1);
  const next = (rank + 1) % size;
  const prev = (rank + size - 1) % size;
  comm.Sendrecv(Int32Array.of(salt + rank), next, 1, got, prev, 1);
  assert.equal(got[0], salt + prev);
  comm.Allreduce(Int32Array.of(rank), got);
  assert.equal(got[0], (size * (size - 1)) / 2);
}

defineCases({
  'classes, names and constants': (comm) => {
    assert.ok(comm instanceof MPI.Intracomm && comm instanceof MPI.Comm);
    assert.equal(comm.Get_name(), 'MPI_COMM_WORLD');
    assert.equal(MPI.COMM_SELF.name, 'MPI_COMM_SELF');
    assert.equal(comm.Is_inter(), false);
    assert.equal(comm.is_intra, true);
    const copy = comm.Dup();
    assert.equal(copy.Get_name(), '');
    raises(MPI.ERR_RANK, () => copy.Send(new Int8Array(1), comm.size), 'dup of MPI_COMM_WORLD');
    copy.name = 'mine';
    assert.equal(copy.name, 'mine');
    raises(MPI.ERR_RANK, () => copy.Send(new Int8Array(1), comm.size), 'of mine');
    raises(MPI.ERR_ARG, () => copy.Set_name(bad(3)));
    copy.Free();
  },

  'Dup, Clone, Dup_with_info and Idup are congruent, and reach all': async (comm) => {
    const [later, request] = comm.Idup();
    const made = [comm.Dup(), comm.Clone(), comm.Dup_with_info({ Get: () => null }), later];
    const status = request.Wait();
    assert.equal(status.Get_source(), MPI.ANY_SOURCE);
    const [awaited, promise] = comm.Idup();
    await promise;
    made.push(awaited);
    for (const [i, one] of made.entries()) {
      assert.equal(comm.Compare(one), MPI.CONGRUENT);
      assert.equal(one.Compare(one), MPI.IDENT);
      assert.equal(one.rank, comm.rank);
      exercise(one, i);
    }
    for (const one of made.reverse()) one.Free();
  },

  'several Idup at once, with other calls between and completed in any order': (comm, t) => {
    const begun = Array.from({ length: 5 }, () => comm.Idup());
    exercise(comm);
    const split = comm.Split(t.rank % 2);
    const order = [3, 0, 4, 1, 2];
    for (const i of order) begun[(i + t.rank) % 5][1].Wait();
    for (const [i, [copy]] of begun.entries()) exercise(copy, i);
    for (const [copy] of begun) copy.Free();
    split.Free();
  },

  'an unfinished Idup cannot be used, cancelled or freed': needs(2, (comm, t) => {
    if (t.rank === 0) {
      const [copy, request] = comm.Idup();
      raises(MPI.ERR_COMM, () => copy.Send(new Int8Array(1), 0), 'Idup');
      raises(MPI.ERR_COMM, () => copy.Barrier());
      raises(MPI.ERR_REQUEST, () => request.Cancel());
      raises(MPI.ERR_REQUEST, () => request.Free());
      assert.equal(request.Test(), false);
      comm.Send(new Int8Array(1), 1, 9);
      request.Wait();
      exercise(copy);
      copy.Free();
    } else {
      if (t.rank === 1) comm.Recv(new Int8Array(1), 0, 9);
      const [copy, request] = comm.Idup();
      until(() => request.Test(), 'the end of Idup');
      exercise(copy);
      copy.Free();
    }
  }),

  'Split: by color, then key, then rank': (comm, t) => {
    const all = [...Array(t.size).keys()];
    const even = comm.Split(t.rank % 2, -t.rank);
    assert.deepEqual(worldOf(even), all.filter((rank) => rank % 2 === t.rank % 2).reverse());
    exercise(even);
    const same = comm.Split();
    assert.equal(same.Compare(comm), MPI.CONGRUENT);
    const turned = comm.Split(2 ** 31 - 1, t.rank === t.size - 1 ? -(2 ** 31) : 2 ** 31 - 1);
    assert.deepEqual(worldOf(turned), [t.size - 1, ...all.slice(0, -1)]);
    assert.equal(turned.Compare(comm), t.size === 1 ? MPI.CONGRUENT : MPI.SIMILAR);
    exercise(turned);
    const some = comm.Split(t.rank === 0 ? MPI.UNDEFINED : 7);
    assert.equal(some === MPI.COMM_NULL, t.rank === 0);
    if (t.rank > 0) {
      assert.equal(some.Compare(comm), MPI.UNEQUAL);
      exercise(some);
      some.Free();
    }
    for (const one of [even, same, turned]) one.Free();
  },

  'Split with a color or key that is none: ERR_ARG, on the rank that erred': (comm) => {
    for (const color of [-1, 0.5, 2 ** 31, Number.NaN, bad('1'), bad(null)])
      raises(MPI.ERR_ARG, () => comm.Split(color), 'Split', 'color');
    for (const key of [0.5, 2 ** 31, Number.NaN, bad('1'), bad(null)])
      raises(MPI.ERR_ARG, () => comm.Split(0, key), 'Split', 'key');
    raises(MPI.ERR_ARG, () => comm.Split_type(99), 'Split_type');
    comm.Split().Free();
  },

  'Split_type: those who share memory': (comm) => {
    const house = comm.Split_type(MPI.COMM_TYPE_SHARED);
    assert.ok(house.size >= 1 && house.size <= comm.size);
    exercise(house);
    const info = (resource: string | null) => ({ Get: () => resource });
    const named = comm.Split_type(MPI.COMM_TYPE_HW_GUIDED, 0, info('mpi_shared_memory'));
    assert.equal(named.Compare(house), MPI.CONGRUENT);
    assert.equal(comm.Split_type(MPI.COMM_TYPE_HW_GUIDED), MPI.COMM_NULL);
    assert.equal(comm.Split_type(MPI.COMM_TYPE_HW_GUIDED, 0, info('a core')), MPI.COMM_NULL);
    const part = comm.Split_type(MPI.COMM_TYPE_HW_UNGUIDED);
    assert.equal(part === MPI.COMM_NULL, house.size === comm.size);
    assert.equal(comm.Split_type(MPI.UNDEFINED), MPI.COMM_NULL);
    for (const one of [house, named, part]) if (one !== MPI.COMM_NULL) one.Free();
  },

  'Create: in the order of the group, and nobody else waits': (comm, t) => {
    const group = comm.group.Incl([...Array(t.size).keys()].reverse());
    const turned = comm.Create(group);
    assert.equal(turned.rank, t.size - 1 - t.rank);
    exercise(turned);
    const first = comm.Create(comm.group.Incl([0]));
    assert.equal(first === MPI.COMM_NULL, t.rank !== 0);
    assert.equal(comm.Create(MPI.GROUP_EMPTY), MPI.COMM_NULL);
    // Disjoint groups in one call.
    const pair = comm.group.Incl([t.rank]);
    const own = comm.Create(pair);
    assert.equal(own.size, 1);
    exercise(own);
    for (const one of [turned, first, own]) if (one !== MPI.COMM_NULL) one.Free();
  },

  'Create_group: only its members call it, with tags of their own': needs(3, (comm, t) => {
    const others = comm.group.Excl([1]);
    if (t.rank !== 1) {
      const made = [5, 0, 5].map((tag) => comm.Create_group(others, tag));
      for (const one of made) {
        assert.deepEqual(
          worldOf(one),
          [...Array(t.size).keys()].filter((rank) => rank !== 1),
        );
        exercise(one);
        one.Free();
      }
      raises(MPI.ERR_TAG, () => comm.Create_group(others, -1));
    }
  }),

  'groups that do not fit: ERR_GROUP': needs(2, (comm, t) => {
    const half = comm.Split(t.rank === 0 ? 0 : 1);
    raises(MPI.ERR_GROUP, () => half.Create(comm.group), 'Create', 'not in this communicator');
    raises(MPI.ERR_GROUP, () => half.Create_group(comm.group), 'Create_group');
    raises(MPI.ERR_GROUP, () => half.Create(bad(undefined)));
    half.Free();
  }),

  'COMM_NULL: every use is ERR_COMM': () => {
    const none = MPI.COMM_NULL;
    const buffer = new Int8Array(1);
    const uses: (() => unknown)[] = [
      () => none.rank,
      () => none.size,
      () => none.name,
      () => none.Get_rank(),
      () => none.Send(buffer, 0),
      () => none.Recv(buffer, 0),
      () => none.Irecv(buffer),
      () => none.Isend(buffer, MPI.PROC_NULL),
      () => none.Recv_init(buffer),
      () => none.send(1, 0),
      () => none.Iprobe(),
      () => none.Probe(),
      () => none.Barrier(),
      () => none.Dup(),
      () => none.Idup(),
      () => none.Split(),
      () => none.Split_type(MPI.COMM_TYPE_SHARED),
      () => none.Create(MPI.GROUP_EMPTY),
      () => none.Create_intercomm(0, none, 0),
      () => none.Free(),
      () => none.Disconnect(),
      () => none.group,
      () => none.Is_inter(),
      () => none.Compare(MPI.COMM_WORLD),
      () => MPI.COMM_WORLD.Compare(none),
      () => none.Get_attr(MPI.TAG_UB),
      () => none.Abort(),
    ];
    for (const use of uses) raises(MPI.ERR_COMM, use, 'COMM_NULL');
    raises(MPI.ERR_COMM, () => MPI.COMM_WORLD.Compare(bad(3)));
  },

  'the standard’s own cannot be freed, and a freed one not be used': (comm, t) => {
    for (const own of [comm, MPI.COMM_SELF]) {
      raises(MPI.ERR_COMM, () => own.Free(), own.name);
      raises(MPI.ERR_COMM, () => own.Disconnect());
    }
    const copy = comm.Dup();
    const start = copy.Send_init(new Int8Array(1), t.next);
    copy.Free();
    raises(MPI.ERR_COMM, () => copy.Free(), 'was freed');
    raises(MPI.ERR_COMM, () => copy.Send(new Int8Array(1), 0), 'Send', 'was freed');
    raises(MPI.ERR_COMM, () => copy.Barrier(), 'was freed');
    raises(MPI.ERR_COMM, () => copy.Get_size(), 'was freed');
    raises(MPI.ERR_COMM, () => start.Start(), 'was freed');
    const left = comm.Dup();
    left.Disconnect();
    raises(MPI.ERR_COMM, () => left.Disconnect());
  },

  'what is under way when its communicator is freed completes': (comm, t) => {
    for (const bytes of [8, 5000, 300_000]) {
      const copy = comm.Dup();
      const got = new Uint8Array(bytes);
      const receive = copy.Irecv(got, t.prev, 3);
      const send = copy.Issend(pattern(bytes, t.rank), t.next, 3);
      copy.Free();
      const other = comm.Dup();
      exercise(other);
      other.Free();
      assertFrom(receive.Wait(), t.prev, 3, bytes);
      send.Wait();
      assertPattern(got, t.prev);
    }
  },

  'what nobody receives before Free is gone: it reaches no later communicator, and its sender is free': (
    comm,
    t,
  ) => {
    for (let round = 0; round < 20; round++) {
      const copy = comm.Dup();
      const sends = [8, 4000, 300_000].map((bytes) => copy.Isend(new Uint8Array(bytes), t.next, 1));
      if (round % 2 === 0) comm.Barrier();
      copy.Free();
      const later = comm.Dup();
      later.Barrier();
      assert.equal(later.Iprobe(), false);
      MPI.Request.Waitall(sends);
      later.Free();
    }
  },

  'early messages wait for a rank that is still making the communicator': needs(2, (comm, t) => {
    for (let round = 0; round < 20; round++) {
      const copies = round % 2 === 0 ? [comm.Dup()] : [comm.Split(0, t.rank)];
      const [copy] = copies;
      const requests = [...Array(t.size).keys()].map((dest) => copy.Isend(Int32Array.of(round), dest, 1));
      const got = new Int32Array(1);
      for (let source = 0; source < t.size; source++) {
        copy.Recv(got, source, 1);
        assert.equal(got[0], round);
      }
      MPI.Request.Waitall(requests);
      copy.Free();
    }
  }),

  'messages of different communicators never mix, nor with collectives': (comm, t) => {
    const made = [comm, comm.Dup(), comm.Split(0, -t.rank), comm.Split(0, t.rank)];
    const receives = made.map((one) => {
      const got = new Int32Array(1);
      return { one, got, request: one.Irecv(got) };
    });
    const order = [2, 0, 3, 1];
    for (const i of order) {
      made[i].Barrier();
      const sum = new Int32Array(1);
      made[(i + 1) % 4].Allreduce(Int32Array.of(1), sum);
      assert.equal(sum[0], t.size);
    }
    for (const i of order) made[i].Send(Int32Array.of(100 + i), (made[i].rank + 1) % t.size, i);
    for (const [i, { one, got, request }] of receives.entries()) {
      assertFrom(request.Wait(), (one.rank + t.size - 1) % t.size, i, 4);
      assert.equal(got[0], 100 + i);
    }
    for (const one of made.slice(1)) one.Free();
  },

  'random trees of communicators, against a serial model': (comm, t) => {
    const seed = Number(process.env.MPI4TS_TEST_SEED ?? 1);
    /** The members draw the same numbers, and know from them who is where below. */
    const grow = (base: MPI.Intracomm, world: number[], depth: number, path: number): void => {
      const random = sequence(path);
      assert.deepEqual(worldOf(base), world);
      assert.equal(base.rank, world.indexOf(t.rank));
      exercise(base, path);
      for (let branch = 0; branch < 3 && depth < 3; branch++) {
        const kind = random(3);
        const draws = world.map((rank) => ({ rank, color: random(3), key: random(5) - 2 }));
        const mine = draws[base.rank];
        const chosen = draws.filter(({ color }) => color === mine.color);
        const ranks = chosen.map(({ rank }) => world.indexOf(rank));
        const sorted = [...chosen].sort(
          (a, b) => a.key - b.key || world.indexOf(a.rank) - world.indexOf(b.rank),
        );
        let made = MPI.COMM_NULL;
        if (kind === 0) made = base.Dup();
        else if (kind === 1) made = base.Create_group(base.group.Incl(ranks), branch);
        else made = base.Split(mine.color === 2 ? MPI.UNDEFINED : mine.color, mine.key);
        assert.equal(made === MPI.COMM_NULL, kind === 2 && mine.color === 2);
        if (made === MPI.COMM_NULL) continue;
        const members = kind === 0 ? draws : kind === 1 ? chosen : sorted;
        const below = members.map(({ rank }) => rank);
        grow(made, below, depth + 1, path * 16 + branch * 4 + (kind === 0 ? 3 : mine.color));
        made.Free();
      }
    };
    grow(comm, worldOf(comm), 0, seed % 1000);
  },

  'splits and frees leave nothing behind': (comm, t) => {
    const rounds = Number(process.env.MPI4TS_TEST_CHURN ?? 300);
    const grown = () => {
      (globalThis as { gc?: () => void }).gc?.();
      return process.memoryUsage().heapUsed;
    };
    const churn = (count: number) => {
      for (let i = 0; i < count; i++) {
        const made = comm.Split((t.rank + i) % 2, i);
        if (i % 100 === 0) exercise(made);
        made.Free();
      }
    };
    churn(rounds);
    const before = grown();
    churn(rounds);
    const bytes = grown() - before;
    assert.ok(bytes < 20_000_000, `${bytes} bytes more after ${rounds} further splits`);
  },

  'Free: collectives under way complete as if nothing had happened (section 7.4.3)': (comm, t) => {
    const sum = (t.size * (t.size - 1)) / 2;
    for (const n of [1, 50_000]) {
      const copy = comm.Dup();
      const all = new Float64Array(n);
      const last = new Float64Array(n).fill(t.rank === t.size - 1 ? 7 : 0);
      const again = copy.Allreduce_init(MPI.IN_PLACE, new Float64Array(n).fill(t.rank));
      again.Start();
      const requests = [
        copy.Iallreduce(new Float64Array(n).fill(t.rank), all),
        copy.Ibcast(last, t.size - 1),
        copy.Ibarrier(),
        again,
      ];
      const objects = copy.iallgather(t.rank);
      copy.Free();
      // Others come and go, perhaps with its number.
      for (let i = 0; i < 4; i++) {
        const other = comm.Dup();
        assert.equal(other.allreduce(1), t.size);
        other.Free();
      }
      MPI.Request.Waitall(requests);
      assert.ok(all.every((x) => x === sum));
      assert.ok(last.every((x) => x === 7));
      assert.deepEqual(
        objects.wait(),
        Array.from({ length: t.size }, (_, i) => i),
      );
      raises(MPI.ERR_COMM, () => copy.Barrier(), 'was freed');
    }
  },

  'Free: a collective between two of its steps goes on': needs(3, (comm, t) => {
    const n = 50_000;
    const copy = comm.Dup();
    const all = new Float64Array(n);
    const request = copy.Iallreduce(new Float64Array(n).fill(t.rank), all);
    // Every other rank looks away, so that its partners have sent their share, and no receive of theirs is open.
    const looksAway = t.rank % 2 === 1;
    const until = performance.now() + (looksAway ? 60 : 20);
    while (performance.now() < until) if (!looksAway) request.Test();
    copy.Free();
    MPI.COMM_SELF.Dup().Free();
    request.Wait();
    assert.ok(all.every((x) => x === (t.size * (t.size - 1)) / 2));
  }),
});
