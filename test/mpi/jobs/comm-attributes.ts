/** MPI-4.1 §7.7 and §9.1.2: attributes of communicators. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { bad, raises } from '../../support/job/tools.js';

defineCases({
  'the attributes that the runtime defines': (comm, t) => {
    assert.ok(comm.Get_attr(MPI.TAG_UB) >= 32767);
    assert.equal(comm.Get_attr(MPI.HOST), MPI.PROC_NULL);
    assert.equal(comm.Get_attr(MPI.IO), MPI.ANY_SOURCE);
    assert.equal(comm.Get_attr(MPI.WTIME_IS_GLOBAL), true);
    assert.equal(comm.Get_attr(MPI.APPNUM), 0);
    assert.equal(comm.Get_attr(MPI.UNIVERSE_SIZE), t.size);
    assert.ok(comm.Get_attr(MPI.LASTUSEDCODE) >= MPI.ERR_LASTCODE);
    for (const keyval of [MPI.TAG_UB, MPI.HOST, MPI.IO, MPI.APPNUM, MPI.LASTUSEDCODE, MPI.UNIVERSE_SIZE]) {
      raises(MPI.ERR_KEYVAL, () => comm.Set_attr(keyval, 1), 'Set_attr', 'predefined');
      raises(MPI.ERR_KEYVAL, () => comm.Delete_attr(keyval), 'Delete_attr', 'predefined');
      raises(MPI.ERR_KEYVAL, () => MPI.Comm.Free_keyval(keyval), 'Free_keyval', 'predefined');
    }
  },

  'values of one communicator are no other’s, and stay on their rank': (comm, t) => {
    const keyval = MPI.Comm.Create_keyval();
    comm.Set_attr(keyval, { rank: t.rank });
    assert.equal(MPI.COMM_SELF.Get_attr(keyval), undefined);
    comm.Barrier();
    assert.deepEqual(comm.Get_attr(keyval), { rank: t.rank });
    comm.Delete_attr(keyval);
    assert.equal(comm.Get_attr(keyval), undefined);
    assert.equal(MPI.Comm.Free_keyval(keyval), MPI.KEYVAL_INVALID);
    raises(MPI.ERR_KEYVAL, () => comm.Get_attr(keyval), `Get_attr on rank ${t.rank} of`, `${keyval}`);
  },

  'delete callbacks get the communicator, and may call MPI': (comm, t) => {
    const gone: unknown[] = [];
    const keyval = MPI.Comm.Create_keyval(null, (owner, key, value) => {
      assert.equal(owner, comm);
      assert.equal(key, keyval);
      gone.push(owner.sendrecv(value, t.next, 1, t.prev, 1));
    });
    comm.Set_attr(keyval, t.rank);
    comm.Set_attr(keyval, 'second');
    comm.Delete_attr(keyval);
    assert.deepEqual(gone, [t.prev, 'second']);
    MPI.Comm.Free_keyval(keyval);
  },

  'a delete callback that throws fails the call, and the attribute stays': (comm) => {
    let refuses = true;
    const keyval = MPI.Comm.Create_keyval(null, () => {
      if (refuses) throw new TypeError('still needed');
    });
    comm.Set_attr(keyval, 1);
    assert.throws(() => comm.Delete_attr(keyval), new TypeError('still needed'));
    assert.throws(() => comm.Set_attr(keyval, 2), new TypeError('still needed'));
    assert.equal(comm.Get_attr(keyval), 1);
    refuses = false;
    comm.Delete_attr(keyval);
    MPI.Comm.Free_keyval(keyval);
  },

  'wrong keys and callbacks': (comm) => {
    for (const keyval of [MPI.KEYVAL_INVALID, 77, 1.5, undefined, 'x', null]) {
      raises(MPI.ERR_KEYVAL, () => comm.Get_attr(bad(keyval)), 'Get_attr', 'keyval is');
      raises(MPI.ERR_KEYVAL, () => comm.Set_attr(bad(keyval), 1), 'Set_attr');
      raises(MPI.ERR_KEYVAL, () => comm.Delete_attr(bad(keyval)), 'Delete_attr');
      raises(MPI.ERR_KEYVAL, () => MPI.Comm.Free_keyval(bad(keyval)), 'Free_keyval');
    }
    raises(MPI.ERR_ARG, () => MPI.Comm.Create_keyval(bad(5)), 'copy_fn is 5');
    raises(MPI.ERR_ARG, () => MPI.Comm.Create_keyval(null, bad('x')), 'delete_fn is');
  },

  'a duplicate gets what the copy callbacks return; its attributes go when it is freed': async (comm, t) => {
    const calls: unknown[] = [];
    const keyval = MPI.Comm.Create_keyval(
      (owner, key, value) => {
        assert.equal(owner, comm);
        assert.equal(key, keyval);
        return `copy of ${value} for ${owner.sendrecv(t.rank, t.next, 1, t.prev, 1)}`;
      },
      (owner, _key, value) => {
        owner.Barrier();
        calls.push([owner, value]);
      },
    );
    const same = MPI.Comm.Create_keyval(true);
    const none = MPI.Comm.Create_keyval();
    comm.Set_attr(keyval, 'x');
    comm.Set_attr(same, t);
    comm.Set_attr(none, 1);
    const copy = comm.Dup();
    const [late, made] = comm.Idup();
    await made;
    const split = comm.Split();
    for (const heir of [copy, late]) {
      assert.equal(heir.Get_attr(keyval), `copy of x for ${t.prev}`);
      assert.equal(heir.Get_attr(same), t);
      assert.equal(heir.Get_attr(none), undefined);
    }
    assert.equal(split.Get_attr(same), undefined, 'Split copies none');
    comm.Delete_attr(keyval);
    calls.length = 0;
    copy.Free();
    late.Disconnect();
    split.Free();
    assert.deepEqual(
      calls.map((call) => (call as unknown[])[0]),
      [copy, late],
    );
    for (const key of [same, none]) comm.Delete_attr(key);
    for (const key of [keyval, same, none]) MPI.Comm.Free_keyval(key);
  },

  'callbacks that throw: Dup fails and leaves nothing, Free fails and leaves the communicator': (comm, t) => {
    let refuses = true;
    const gone: unknown[] = [];
    const kept = MPI.Comm.Create_keyval(true, (_comm, _key, value) => gone.push(value));
    const keyval = MPI.Comm.Create_keyval(
      (_comm, _key, value) => {
        // Only one of them throws: the others have their duplicate.
        if (refuses && t.rank === 0) throw new TypeError('no copy');
        return value;
      },
      () => {
        if (refuses) throw new TypeError('still needed');
      },
    );
    comm.Set_attr(kept, 1);
    comm.Set_attr(keyval, 2);
    if (t.rank === 0) {
      assert.throws(() => comm.Dup(), new TypeError('no copy'));
      assert.deepEqual(gone, [1]);
    } else {
      const copy = comm.Dup();
      assert.throws(() => copy.Free(), new TypeError('still needed'));
      assert.equal(copy.Get_attr(keyval), 2);
      refuses = false;
      copy.Free();
      raises(MPI.ERR_COMM, () => copy.Get_attr(keyval));
    }
    refuses = false;
    const copy = comm.Dup();
    copy.Barrier();
    copy.Free();
    for (const key of [kept, keyval]) {
      comm.Delete_attr(key);
      MPI.Comm.Free_keyval(key);
    }
  },

  'attributes of the null communicator': () => {
    raises(MPI.ERR_COMM, () => MPI.COMM_NULL.Get_attr(MPI.TAG_UB));
    raises(MPI.ERR_COMM, () => MPI.COMM_NULL.Set_attr(1000, 1));
    raises(MPI.ERR_COMM, () => MPI.COMM_NULL.Delete_attr(1000));
  },

  'attributes of COMM_SELF go at Finalize, last set first, while MPI still works': (comm, t) => {
    const gone: unknown[] = [];
    const keyval = (name: string) =>
      MPI.Comm.Create_keyval(null, (self) => {
        assert.equal(MPI.Is_finalized(), false);
        gone.push(self.sendrecv(name, 0, 1, 0, 1));
      });
    for (const name of ['first', 'second']) MPI.COMM_SELF.Set_attr(keyval(name), name);
    process.once('exit', () => {
      MPI.Finalize();
      assert.deepEqual(gone, ['second', 'first']);
    });
    assert.equal(comm.Get_rank(), t.rank);
  },
});
