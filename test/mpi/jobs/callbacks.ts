/** Functions of the user's that call MPI, throw, or start a collective, in the midst of a call (MPI-4.1 §6.9.5, §7.7, §9.3). */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs, type Tools } from '../../support/job/cases.js';
import { raises, rejects, until } from '../../support/job/tools.js';

/** Adds; `act` comes before, in every call of the operation. */
const adding = (act: () => void): MPI.Op =>
  MPI.Op.Create((a, b) => {
    act();
    for (let i = 0; i < a.length; i++) (b as Int32Array)[i] += (a as Int32Array)[i];
  }, true);

type Reduction = (comm: MPI.Intracomm, op: MPI.Op) => number | Promise<number>;

const one = (): Int32Array<ArrayBuffer> => Int32Array.of(1);

/** An Allreduce of ones, in its forms; the operation runs in the call, in Wait, in Test and in the event loop. */
const reductions: Record<string, Reduction> = {
  blocking: (comm, op) => {
    const sum = new Int32Array(1);
    comm.Allreduce(one(), sum, op);
    return sum[0];
  },
  nonblocking: (comm, op) => {
    const sum = new Int32Array(1);
    comm.Iallreduce(one(), sum, op).Wait();
    return sum[0];
  },
  tested: (comm, op) => {
    const sum = new Int32Array(1);
    const request = comm.Iallreduce(one(), sum, op);
    until(() => request.Test(), 'the end of the reduction');
    return sum[0];
  },
  awaited: async (comm, op) => {
    const sum = new Int32Array(1);
    await comm.Iallreduce(one(), sum, op);
    return sum[0];
  },
  persistent: (comm, op) => {
    const sum = new Int32Array(1);
    const request = comm.Allreduce_init(one(), sum, op);
    request.Start();
    request.Wait();
    request.Free();
    return sum[0];
  },
  scan: (comm, op) => {
    const sum = new Int32Array(1);
    comm.Scan(one(), sum, op);
    return sum[0] === comm.rank + 1 ? comm.size : -1;
  },
};

/** Every form with the operation, and the same for objects. */
async function inEach(comm: MPI.Intracomm, t: Tools, act: () => void): Promise<void> {
  for (const [name, reduce] of Object.entries(reductions))
    assert.equal(await reduce(comm, adding(act)), t.size, name);
  const add = (x: number, y: number): number => {
    act();
    return x + y;
  };
  assert.equal(comm.allreduce(1, add), t.size);
  assert.equal(await comm.iallreduce(1, add), t.size);
}

