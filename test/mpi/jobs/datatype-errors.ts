/** Mistakes with datatypes: a clear exception, nothing sent, nothing written. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { bad, raises } from '../../support/job/tools.js';

const array = new Float64Array(10);

/** Every call that takes a buffer. */
const calls: Record<string, (comm: MPI.Comm, buf: MPI.BufferSpec) => unknown> = {
  Send: (comm, buf) => comm.Send(buf, 0, 1),
  Ssend: (comm, buf) => comm.Ssend(buf, 0, 1),
  Bsend: (comm, buf) => comm.Bsend(buf, 0, 1),
  Isend: (comm, buf) => comm.Isend(buf, 0, 1),
  Ibsend: (comm, buf) => comm.Ibsend(buf, 0, 1),
  Send_init: (comm, buf) => comm.Send_init(buf, 0, 1),
  Recv: (comm, buf) => comm.Recv(buf, 0, 1),
  Irecv: (comm, buf) => comm.Irecv(buf, 0, 1),
  Recv_init: (comm, buf) => comm.Recv_init(buf, 0, 1),
  Sendrecv_replace: (comm, buf) => comm.Sendrecv_replace(buf, 0, 1, 0, 1),
  Bcast: (comm, buf) => comm.Bcast(buf),
};

defineCases({
  'datatypes that are not committed, or freed, or none': (comm) => {
    const type = MPI.DOUBLE.Create_vector(2, 1, 2);
    const freed = MPI.DOUBLE.Create_contiguous(2).Commit();
    freed.Free();
    for (const [name, call] of Object.entries(calls)) {
      raises(MPI.ERR_TYPE, () => call(comm, [array, 1, type]), `${name} on rank`, 'Commit()');
      raises(MPI.ERR_TYPE, () => call(comm, [array, 1, freed]), `${name} on rank`, 'freed');
      raises(MPI.ERR_TYPE, () => call(comm, [array, 1, MPI.DATATYPE_NULL]), `${name} on rank`, 'NULL');
      raises(MPI.ERR_TYPE, () => call(comm, [array, 1, bad({ size: 8, extent: 8 })]), `${name} on rank`);
    }
    for (const [name, use] of Object.entries({
      Commit: () => freed.Commit(),
      Free: () => freed.Free(),
      Dup: () => freed.Dup(),
      Get_contents: () => freed.Get_contents(),
      Create_contiguous: () => freed.Create_contiguous(1),
      Create_struct: () => MPI.Datatype.Create_struct([1], [0], [freed]),
      Get_count: () => new MPI.Status().Get_count(freed),
    }))
      raises(MPI.ERR_TYPE, use, name, 'freed');
  },

  'elements beyond the buffer, before it, and of no certain number': (comm) => {
    const type = MPI.DOUBLE.Create_vector(3, 1, 3).Commit();
    const before = MPI.DOUBLE.Create_hindexed([1], [-8]).Commit();
    const over = MPI.DOUBLE.Create_resized(0, 0).Commit();
    for (const [name, call] of Object.entries(calls)) {
      raises(MPI.ERR_COUNT, () => call(comm, [array, 2, type]), `${name} on rank`, '112');
      raises(MPI.ERR_COUNT, () => call(comm, [array, [1, 1], type]), `${name} on rank`);
      raises(MPI.ERR_COUNT, () => call(comm, [array, 1, before]), `${name} on rank`, '-8');
      raises(MPI.ERR_COUNT, () => call(comm, [array, over]), `${name} on rank`, 'count');
      raises(MPI.ERR_COUNT, () => call(comm, [array, 2 ** 52, type]), `${name} on rank`);
      raises(MPI.ERR_COUNT, () => call(comm, [array, -1, type]), `${name} on rank`);
      raises(MPI.ERR_COUNT, () => call(comm, [array, [1, 0.5], type]), `${name} on rank`);
      raises(MPI.ERR_COUNT, () => call(comm, [array.subarray(7), type]), `${name} on rank`);
    }
  },

  'arrays of another kind': (comm) => {
    const doubles = MPI.DOUBLE.Create_vector(2, 1, 2).Commit();
    const mixed = MPI.Datatype.Create_struct([1, 1], [0, 8], [MPI.DOUBLE, MPI.INT]).Commit();
    for (const [name, call] of Object.entries(calls)) {
      raises(MPI.ERR_TYPE, () => call(comm, [new Int32Array(20), 1, doubles]), `${name} on rank`);
      raises(MPI.ERR_TYPE, () => call(comm, [array, 1, mixed]), `${name} on rank`, 'raw');
      raises(MPI.ERR_TYPE, () => call(comm, [array, 1, MPI.DOUBLE_INT]), `${name} on rank`, 'raw');
      raises(MPI.ERR_TYPE, () => call(comm, [array, 1, MPI.C_COMPLEX]), `${name} on rank`);
    }
  },

  'after all that, nothing has been sent': (comm, t) => {
    assert.equal(comm.Iprobe(), false);
    comm.Barrier();
    const type = MPI.DOUBLE.Create_vector(2, 1, 2).Commit();
    const into = new Float64Array(3);
    comm.Sendrecv([Float64Array.of(t.rank, -1, 5), 1, type], t.next, 1, [into, 1, type], t.prev, 1);
    assert.deepEqual([...into], [t.prev, 0, 5]);
  },
});
