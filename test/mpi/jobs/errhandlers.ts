/** MPI-4.1 §9.3: error handlers of communicators. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { type CaseBody, defineCases, needs } from '../../support/job/cases.js';
import { bad, raises, rejects } from '../../support/job/tools.js';

type Told = [comm: MPI.Comm, error: MPI.Exception][];

/** A case whose communicator has a handler that notes what it is told. */
const watched =
  (body: (comm: MPI.Intracomm, told: Told, rank: number) => void | Promise<void>): CaseBody =>
  async (comm, t) => {
    const told: Told = [];
    const handler = MPI.Comm.Create_errhandler((where, error) => told.push([where, error]));
    comm.Set_errhandler(handler);
    try {
      await body(comm, told, t.rank);
    } finally {
      comm.Set_errhandler(MPI.ERRORS_RETURN);
      handler.Free();
    }
  };

const one = Int32Array.of(1);

defineCases({
  'the default throws': (comm) => {
    assert.equal(comm.Get_errhandler(), MPI.ERRORS_RETURN);
    raises(MPI.ERR_RANK, () => comm.Send(one, 99));
    comm.Call_errhandler(MPI.ERR_RANK);
    comm.Set_errhandler(MPI.ERRORS_RETURN);
    comm.Get_errhandler().Free();
    assert.equal(comm.Get_errhandler(), MPI.ERRORS_RETURN);
  },

  'the default costs nothing, also when it comes back': (comm) => {
    const methods = Object.getPrototypeOf(comm);
    for (let i = 0; i < 2; i++) {
      comm.Set_errhandler(MPI.Comm.Create_errhandler(() => {}));
      assert.notEqual(Object.getPrototypeOf(comm), methods);
      comm.Set_errhandler(MPI.ERRORS_RETURN);
      assert.equal(Object.getPrototypeOf(comm), methods);
      assert.deepEqual(Object.getOwnPropertyNames(comm).includes('Send'), false);
    }
  },

  'a handler is told once, with the communicator and the error that is then thrown': watched((comm, told) => {
    for (const call of [
      () => comm.Send(one, 99),
      () => comm.Isend(one, 99),
      () => comm.Recv(one, 99),
      () => comm.send({}, 99),
      () => comm.Bcast(one, 99),
      () => comm.Probe(99),
      () => comm.Set_name(bad(5)),
      () => {
        comm.name = bad(5);
      },
      () => comm.Create_cart([-1]),
      () => comm.Cart_map([0]),
    ]) {
      told.length = 0;
      const error = raises(undefined, call);
      assert.equal(told.length, 1, `${call}: told ${told.length} times`);
      assert.equal(told[0][0], comm);
      assert.equal(told[0][1], error);
    }
  }),

  'calls work as without one, and others are not concerned': watched((comm, told, rank) => {
    const { size } = comm;
    const got = new Int32Array(1);
    comm.Sendrecv(Int32Array.of(rank), (rank + 1) % size, 3, got, (rank + size - 1) % size, 3);
    assert.equal(got[0], (rank + size - 1) % size);
    comm.Allreduce(one, got);
    assert.equal(got[0], size);
    assert.ok(comm instanceof MPI.Comm);
    assert.equal(Object.hasOwn(comm, 'constructor'), false);
    raises(MPI.ERR_RANK, () => MPI.COMM_SELF.Send(one, 99));
    assert.deepEqual(told, []);
  }),

  'what a handler throws is thrown instead': (comm) => {
    class Mine extends Error {}
    comm.Set_errhandler(
      MPI.Comm.Create_errhandler((_comm, error) => {
        throw new Mine('mine', { cause: error });
      }),
    );
    assert.throws(() => comm.Send(one, 99), Mine);
    assert.throws(() => comm.Call_errhandler(MPI.ERR_OTHER), Mine);
    comm.Set_errhandler(MPI.ERRORS_RETURN);
    raises(MPI.ERR_RANK, () => comm.Send(one, 99));
  },

  'a handler may call MPI; errors of its own calls are thrown in it': (comm, t) => {
    let calls = 0;
    const got: unknown[] = [];
    comm.Set_errhandler(
      MPI.Comm.Create_errhandler((where) => {
        calls++;
        got.push(where.sendrecv(t.rank, t.next, 1, t.prev, 1));
        raises(MPI.ERR_TAG, () => where.Send(one, 0, -5));
      }),
    );
    raises(MPI.ERR_RANK, () => comm.Send(one, 99));
    comm.Call_errhandler(MPI.ERR_OTHER);
    comm.Set_errhandler(MPI.ERRORS_RETURN);
    assert.equal(calls, 2);
    assert.deepEqual(got, [t.prev, t.prev]);
  },

  'Call_errhandler: the code, once, and nothing thrown if the handler returns': watched((comm, told) => {
    const code = MPI.Add_error_code(MPI.ERR_IO);
    MPI.Add_error_string(code, 'disk full');
    comm.Call_errhandler(code);
    assert.equal(told.length, 1);
    assert.equal(told[0][1].Get_error_code(), code);
    assert.equal(told[0][1].Get_error_class(), MPI.ERR_IO);
    assert.match(told[0][1].message, /^disk full: Call_errhandler on rank/);
    raises(MPI.ERR_ARG, () => comm.Call_errhandler(bad('x')), 'errorcode');
    MPI.Remove_error_code(code);
  }),

  'errors of requests: Wait, Test, the families, await': watched(async (comm, told, rank) => {
    const short = new Int32Array(1);
    const long = new Int32Array(3);
    const truncated = () => {
      const request = comm.Irecv(short, rank, 7);
      comm.Send(long, rank, 7);
      return request;
    };
    const ways: ((request: MPI.Request) => unknown)[] = [
      (request) => request.Wait(),
      (request) => {
        while (!request.Test());
      },
      (request) => request.wait(),
      (request) => MPI.Request.Waitall([request]),
      (request) => MPI.Request.Waitany([request]),
      (request) => MPI.Request.Waitsome([request]),
      (request) => {
        while (!MPI.Request.Testall([request]));
      },
    ];
    for (const way of ways) {
      told.length = 0;
      raises(undefined, () => way(truncated()));
      assert.equal(told.length, 1, `${way}: told ${told.length} times`);
      assert.equal(told[0][0], comm);
      assert.equal(told[0][1].Get_error_class(), MPI.ERR_TRUNCATE);
    }
    told.length = 0;
    const request = truncated();
    const error = await rejects(MPI.ERR_TRUNCATE, request);
    await rejects(MPI.ERR_TRUNCATE, request);
    assert.deepEqual(told, [[comm, error]]);
  }),

  'timeouts, awaited or not': needs(
    2,
    watched(async (comm, told, rank) => {
      const other = (rank + 1) % comm.size;
      const request = comm.Irecv(new Int32Array(1), other, 9, { timeout: 5 });
      const error = raises(MPI.ERR_TIMEOUT, () => request.Wait(null, { timeout: 5 }));
      assert.deepEqual(told, [[comm, error]]);
      await rejects(MPI.ERR_TIMEOUT, request);
      assert.equal(told.length, 2);
      raises(MPI.ERR_TIMEOUT, () => comm.Recv(new Int32Array(1), other, 9, null, { timeout: 5 }));
      assert.equal(told.length, 3);
      assert.equal(await comm.isend('x', rank, 9), undefined);
      assert.equal(await comm.irecv(rank, 9), 'x');
      assert.equal(told.length, 3);
    }),
  ),

  'persistent requests and matched messages': watched((comm, told, rank) => {
    const short = new Int32Array(1);
    const request = comm.Recv_init(short, rank, 7);
    for (let i = 0; i < 2; i++) {
      request.Start();
      comm.Send(new Int32Array(2), rank, 7);
      raises(MPI.ERR_TRUNCATE, () => request.Wait());
    }
    assert.equal(told.length, 2);
    request.Start();
    raises(MPI.ERR_REQUEST, () => request.Start());
    assert.equal(told.length, 3);
    comm.Send(short, rank, 7);
    request.Wait();
    request.Free();
    comm.Send(new Int32Array(2), rank, 8);
    raises(MPI.ERR_TRUNCATE, () => comm.Mprobe(rank, 8).Recv(short));
    assert.equal(told.length, 4);
    comm.Mprobe(MPI.PROC_NULL).Recv(short);
    assert.equal(comm.Mprobe(MPI.PROC_NULL), MPI.MESSAGE_NO_PROC);
  }),

  'communicators made from one inherit its handler, and may change it': watched(async (comm, told, rank) => {
    const [late, made] = comm.Idup();
    await made;
    const cart = comm.Create_cart([comm.size]);
    const all: MPI.Comm[] = [comm.Dup(), late, comm.Split(), comm.Create(comm.group), cart, cart.Sub([true])];
    if (comm.size > 1) {
      const half = comm.Split(rank % 2);
      const inter = half.Create_intercomm(0, comm, 1 - (rank % 2));
      all.push(half, inter, inter.Dup(), inter.Merge());
    }
    for (const heir of all) {
      told.length = 0;
      assert.equal(heir.Get_errhandler(), comm.Get_errhandler());
      raises(MPI.ERR_RANK, () => heir.Send(one, 99));
      assert.equal(told.length, 1);
      assert.equal(told[0][0], heir);
      heir.Set_errhandler(MPI.ERRORS_RETURN);
      raises(MPI.ERR_RANK, () => heir.Send(one, 99));
      assert.equal(told.length, 1);
      heir.Free();
    }
    assert.ok(cart instanceof MPI.Cartcomm);
  }),

  'errors of a freed communicator, and of the null one': watched((comm, told) => {
    const copy = comm.Dup();
    copy.Free();
    raises(MPI.ERR_COMM, () => copy.Barrier());
    assert.equal(told.length, 1);
    assert.equal(told[0][0], copy);
    for (const gone of [copy, MPI.COMM_NULL]) {
      raises(MPI.ERR_COMM, () => gone.Set_errhandler(MPI.ERRORS_RETURN));
      raises(MPI.ERR_COMM, () => gone.Get_errhandler());
      raises(MPI.ERR_COMM, () => gone.Call_errhandler(MPI.ERR_OTHER));
    }
  }),

  'a request that outlives the handler throws': (comm, t) => {
    let told = 0;
    comm.Set_errhandler(MPI.Comm.Create_errhandler(() => told++));
    const request = comm.Irecv(new Int32Array(1), t.rank, 7);
    comm.Set_errhandler(MPI.ERRORS_RETURN);
    comm.Send(new Int32Array(2), t.rank, 7);
    raises(MPI.ERR_TRUNCATE, () => request.Wait());
    assert.equal(told, 0);
  },

  'errors that are not MPI’s are not the handler’s': watched((comm, told) => {
    const controller = new AbortController();
    controller.abort(new RangeError('stop'));
    assert.throws(() => comm.Probe(0, 1, null, { signal: controller.signal }), new RangeError('stop'));
    assert.deepEqual(told, []);
  }),

  'a freed handler stays where it is, and cannot be set again': (comm) => {
    let told = 0;
    const handler = MPI.Comm.Create_errhandler(() => told++);
    comm.Set_errhandler(handler);
    handler.Free();
    assert.equal(comm.Get_errhandler(), handler);
    raises(MPI.ERR_RANK, () => comm.Send(one, 99));
    assert.equal(told, 1);
    comm.Set_errhandler(MPI.ERRORS_RETURN);
    raises(MPI.ERR_ERRHANDLER, () => comm.Set_errhandler(handler), 'Set_errhandler', 'was freed');
    raises(MPI.ERR_ERRHANDLER, () => handler.Free(), 'was freed');
  },

  'what is no handler': (comm) => {
    raises(MPI.ERR_ERRHANDLER, () => comm.Set_errhandler(MPI.ERRHANDLER_NULL), 'ERRHANDLER_NULL');
    raises(MPI.ERR_ERRHANDLER, () => MPI.ERRHANDLER_NULL.Free(), 'ERRHANDLER_NULL');
    for (const value of [undefined, null, 5, () => {}])
      raises(MPI.ERR_ERRHANDLER, () => comm.Set_errhandler(bad(value)), 'errhandler is');
    raises(MPI.ERR_ARG, () => MPI.Comm.Create_errhandler(bad(5)), 'errhandler_fn is 5');
    assert.equal(comm.Get_errhandler(), MPI.ERRORS_RETURN);
  },
});
