/** MPI-4.1 section 7.6: intercommunicators. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { assertFrom, bad, raises } from '../../support/job/tools.js';

const world = MPI.COMM_WORLD;
const worldOf = (group: MPI.Group) => group.Translate_ranks();

/** Ranks below `cut` and the others, which know each other. */
function halves(cut = Math.ceil(world.size / 2)): {
  half: MPI.Intracomm;
  inter: MPI.Intercomm;
  low: boolean;
} {
  const low = world.rank < cut;
  const half = world.Split(low ? 0 : 1);
  const inter = half.Create_intercomm(0, world, low ? cut : 0, 4);
  return { half, inter, low };
}

/** Everybody sends to everybody of the other group. */
function exercise(inter: MPI.Intercomm, salt = 0): void {
  const peers = [...Array(inter.remote_size).keys()];
  const sends = peers.map((dest) => inter.Isend(Int32Array.of(salt + inter.rank), dest, 5));
  const got = new Int32Array(1);
  for (const source of peers) {
    assertFrom(inter.Recv(got, source, 5), source, 5, 4);
    assert.equal(got[0], salt + source);
  }
  MPI.Request.Waitall(sends);
  const objects = peers.map((dest) => inter.isend({ from: inter.rank }, dest, 6));
  const status = new MPI.Status();
  for (const _ of peers) {
    const object = inter.recv<{ from: number }>(MPI.ANY_SOURCE, 6, status);
    assert.equal(object.from, status.source);
  }
  for (const request of objects) request.wait();
}