defineCases({
  'an operation that calls collectives on its own communicator is refused them': needs(2, async (comm, t) => {
    const persistent = comm.Barrier_init();
    const group = comm.Get_group();
    const refused: Record<string, () => unknown> = {
      Allreduce: () => comm.Allreduce(one(), new Int32Array(1)),
      Iallreduce: () => comm.Iallreduce(one(), new Int32Array(1)),
      Barrier_init: () => persistent.Start(),
      Bcast_init: () => comm.Bcast_init(one()),
      bcast: () => comm.bcast(1),
      Barrier: () => comm.barrier(),
      Dup: () => comm.Dup(),
      Idup: () => comm.Idup(),
      Split: () => comm.Split(0),
      Create: () => comm.Create(group),
      Create_cart: () => comm.Create_cart([t.size]),
    };
    for (const [call, use] of Object.entries(refused))
      await inEach(comm, t, () => {
        const name = call === 'Split' ? 'Allgather' : call;
        raises(MPI.ERR_OTHER, use, `${name} on rank ${t.rank} of MPI_COMM_WORLD`, 'same communicator');
      });
    persistent.Start();
    persistent.Wait();
    persistent.Free();
    comm.Dup().Free();
  }),

  'it may use communicators of its own': async (comm, t) => {
    await inEach(comm, t, () => {
      assert.equal(MPI.COMM_SELF.allreduce(3), 3);
      MPI.COMM_SELF.Barrier();
      const own = MPI.COMM_SELF.Dup();
      own.Ibarrier().Wait();
      own.Free();
    });
  },

  'it may send and receive': async (comm, t) => {
    const tag = 77;
    const ahead = 64;
    let received = 0;
    const take = (): void => {
      const status = comm.Recv(new Int32Array(1), t.prev, tag);
      assert.equal(status.tag, tag);
      received++;
    };
    for (let i = 0; i < ahead; i++) comm.Isend(Int32Array.of(i), t.next, tag).Wait();
    await inEach(comm, t, () => {
      const into = new Int32Array(1);
      comm.Sendrecv(Int32Array.of(5), t.rank, 3, into, t.rank, 3);
      assert.equal(into[0], 5);
      assert.equal(comm.sendrecv('object', t.rank, 3, t.rank, 3), 'object');
      const [long, back] = [new Uint8Array(300_000).fill(7), new Uint8Array(300_000)];
      const requests = [comm.Irecv(back, t.rank, 4), comm.Isend(long, t.rank, 4)];
      MPI.Request.Waitall(requests);
      assert.equal(back[299_999], 7);
      if (received < ahead) take();
    });
    while (received < ahead) take();
  },

  'where all combine equally often it may run collectives of a duplicate': needs(2, (comm) => {
    const pair = pairOf(comm);
    const other = pair.Dup();
    const sum = new Int32Array(1);
    pair.Allreduce(
      one(),
      sum,
      adding(() => assert.equal(other.allreduce(2), 4)),
    );
    assert.equal(sum[0], pair.size);
    for (const made of [pair, other]) made.Free();
  }),

  'it cannot wait for the reduction that it is part of': needs(2, async (comm) => {
    const copy = comm.Dup();
    let request: MPI.Request | undefined;
    const op = adding(() => {
      // It may also run before there is a request.
      if (request === undefined) return;
      raises(MPI.ERR_PENDING, () => request?.Wait(), 'Iallreduce', 'its own operation');
      assert.equal(request.Test(), false);
    });
    const sum = new Int32Array(1);
    request = copy.Iallreduce(one(), sum, op);
    await request;
    assert.equal(sum[0], copy.size);
    copy.Free();
  }),

  'what it throws ends the call, and the communicator, but not messages': needs(2, async (comm, t) => {
    const thrown = new RangeError('no such luck');
    for (const form of ['blocking', 'waited', 'awaited', 'objects'] as const) {
      const pair = pairOf(comm);
      const op = MPI.Op.Create(() => {
        throw thrown;
      });
      const start = () => pair.Iallreduce(one(), new Int32Array(1), op);
      const throwing = (): never => {
        throw thrown;
      };
      if (pair.size === 2) {
        const isThrown = (error: unknown) => error === thrown;
        if (form === 'blocking') assert.throws(() => pair.Allreduce(one(), new Int32Array(1), op), isThrown);
        else if (form === 'objects') assert.throws(() => pair.allreduce(1, throwing), isThrown);
        else if (form === 'waited')
          assert.equal(raises(MPI.ERR_OTHER, () => start().Wait(), 'no such luck').cause, thrown);
        else assert.equal((await rejects(MPI.ERR_OTHER, start(), 'no such luck')).cause, thrown);
        raises(MPI.ERR_COMM, () => pair.Barrier(), 'half-way');
        assert.equal(pair.sendrecv(t.rank, 1 - pair.rank), t.rank ^ 1);
      }
      pair.Free();
    }
  }),

  'a refusal that it does not catch ends the call': needs(2, (comm) => {
    for (const blocking of [true, false]) {
      const pair = pairOf(comm);
      const op = adding(() => pair.Barrier());
      const into = new Int32Array(1);
      const run = () =>
        blocking ? pair.Allreduce(one(), into, op) : pair.Iallreduce(one(), into, op).Wait();
      if (pair.size === 2) raises(MPI.ERR_OTHER, run, 'Barrier on rank', 'same communicator');
      pair.Free();
    }
  }),

  'it may give itself up, but not the communicator': async (comm, t) => {
    for (const run of [reductions.blocking, reductions.nonblocking, reductions.awaited]) {
      const copy = comm.Dup();
      let freed = false;
      const op: MPI.Op = adding(() => {
        raises(MPI.ERR_OTHER, () => copy.Free(), 'Free on rank', 'same communicator');
        raises(MPI.ERR_OTHER, () => copy.Disconnect(), 'Disconnect on rank', 'same communicator');
        if (!freed) op.Free();
        freed = true;
      });
      assert.equal(await run(copy, op), t.size);
      copy.Free();
    }
  },

  'copy callbacks call collectives of the communicator, messages, and throw': (comm, t) => {
    const thrown = new RangeError('not this one');
    const parent = comm.Dup();
    const calling = MPI.Comm.Create_keyval((from, _keyval, value) => {
      const intra = from as MPI.Intracomm;
      const inner = intra.Split(0, intra.rank);
      inner.Free();
      return intra.allreduce(value as number) + intra.sendrecv(0, t.next, 5, t.prev, 5);
    });
    parent.Set_attr(calling, 2);
    const copy = parent.Dup();
    assert.equal(copy.Get_attr(calling), 2 * t.size);
    const [late, request] = parent.Idup();
    request.Wait();
    assert.equal(late.Get_attr(calling), 2 * t.size);
    const throwing = MPI.Comm.Create_keyval(() => {
      throw thrown;
    });
    parent.Set_attr(throwing, 1);
    assert.throws(
      () => parent.Dup(),
      (error) => error === thrown,
    );
    parent.Delete_attr(throwing);
    parent.Dup().Free();
    for (const made of [copy, late, parent]) made.Free();
  },

  'delete callbacks call collectives of the communicator that is freed, and Free itself': (comm, t) => {
    const copy = comm.Dup();
    let called = 0;
    const keyval = MPI.Comm.Create_keyval(null, (from, _keyval, value) => {
      called++;
      assert.equal((from as MPI.Intracomm).allreduce(value as number), t.size);
      (from as MPI.Intracomm).Dup().Free();
      raises(MPI.ERR_KEYVAL, () => from.Free(), 'being deleted already');
    });
    copy.Set_attr(keyval, 1);
    copy.Free();
    assert.equal(called, 1);
    raises(MPI.ERR_COMM, () => copy.Barrier(), 'freed');
  },

  'error handlers call collectives of the communicator, and throw': (comm, t) => {
    const copy = comm.Dup();
    let told = 0;
    copy.Set_errhandler(
      MPI.Comm.Create_errhandler((from) => {
        told++;
        assert.equal((from as MPI.Intracomm).allreduce(1), t.size);
        (from as MPI.Intracomm).Ibarrier().Wait();
        (from as MPI.Intracomm).Dup().Free();
      }),
    );
    raises(MPI.ERR_ROOT, () => copy.Bcast(one(), t.size));
    raises(MPI.ERR_ROOT, () => copy.Ireduce(one(), null, MPI.SUM, -1));
    assert.equal(told, 2);
    copy.Set_errhandler(
      MPI.Comm.Create_errhandler(() => {
        throw new RangeError('mine');
      }),
    );
    assert.throws(() => copy.Bcast(one(), t.size), RangeError);
    copy.Barrier();
    copy.Free();
  },

  'error handlers are told of what an operation throws, once, outside of it': needs(2, (comm) => {
    const pair = pairOf(comm);
    const told: string[] = [];
    pair.Set_errhandler(MPI.Comm.Create_errhandler((_, error) => void told.push(error.message)));
    const op = adding(() => pair.Barrier());
    if (pair.size === 2) {
      raises(MPI.ERR_OTHER, () => pair.Allreduce(one(), new Int32Array(1), op), 'same communicator');
      assert.equal(told.length, 1);
    }
    pair.Free();
  }),
});

/** Two ranks, of which each combines once; the last of an odd number is alone. */
function pairOf(comm: MPI.Intracomm): MPI.Intracomm {
  return comm.Split(Math.floor(comm.rank / 2), comm.rank);
}
