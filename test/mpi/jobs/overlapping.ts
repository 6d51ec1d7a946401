/** MPI-4.1 section 6.12: nonblocking collectives, in any number at once, completed in any way. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { raises, sequence } from '../../support/job/tools.js';

const seed = Number(process.env.MPI4TS_TEST_SEED ?? 1);

interface Started {
  readonly request: MPI.Request<unknown>;
  readonly check: () => void;
}

/** A random collective; `next` is the same on all ranks. Blocking ones are over when this returns. */
function anything(comm: MPI.Comm, next: (below: number) => number): Started {
  const { rank, size } = comm;
  const root = next(size);
  const n = [0, 1, 20, 700, 9000][next(5)];
  const base = next(1000);
  const send = new Float64Array(n).fill(base + rank);
  const recv = new Float64Array(n);
  const total = size * base + (size * (size - 1)) / 2;
  const sums = (): void => assert.ok(recv.every((x) => x === total));
  switch (next(9)) {
    case 0:
      return { request: comm.Iallreduce(send, recv), check: sums };
    case 1:
      comm.Allreduce(send, recv);
      return { request: MPI.REQUEST_NULL, check: sums };
    case 2:
      return {
        request: comm.Ibcast(send, root),
        check: () => assert.ok(send.every((x) => x === base + root)),
      };
    case 3: {
      const all = new Float64Array(n * size);
      const check = (): void => assert.ok(all.every((x, i) => x === base + Math.floor(i / n)));
      return { request: comm.Iallgather(send, all), check };
    }
    case 4:
      return { request: comm.Ireduce(send, recv, MPI.SUM, root), check: rank === root ? sums : () => {} };
    case 5: {
      const out = Int32Array.from({ length: size * 50 }, (_, i) => rank * 100 + Math.floor(i / 50));
      const into = new Int32Array(size * 50);
      const check = (): void => assert.ok(into.every((x, i) => x === Math.floor(i / 50) * 100 + rank));
      return { request: comm.Ialltoall(out, into), check };
    }
    case 6:
      return { request: comm.Ibarrier(), check: () => {} };
    case 7: {
      const request = comm.iallreduce([rank + base]);
      return { request, check: () => {} };
    }
    default: {
      const check = (): void =>
        assert.ok(recv.every((x) => x === (rank + 1) * base + (rank * (rank + 1)) / 2));
      return { request: comm.Iscan(send, recv), check };
    }
  }
}