defineCases({
  'Create_intercomm: two groups, and messages from one to the other': needs(2, (comm) => {
    const { half, inter, low } = halves();
    assert.ok(inter instanceof MPI.Intercomm && !((inter as MPI.Comm) instanceof MPI.Intracomm));
    assert.equal(inter.Is_inter(), true);
    assert.equal(inter.is_intra, false);
    assert.equal(inter.size, half.size);
    assert.equal(inter.rank, half.rank);
    assert.equal(inter.Get_remote_size(), comm.size - half.size);
    assert.equal(inter.group.Compare(half.group), MPI.IDENT);
    const others = MPI.Group.Difference(comm.group, half.group);
    assert.equal(inter.remote_group.Compare(others), MPI.IDENT);
    assert.equal(inter.Get_remote_group().size, inter.remote_size);
    exercise(inter);
    raises(MPI.ERR_RANK, () => inter.Send(new Int8Array(1), inter.remote_size), 'Send');
    raises(MPI.ERR_RANK, () => inter.Recv(new Int8Array(1), inter.remote_size), 'Recv');
    inter.Send(new Int8Array(1), MPI.PROC_NULL);
    assert.equal(inter.Compare(half), MPI.UNEQUAL);
    assert.equal(inter.Compare(inter), MPI.IDENT);
    const merged = inter.Merge(!low);
    assert.equal(merged.Compare(comm), MPI.CONGRUENT);
    merged.Free();
    inter.Free();
    raises(MPI.ERR_COMM, () => inter.Merge());
    half.Free();
  }),

  'a leader that is not the first, and other leaders’ messages on the same communicator': needs(
    3,
    (comm, t) => {
      const low = t.rank < t.size - 2;
      const half = comm.Split(low ? 0 : 1);
      const last = t.size - 3;
      const inter = half.Create_intercomm(low ? last : 1, comm, low ? t.size - 1 : last, 0);
      exercise(inter);
      inter.Free();
      half.Free();
    },
  ),

  'Merge: the high group comes last; if both say the same, the order is the same for all': needs(
    2,
    (comm) => {
      const { half, inter, low } = halves();
      const ranks = [...Array(comm.size).keys()];
      const cut = low ? half.size : comm.size - half.size;
      const turned = inter.Merge(low);
      assert.deepEqual(worldOf(turned.group), [...ranks.slice(cut), ...ranks.slice(0, cut)]);
      const sum = new Int32Array(1);
      turned.Allreduce(Int32Array.of(1), sum);
      assert.equal(sum[0], comm.size);
      for (const high of [false, true]) {
        const merged = inter.Merge(high);
        assert.equal(merged.Compare(comm), MPI.CONGRUENT);
        merged.Free();
      }
      for (const one of [turned, inter, half]) one.Free();
    },
  ),

  'Dup and Idup: congruent, with contexts of their own': needs(2, () => {
    const { half, inter } = halves();
    const copy = inter.Dup();
    const [later, request] = inter.Idup();
    request.Wait();
    for (const [i, one] of [copy, later].entries()) {
      assert.equal(one.Compare(inter), MPI.CONGRUENT);
      exercise(one, i * 100);
    }
    const request1 = inter.Irecv(new Int8Array(1), 0, 5);
    exercise(copy);
    request1.Cancel();
    request1.Wait();
    for (const one of [copy, later, inter, half]) one.Free();
  }),

  'Split and Create: parts of both groups, or nothing': needs(2, (_comm) => {
    const { half, inter } = halves();
    const turned = inter.Split(3, -inter.rank);
    assert.equal(turned.rank, inter.size - 1 - inter.rank);
    assert.deepEqual(worldOf(turned.remote_group), worldOf(inter.remote_group).reverse());
    exercise(turned);
    const firsts = inter.Split(inter.rank === 0 ? 0 : MPI.UNDEFINED);
    assert.equal((firsts as MPI.Comm) === MPI.COMM_NULL, inter.rank !== 0);
    if (inter.rank === 0) exercise(firsts);
    // Colors of one side only.
    assert.equal(inter.Split(world.rank * 2) as MPI.Comm, MPI.COMM_NULL);
    const made = inter.Create(inter.group.Incl([inter.size - 1]));
    assert.equal((made as MPI.Comm) === MPI.COMM_NULL, inter.rank !== inter.size - 1);
    if ((made as MPI.Comm) !== MPI.COMM_NULL) exercise(made);
    raises(MPI.ERR_GROUP, () => inter.Create(world.group));
    const house = inter.Split_type(MPI.COMM_TYPE_SHARED);
    if ((house as MPI.Comm) !== MPI.COMM_NULL) exercise(house);
    for (const one of [turned, firsts, made, house, inter])
      if ((one as MPI.Comm) !== MPI.COMM_NULL) one.Free();
    half.Free();
  }),

  'Barrier and Bcast between the groups': needs(2, (comm) => {
    const { half, inter, low } = halves();
    for (let round = 0; round < 5; round++) {
      const root = round % (low ? inter.size : inter.remote_size);
      inter.Barrier();
      const buffer = new Int32Array(3).fill(low && inter.rank === root ? round + 1 : 0);
      inter.Bcast(buffer, !low ? root : inter.rank === root ? MPI.ROOT : MPI.PROC_NULL);
      if (!low) assert.deepEqual([...buffer], [round + 1, round + 1, round + 1]);
    }
    const pending = inter.Irecv(new Int8Array(8));
    inter.Barrier();
    pending.Cancel();
    pending.Wait();
    raises(MPI.ERR_ROOT, () => inter.Bcast(new Int8Array(1), inter.remote_size), 'Bcast');
    comm.Barrier();
    inter.Free();
    half.Free();
  }),

  'groups that overlap: ERR_COMM on all; the communicators stay usable': needs(2, (comm, t) => {
    const half = comm.Split(t.rank % 2);
    raises(MPI.ERR_COMM, () => half.Create_intercomm(0, half, 0), 'both groups');
    raises(MPI.ERR_RANK, () => half.Create_intercomm(half.size, comm, 0), 'local_leader');
    half.Barrier();
    half.Free();
  }),

  'a leader with bad arguments: an error on all of its group': needs(2, (comm, t) => {
    const half = comm.Split(t.rank % 2);
    const wrong =
      half.rank === 0
        ? [MPI.ERR_COMM, MPI.ERR_RANK, MPI.ERR_TAG]
        : [MPI.ERR_OTHER, MPI.ERR_OTHER, MPI.ERR_OTHER];
    raises(wrong[0], () => half.Create_intercomm(0, bad(null), 0), 'Create_intercomm');
    raises(wrong[1], () => half.Create_intercomm(0, comm, comm.size), 'Create_intercomm');
    raises(wrong[2], () => half.Create_intercomm(0, comm, 1, -1), 'Create_intercomm');
    half.Barrier();
    half.Free();
  }),
});
