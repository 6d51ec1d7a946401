/** MPI-4.1 section 3.7.5: completion of one, any, some and all of several requests. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import {
  assertEmpty,
  assertFrom,
  assertPattern,
  pattern,
  progressFor,
  raises,
  until,
} from '../../support/job/tools.js';

const COUNT = 8;
const GO = 90;
const empty = new Uint8Array(0);

/** Posts one receive for each tag 0 … COUNT-1 from the rank before. */
function post(comm: MPI.Comm, source: number) {
  const buffers = Array.from({ length: COUNT }, () => new Int32Array(2));
  const requests = buffers.map((buffer, tag) => comm.Irecv(buffer, source, tag));
  return { buffers, requests };
}

const newStatuses = () => Array.from({ length: COUNT }, () => new MPI.Status());

defineCases({
  'Waitall fills every status in the order of the requests': (comm, t) => {
    const { buffers, requests } = post(comm, t.prev);
    const sends: MPI.Request[] = [];
    for (let tag = COUNT - 1; tag >= 0; tag--) sends.push(comm.Isend(Int32Array.of(tag, 5), t.next, tag));
    const statuses = newStatuses();
    MPI.Request.Waitall(requests, statuses);
    for (let tag = 0; tag < COUNT; tag++) {
      assertFrom(statuses[tag], t.prev, tag, 8);
      assert.equal(buffers[tag][0], tag);
    }
    MPI.Request.Waitall(sends);
  },

  'Testall is false, and completes nothing, until all are done': needs(2, (comm, t) => {
    if (t.rank === 1) {
      const { requests } = post(comm, 0);
      const statuses = newStatuses();
      comm.Send(empty, 0, GO);
      comm.Recv(empty, 0, GO);
      for (let i = 0; i < 50; i++) assert.equal(MPI.Request.Testall(requests, statuses), false);
      comm.Send(empty, 0, GO);
      until(() => MPI.Request.Testall(requests, statuses), 'Testall');
      for (let tag = 0; tag < COUNT; tag++) assertFrom(statuses[tag], 0, tag, 8);
    } else if (t.rank === 0) {
      comm.Recv(empty, 1, GO);
      for (let tag = 1; tag < COUNT; tag++) comm.Send(Int32Array.of(tag, 0), 1, tag);
      comm.Send(empty, 1, GO);
      comm.Recv(empty, 1, GO);
      comm.Send(Int32Array.of(0, 0), 1, 0);
    }
  }),

  'Waitany returns each request once, with its status, then UNDEFINED': needs(2, (comm, t) => {
    const order = [5, 0, 7, 3, 1, 6, 2, 4];
    if (t.rank === 1) {
      const { buffers, requests } = post(comm, 0);
      for (const expected of order) {
        comm.Send(empty, 0, GO);
        const status = new MPI.Status();
        assert.equal(MPI.Request.Waitany(requests, status), expected);
        assertFrom(status, 0, expected, 8);
        assert.equal(buffers[expected][0], expected);
      }
      const status = new MPI.Status();
      assert.equal(MPI.Request.Waitany(requests, status), MPI.UNDEFINED);
      assertEmpty(status);
    } else if (t.rank === 0) {
      for (const tag of order) {
        comm.Recv(empty, 1, GO);
        comm.Send(Int32Array.of(tag, 0), 1, tag);
      }
    }
  }),

  'Testany: nothing yet, one index, then UNDEFINED with true': needs(2, (comm, t) => {
    if (t.rank === 1) {
      const { requests } = post(comm, 0);
      for (let i = 0; i < 20; i++) assert.deepEqual(MPI.Request.Testany(requests), [MPI.UNDEFINED, false]);
      const seen = new Set<number>();
      comm.Send(empty, 0, GO);
      until(() => {
        const status = new MPI.Status();
        const [index, flag] = MPI.Request.Testany(requests, status);
        if (!flag) return false;
        assertFrom(status, 0, index, 8);
        assert.ok(!seen.has(index), `index ${index} twice`);
        seen.add(index);
        return seen.size === COUNT;
      }, 'all requests by Testany');
      assert.deepEqual(MPI.Request.Testany(requests), [MPI.UNDEFINED, true]);
    } else if (t.rank === 0) {
      comm.Recv(empty, 1, GO);
      for (let tag = 0; tag < COUNT; tag++) comm.Send(Int32Array.of(tag, 0), 1, tag);
    }
  }),

  'Waitsome returns all that are complete, statuses in the order of the indices': needs(2, (comm, t) => {
    if (t.rank === 1) {
      const { requests } = post(comm, 0);
      const seen: number[] = [];
      while (seen.length < COUNT) {
        const statuses = newStatuses();
        const indices = MPI.Request.Waitsome(requests, statuses);
        assert.ok(indices !== null && indices.length > 0, `Waitsome returned ${indices}`);
        for (const [i, index] of indices.entries()) assertFrom(statuses[i], 0, index, 8);
        seen.push(...indices);
      }
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        Array.from({ length: COUNT }, (_, i) => i),
      );
      assert.equal(MPI.Request.Waitsome(requests), null);
    } else if (t.rank === 0) {
      for (const tag of [2, 3]) comm.Send(Int32Array.of(tag, 0), 1, tag);
      progressFor(comm, 3);
      for (const tag of [1, 0, 7, 6, 5, 4]) comm.Send(Int32Array.of(tag, 0), 1, tag);
    }
  }),

  'Waitsome takes everything that is complete (fairness)': (comm, t) => {
    const { requests } = post(comm, t.prev);
    comm.Barrier();
    const sends = requests.map((_, tag) => comm.Isend(Int32Array.of(tag, 0), t.next, tag));
    MPI.Request.Waitall(sends);
    comm.Barrier();
    until(() => requests.every((request) => request.Get_status()), 'all receives complete');
    const indices = MPI.Request.Waitsome(requests);
    assert.equal(indices?.length, COUNT);
  },

  'Testsome: an empty array, some indices, then null': needs(2, (comm, t) => {
    if (t.rank === 1) {
      const { requests } = post(comm, 0);
      assert.deepEqual(MPI.Request.Testsome(requests), []);
      comm.Send(empty, 0, GO);
      let count = 0;
      until(() => {
        const statuses = newStatuses();
        const indices = MPI.Request.Testsome(requests, statuses);
        assert.ok(indices !== null);
        for (const [i, index] of indices.entries()) assertFrom(statuses[i], 0, index, 8);
        count += indices.length;
        return count === COUNT;
      }, 'all requests by Testsome');
      assert.equal(MPI.Request.Testsome(requests), null);
    } else if (t.rank === 0) {
      comm.Recv(empty, 1, GO);
      for (let tag = 0; tag < COUNT; tag++) comm.Send(Int32Array.of(tag, 0), 1, tag);
    }
  }),

  'the lower-case forms give results': (comm, t) => {
    const tags = [0, 1, 2, 3];
    const item = (rank: number, tag: number) => ({ from: rank, tag });
    const received = () => tags.map((tag) => comm.irecv(t.prev, tag));
    const all = tags.map((tag) => item(t.prev, tag));
    const { waitsome, testall, testany, testsome } = MPI.Request;
    const round = (take: (requests: MPI.Request<unknown>[]) => void) => {
      const requests = received();
      assert.deepEqual(testall(requests), [false, null]);
      assert.deepEqual(testany(requests), [MPI.UNDEFINED, false, undefined]);
      assert.deepEqual(testsome(requests), [[], []]);
      comm.Barrier();
      const sends = tags.map((tag) => comm.isend(item(t.rank, tag), t.next, tag));
      take(requests);
      MPI.Request.waitall(sends);
      assert.deepEqual(waitsome(requests), [null, null]);
      assert.deepEqual(testsome(requests), [null, null]);
      assert.deepEqual(testany(requests), [MPI.UNDEFINED, true, undefined]);
      comm.Barrier();
    };
    const gather = (some: (requests: MPI.Request<unknown>[]) => [number[] | null, unknown[] | null]) =>
      round((requests) => {
        const got: unknown[] = [];
        until(() => {
          const [indices, results] = some(requests);
          indices?.forEach((index, i) => {
            got[index] = results![i];
          });
          return indices === null || Object.keys(got).length === tags.length;
        }, 'all results');
        assert.deepEqual(got, all);
      });
    gather((requests) => waitsome(requests));
    gather((requests) => testsome(requests));
    round((requests) => {
      let results: unknown = null;
      until(() => {
        const [flag, given] = testall(requests);
        results = given;
        return flag;
      }, 'all by testall');
      assert.deepEqual(results, all);
    });
    round((requests) => {
      const got: unknown[] = [];
      until(() => {
        const [index, flag, result] = testany(requests);
        if (flag) got[index] = result;
        return Object.keys(got).length === tags.length;
      }, 'all by testany');
      assert.deepEqual(got, all);
    });
    assert.throws(() => testall([3] as never), /testall: item 0 is 3/);
  },

  'no request starves: Waitany in a loop takes from every sender': (comm, t) => {
    const each = 20;
    if (t.rank === 0) {
      const buffers = Array.from({ length: t.size }, () => new Int32Array(1));
      const requests = buffers.map((buffer, source) => comm.Irecv(buffer, source, 1));
      const own = Array.from({ length: each }, (_, i) => comm.Isend(Int32Array.of(i), 0, 1));
      const seen = new Array<number>(t.size).fill(0);
      for (let n = 0; n < each * t.size; n++) {
        const source = MPI.Request.Waitany(requests);
        assert.equal(buffers[source][0], seen[source]++);
        if (seen[source] < each) requests[source] = comm.Irecv(buffers[source], source, 1);
      }
      assert.equal(MPI.Request.Waitany(requests), MPI.UNDEFINED);
      MPI.Request.Waitall(own);
    } else {
      for (let i = 0; i < each; i++) comm.Send(Int32Array.of(i), 0, 1);
    }
  },

  'Get_status tells without completing': (comm, t) => {
    const got = new Int32Array(1);
    const request = comm.Irecv(got, t.prev, 2);
    const status = new MPI.Status();
    assert.equal(request.Get_status(status), false);
    comm.Barrier();
    const send = comm.Isend(Int32Array.of(6), t.next, 2);
    until(() => request.Get_status(status), 'Get_status');
    assertFrom(status, t.prev, 2, 4);
    for (let i = 0; i < 3; i++) assert.equal(request.Get_status(status), true);
    const final = new MPI.Status();
    request.Wait(final);
    assertFrom(final, t.prev, 2, 4);
    send.Wait();
  },

  'sends and receives of all sizes in one Waitall': (comm, t) => {
    const lengths = [0, 10, 5000, 70_000, 400_000, 2_000_000];
    const buffers = lengths.map((bytes) => new Uint8Array(bytes));
    const requests: MPI.Request[] = [];
    for (const [i, bytes] of lengths.entries()) {
      requests.push(comm.Isend(pattern(bytes, t.rank * 10 + i), t.next, i));
      requests.push(comm.Irecv(buffers[i], t.prev, i));
    }
    MPI.Request.Waitall(requests);
    for (const [i, buffer] of buffers.entries()) assertPattern(buffer, t.prev * 10 + i);
  },

  'requests may be waited for in any order': (comm, t) => {
    const count = 30;
    const sends = Array.from({ length: count }, (_, i) => comm.Isend(pattern(i * 3000, i), t.next, i));
    const buffers = Array.from({ length: count }, (_, i) => new Uint8Array(i * 3000));
    const receives = buffers.map((buffer, i) => comm.Irecv(buffer, t.prev, i));
    for (let i = count - 1; i >= 0; i--) {
      receives[i].Wait();
      assertPattern(buffers[i], i);
    }
    for (let i = count - 1; i >= 0; i--) sends[i].Wait();
  },

  'Free of an active send: it is still delivered': (comm, t) => {
    for (const [i, bytes] of [0, 100, 50_000, 400_000].entries()) {
      comm.Isend(pattern(bytes, i), t.next, i).Free();
    }
    for (const [i, bytes] of [0, 100, 50_000, 400_000].entries()) {
      const got = new Uint8Array(bytes);
      comm.Recv(got, t.prev, i);
      assertPattern(got, i);
    }
  },

  'Free of an active receive: it still takes its message': (comm, t) => {
    const got = new Int32Array(1);
    comm.Irecv(got, t.prev, 1).Free();
    const second = new Int32Array(1);
    const request = comm.Irecv(second, t.prev, 1);
    comm.Barrier();
    MPI.Request.Waitall([comm.Isend(Int32Array.of(1), t.next, 1), comm.Isend(Int32Array.of(2), t.next, 1)]);
    request.Wait();
    assert.equal(second[0], 2);
    assert.equal(got[0], 1);
  },

  'Wait, Test, Cancel and Free of a freed request: ERR_REQUEST': (comm, t) => {
    const make = () => {
      const request = comm.Isend(Int32Array.of(1), t.next, 1);
      request.Free();
      comm.Recv(new Int32Array(1), t.prev, 1);
      return request;
    };
    raises(MPI.ERR_REQUEST, () => make().Wait(), 'Wait');
    raises(MPI.ERR_REQUEST, () => make().Test(), 'Test');
    raises(MPI.ERR_REQUEST, () => make().Cancel(), 'Cancel');
    raises(MPI.ERR_REQUEST, () => make().Free(), 'Free');
  },
});