defineCases({
  'any number at once, with blocking ones between, completed in any order': async (comm, t) => {
    for (let round = 0; round < 6; round++) {
      const next = sequence(seed * 100 + round);
      const own = sequence(seed * 1000 + round * 10 + t.rank);
      const started = Array.from({ length: 40 }, () => anything(comm, next));
      // Each rank completes them in an order and in ways of its own.
      const left = [...started];
      while (left.length > 0) {
        const index = own(left.length);
        const { request } = left[index];
        const way = own(4);
        if (way === 0) request.Wait();
        else if (way === 1) while (!request.Test());
        else if (way === 2) await request;
        else {
          const which = MPI.Request.Waitany(left.map((one) => one.request));
          left.splice(which === MPI.UNDEFINED ? index : which, 1);
          continue;
        }
        left.splice(index, 1);
      }
      for (const { check } of started) check();
    }
  },

  'Waitall and Testsome complete them with empty statuses': (comm, t) => {
    const statuses: MPI.Status[] = [];
    const recv = new Int32Array(1);
    const requests = [comm.Ibarrier(), comm.Iallreduce(Int32Array.of(t.rank), recv), comm.Ibarrier()];
    MPI.Request.Waitall(requests, statuses);
    assert.ok(statuses.every((status) => status.source === MPI.ANY_SOURCE && status.Get_count() === 0));
    assert.equal(recv[0], (t.size * (t.size - 1)) / 2);
    const more = [comm.Ibarrier(), comm.Ibarrier()];
    let done = 0;
    while (done < 2) done += MPI.Request.Testsome(more)?.length ?? 0;
    const request = comm.Ibarrier();
    while (!request.Get_status());
    assert.ok(request.Test());
    assert.ok(request.Test());
  },

  'they go on inside other calls, and while only awaited': async (comm, t) => {
    const recv = new Float64Array(20_000);
    const request = comm.Iallreduce(new Float64Array(20_000).fill(1), recv);
    // Point-to-point in the meantime, on the same communicator.
    for (let i = 0; i < 20; i++) {
      const got = new Int32Array(1);
      comm.Sendrecv(Int32Array.of(i), t.next, 3, got, t.prev, 3);
      assert.equal(got[0], i);
    }
    await request;
    assert.ok(recv.every((x) => x === t.size));
    // Ranks come one after another, and nobody blocks.
    await delay(t.rank * 3);
    const results = await Promise.all([
      comm.iallgather(t.rank),
      comm.ibcast(t.rank, t.size - 1),
      comm.ibarrier(),
    ]);
    assert.deepEqual(results[0], [...Array(t.size).keys()]);
    assert.equal(results[1], t.size - 1);
  },

  'a cancelled or freed collective is an error (MPI-4.1 section 6.12)': (comm) => {
    const request = comm.Iallreduce(new Float64Array(1), new Float64Array(1));
    const barrier = comm.Ibarrier();
    raises(MPI.ERR_REQUEST, () => request.Cancel(), 'Cancel', 'Iallreduce');
    raises(MPI.ERR_REQUEST, () => request.Free(), 'Free', 'Iallreduce');
    MPI.Request.Waitall([request, barrier]);
    raises(MPI.ERR_REQUEST, () => request.Free(), 'null');
  },

  'persistent ones start in any order, and again': async (comm, t) => {
    const a = new Int32Array(3);
    const b = new Int32Array(3);
    const c = new Int32Array(3);
    const bcast = comm.Bcast_init(a, 0);
    const sum = comm.Allreduce_init(b, c);
    for (let round = 0; round < 20; round++) {
      a.fill(t.rank === 0 ? round : -1);
      b.fill(t.rank + round);
      // MPI-4.1 section 6.13: the order may differ between the ranks.
      const order = (round + t.rank) % 2 === 0 ? [bcast, sum] : [sum, bcast];
      MPI.Prequest.Startall(order);
      raises(MPI.ERR_REQUEST, () => order[0].Start(), 'active');
      if (round % 3 === 0) await Promise.all(order);
      else MPI.Request.Waitall(order);
      assert.ok(a.every((x) => x === round));
      assert.ok(c.every((x) => x === t.size * round + (t.size * (t.size - 1)) / 2));
    }
    bcast.Free();
    sum.Free();
    raises(MPI.ERR_REQUEST, () => bcast.Start(), 'freed');
  },

  'an operation that calls MPI': (comm, t) => {
    let calls = 0;
    const talking = MPI.Op.Create((left, right) => {
      // Others may run inside of this one.
      const call = ++calls;
      MPI.COMM_SELF.Barrier();
      const echo = new Int32Array(1);
      MPI.COMM_SELF.Sendrecv(Int32Array.of(call), 0, call, echo, 0, call);
      assert.equal(echo[0], call);
      const doubled = new Float64Array(1);
      MPI.COMM_SELF.Iallreduce(Float64Array.of(2), doubled).Wait();
      assert.equal(doubled[0], 2);
      for (let i = 0; i < right.length; i++) (right as Float64Array)[i] += (left as Float64Array)[i];
    }, true);
    const recv = Array.from({ length: 8 }, () => new Float64Array(100));
    const send = new Float64Array(100).fill(t.rank);
    const requests = recv.map((into) => comm.Iallreduce(send, into, talking));
    comm.Allreduce(send, new Float64Array(100), talking);
    MPI.Request.Waitall(requests);
    for (const into of recv) assert.ok(into.every((x) => x === (t.size * (t.size - 1)) / 2));
    // Inside of a receive that finds its message at once, too.
    const request = comm.Iallreduce(send, recv[0].fill(0), talking);
    const got = new Int32Array(1);
    const status = new MPI.Status();
    for (let i = 0; i < 100; i++) {
      comm.Send(Int32Array.of(i), t.next, i);
      comm.Recv(got, t.prev, i, status);
      assert.equal(status.tag, i);
      assert.equal(got[0], i);
    }
    request.Wait();
    assert.ok(recv[0].every((x) => x === (t.size * (t.size - 1)) / 2));
  },

  'objects, in every form': async (comm, t) => {
    const ranks = [...Array(t.size).keys()];
    for (let root = 0; root < t.size; root++) {
      assert.deepEqual(comm.bcast(t.rank === root ? { root, list: ranks } : null, root), {
        root,
        list: ranks,
      });
      assert.deepEqual(comm.gather({ r: t.rank }, root), t.rank === root ? ranks.map((r) => ({ r })) : null);
      assert.equal(comm.scatter(t.rank === root ? ranks.map((r) => `to ${r}`) : null, root), `to ${t.rank}`);
      assert.equal(comm.reduce(`${t.rank}`, MPI.SUM, root), t.rank === root ? ranks.join('') : null);
    }
    assert.deepEqual(comm.allgather(t.rank), ranks);
    assert.deepEqual(
      comm.alltoall(ranks.map((r) => [t.rank, r])),
      ranks.map((r) => [r, t.rank]),
    );
    const longest = (a: string, b: string): string => (b.length > a.length ? b : a);
    assert.equal(comm.allreduce('x'.repeat(t.rank), longest), 'x'.repeat(t.size - 1));
    assert.equal(comm.scan(`${t.rank}`), ranks.slice(0, t.rank + 1).join(''));
    assert.equal(comm.exscan(`${t.rank}`), t.rank === 0 ? null : ranks.slice(0, t.rank).join(''));
    assert.deepEqual(
      comm.gatherv(ranks.slice(0, t.rank)),
      t.rank === 0 ? ranks.flatMap((r) => ranks.slice(0, r)) : null,
    );
    assert.deepEqual(
      comm.allgatherv(ranks.slice(0, t.rank)),
      ranks.flatMap((r) => ranks.slice(0, r)),
    );
    const list = ranks.flatMap((r) => Array(r).fill(r) as number[]);
    assert.deepEqual(comm.scatterv(t.rank === 0 ? list : null, ranks), Array(t.rank).fill(t.rank));
    assert.deepEqual(comm.alltoallv(list, ranks), Array(t.size * t.rank).fill(t.rank));
    assert.equal(
      comm.reduce_scatter(ranks.map((r) => `${t.rank}${r} `)),
      ranks.map((r) => `${r}${t.rank} `).join(''),
    );
    const all = [
      comm.iallgather(t.rank),
      comm.ialltoall(ranks),
      comm.igather(t.rank),
      comm.iscan(1),
    ] as const;
    assert.deepEqual(await Promise.all(all), [
      ranks,
      Array(t.size).fill(t.rank),
      t.rank === 0 ? ranks : null,
      t.rank + 1,
    ]);
    assert.deepEqual(MPI.Request.waitall([comm.iallreduce(1), comm.iexscan(1)]), [t.size, t.rank || null]);
    comm.barrier();
    await comm.ibarrier();
  },

  'zero lengths, and one rank alone': async (comm) => {
    const none = new Float64Array(0);
    for (const c of [comm, MPI.COMM_SELF]) {
      c.Bcast(none);
      c.Allreduce(none, new Float64Array(0));
      c.Alltoall(none, new Float64Array(0));
      c.Reduce_scatter_block(none, new Float64Array(0));
      MPI.Request.Waitall([
        c.Iallgather(none, new Float64Array(0)),
        c.Iscan(none, new Float64Array(0)),
        c.Igather(none, new Float64Array(0)),
      ]);
    }
    const own = new Int32Array(2);
    MPI.COMM_SELF.Allgather(Int32Array.of(1, 2), own);
    assert.deepEqual([...own], [1, 2]);
    MPI.COMM_SELF.Ialltoall(Int32Array.of(3, 4), own).Wait();
    assert.deepEqual([...own], [3, 4]);
    MPI.COMM_SELF.Reduce_scatter(Int32Array.of(5, 6), own);
    MPI.COMM_SELF.Exscan(Int32Array.of(9, 9), own);
    assert.deepEqual([...own], [5, 6]);
    assert.deepEqual(await MPI.COMM_SELF.iallgather('me'), ['me']);
  },
});
