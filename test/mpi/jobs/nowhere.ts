/** MPI-4.1 sections 3.7.3 and 3.10: null requests, inactive requests and the null process. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { assertEmpty, assertNowhere, raises, waited } from '../../support/job/tools.js';

const NONE = MPI.PROC_NULL;
const data = new Float64Array(4).fill(3);

/** A buffer that a receive from PROC_NULL must leave as it is. */
function untouched(use: (buffer: Float64Array<ArrayBuffer>) => void): void {
  const buffer = Float64Array.of(1, 2, 3);
  use(buffer);
  assert.deepEqual([...buffer], [1, 2, 3], 'a receive from PROC_NULL changed its buffer');
}

defineCases({
  'sends to PROC_NULL of every mode succeed': (comm) => {
    for (const send of [comm.Send, comm.Ssend, comm.Rsend]) send.call(comm, data, NONE, 1);
    for (const start of [comm.Isend, comm.Issend, comm.Irsend]) {
      const request = start.call(comm, data, NONE, 1);
      assert.equal(request.Test(), true);
    }
    MPI.Attach_buffer(new ArrayBuffer(MPI.BSEND_OVERHEAD));
    comm.Bsend(data, NONE, 1);
    comm.Ibsend(data, NONE, 1).Wait();
    MPI.Detach_buffer();
    comm.send({ a: 1 }, NONE, 1);
    comm.ssend({ a: 1 }, NONE, 1);
    comm.isend({ a: 1 }, NONE, 1).Wait();
  },

  'receives from PROC_NULL return at once': (comm) => {
    untouched((buffer) => assertNowhere(comm.Recv(buffer, NONE, 5)));
    untouched((buffer) => assertNowhere(waited(comm.Irecv(buffer, NONE, 5))));
    const status = new MPI.Status();
    untouched((buffer) => {
      assert.equal(comm.Irecv(buffer, NONE, 5).Test(status), true);
      assertNowhere(status);
    });
    const object = comm.recv(NONE, 5, status);
    assert.ok(object === undefined || object === null, 'object from PROC_NULL');
    assertNowhere(status);
  },

  'probes of PROC_NULL': (comm) => {
    const status = new MPI.Status();
    comm.Probe(NONE, 5, status);
    assertNowhere(status);
    assert.equal(comm.Iprobe(NONE, 5, status), true);
    assertNowhere(status);
    assert.equal(comm.Mprobe(NONE, 5, status), MPI.MESSAGE_NO_PROC);
    assertNowhere(status);
    assert.equal(comm.Improbe(NONE, 5, status), MPI.MESSAGE_NO_PROC);
    assertNowhere(status);
  },

  'receives of MESSAGE_NO_PROC': () => {
    untouched((buffer) => assertNowhere(MPI.MESSAGE_NO_PROC.Recv(buffer)));
    untouched((buffer) => assertNowhere(waited(MPI.MESSAGE_NO_PROC.Irecv(buffer))));
  },

  'Sendrecv with PROC_NULL on one side or both': (comm, t) => {
    untouched((buffer) => assertNowhere(comm.Sendrecv(data, NONE, 1, buffer, NONE, 1)));
    untouched((buffer) => assertNowhere(comm.Sendrecv_replace(buffer, NONE, 1, NONE, 1)));
    untouched((buffer) => {
      comm.Isendrecv(data, NONE, 1, buffer, NONE, 1).Wait();
      comm.Isendrecv_replace(buffer, NONE, 1, NONE, 1).Wait();
    });
    const up = t.rank + 1 < t.size ? t.rank + 1 : NONE;
    const down = t.rank > 0 ? t.rank - 1 : NONE;
    const got = Int32Array.of(-1);
    const status = comm.Sendrecv(Int32Array.of(t.rank), up, 1, got, down, 1);
    assert.equal(got[0], t.rank - 1);
    if (down === NONE) assertNowhere(status);
  },

  'persistent requests to and from PROC_NULL': (comm) => {
    const send = comm.Send_init(data, NONE, 1);
    const buffer = Float64Array.of(9);
    const receive = comm.Recv_init(buffer, NONE, 1);
    for (let i = 0; i < 3; i++) {
      MPI.Prequest.Startall([send, receive]);
      send.Wait();
      assertNowhere(waited(receive));
    }
    assert.equal(buffer[0], 9);
    send.Free();
    receive.Free();
  },

  'REQUEST_NULL: Wait and Test give an empty status': () => {
    assertEmpty(waited(MPI.REQUEST_NULL));
    const status = new MPI.Status();
    status.source = 7;
    status.tag = 7;
    MPI.REQUEST_NULL.Wait(status);
    assertEmpty(status);
    status.source = 7;
    assert.equal(MPI.REQUEST_NULL.Test(status), true);
    assertEmpty(status);
    status.source = 7;
    assert.equal(MPI.REQUEST_NULL.Get_status(status), true);
    assertEmpty(status);
  },

  'a request that was completed is null from then on': (comm, t) => {
    const send = comm.Isend(Int32Array.of(4), t.next, 1);
    const receive = comm.Irecv(new Int32Array(1), t.prev, 1);
    MPI.Request.Waitall([send, receive]);
    assertEmpty(waited(receive));
    const status = new MPI.Status();
    assert.equal(receive.Test(status), true);
    assertEmpty(status);
    assert.equal(MPI.Request.Waitany([send, receive]), MPI.UNDEFINED);
  },

  'an inactive persistent request: Wait, Test and Get_status give an empty status': (comm, t) => {
    const request = comm.Recv_init(new Int32Array(1), t.prev, 1);
    assertEmpty(waited(request));
    const status = new MPI.Status();
    assert.equal(request.Test(status), true);
    assertEmpty(status);
    assert.equal(request.Get_status(status), true);
    assertEmpty(status);
    request.Free();
  },

  'Cancel and Free of the null request: ERR_REQUEST': () => {
    raises(MPI.ERR_REQUEST, () => MPI.REQUEST_NULL.Cancel());
    raises(MPI.ERR_REQUEST, () => MPI.REQUEST_NULL.Free());
  },

  'lists of null and inactive requests': (comm, t) => {
    const inactive = comm.Recv_init(new Int32Array(1), t.prev, 1);
    for (const requests of [[], [MPI.REQUEST_NULL], [MPI.REQUEST_NULL, inactive, MPI.REQUEST_NULL]]) {
      const fresh = () => {
        const status = new MPI.Status();
        status.source = 3;
        status.tag = 3;
        return status;
      };
      const status = fresh();
      assert.equal(MPI.Request.Waitany(requests, status), MPI.UNDEFINED);
      assertEmpty(status);
      const tested = fresh();
      assert.deepEqual(MPI.Request.Testany(requests, tested), [MPI.UNDEFINED, true]);
      assertEmpty(tested);
      assert.equal(MPI.Request.Waitsome(requests), null);
      assert.equal(MPI.Request.Testsome(requests), null);
      const statuses = requests.map(fresh);
      MPI.Request.Waitall(requests, statuses);
      for (const one of statuses) assertEmpty(one);
      const testedAll = requests.map(fresh);
      assert.equal(MPI.Request.Testall(requests, testedAll), true);
      for (const one of testedAll) assertEmpty(one);
    }
    inactive.Free();
  },

  'null requests among active ones are passed over': (comm, t) => {
    const receive = comm.Irecv(new Int32Array(1), t.prev, 1);
    const requests = [MPI.REQUEST_NULL, receive, MPI.REQUEST_NULL];
    assert.equal(MPI.Request.Testall(requests), false);
    assert.deepEqual(MPI.Request.Testany(requests), [MPI.UNDEFINED, false]);
    assert.deepEqual(MPI.Request.Testsome(requests), []);
    comm.Barrier();
    const send = comm.Isend(Int32Array.of(1), t.next, 1);
    assert.equal(MPI.Request.Waitany(requests), 1);
    assert.equal(MPI.Request.Waitany(requests), MPI.UNDEFINED);
    send.Wait();
  },
});
