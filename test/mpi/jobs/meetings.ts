/**
 * Blocking collectives in random order, of random kinds, lengths and roots, on communicators that come and go, between
 * ranks that dawdle: every result is known beforehand. Where ranks share memory, most of these are meetings.
 */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs, type Tools } from '../../support/job/cases.js';
import { generator } from '../../support/job/random.js';

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Most calls follow at once; some after a rank has slept, a few after the others have as well. */
function dawdle(own: (below: number) => number): void {
  const what = own(200);
  if (what < 10) Atomics.wait(sleeper, 0, 0, what / 5);
  else if (what === 10) Atomics.wait(sleeper, 0, 0, 12);
}

const COUNTS = [0, 1, 2, 3, 7, 40, 129, 500, 513, 3000, 4096, 4097, 9000];

const term = (rank: number, turn: number, i: number): number => ((rank + 1) * 31 + turn * 7 + i) % 1000;

const filled = (count: number, rank: number, turn: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => term(rank, turn, i));

const sums = (count: number, size: number, turn: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let rank = 0; rank < size; rank++) sum += term(rank, turn, i);
    return sum;
  });

const joined = (parts: Float64Array[]): Float64Array => Float64Array.from(parts.flatMap((part) => [...part]));

interface Buffers {
  readonly own: Float64Array;
  readonly into: Float64Array;
  readonly many: Float64Array;
  readonly out: Float64Array;
}

const kept = new Map<string, Buffers>();

/** Fresh ones, or those that were used before, which hold what the last call left: it is over for them when it returns. */
function buffers(count: number, size: number, fresh: boolean): Buffers {
  const key = `${count} ${size}`;
  const old = kept.get(key);
  if (old !== undefined && !fresh) return old;
  const [own, into] = [new Float64Array(count), new Float64Array(count)];
  const made = { own, into, many: new Float64Array(count * size), out: new Float64Array(count * size) };
  kept.set(key, made);
  return made;
}

/** One collective of `count` doubles a rank; `turn` is the same on all members, `fresh` need not be. */
function meet(
  comm: MPI.Intracomm,
  kind: number,
  count: number,
  root: number,
  turn: number,
  fresh: boolean,
): void {
  const { rank, size } = comm;
  const all = Array.from({ length: size }, (_, member) => member);
  const { own, into, many, out } = buffers(count, size, fresh);
  own.set(filled(count, rank, turn));
  into.fill(-1);
  many.fill(-1);
  const blocks = joined(all.map((member) => filled(count, member, turn)));
  switch (kind) {
    case 0:
      comm.Barrier();
      break;
    case 1:
      if (rank === root) into.set(own);
      comm.Bcast(into, root);
      assert.deepEqual(into, filled(count, root, turn));
      break;
    case 2:
      comm.Reduce(own, rank === root ? into : null, MPI.SUM, root);
      if (rank === root) assert.deepEqual(into, sums(count, size, turn));
      break;
    case 3:
      comm.Allreduce(own, into);
      assert.deepEqual(into, sums(count, size, turn));
      break;
    case 4:
      comm.Allreduce(MPI.IN_PLACE, own, MPI.SUM);
      assert.deepEqual(own, sums(count, size, turn));
      break;
    case 5:
      comm.Allgather(own, many);
      assert.deepEqual(many, blocks);
      break;
    case 6:
      comm.Gather(own, rank === root ? many : null, root);
      if (rank === root) assert.deepEqual(many, blocks);
      break;
    case 7:
      comm.Scatter(rank === root ? blocks : null, into, root);
      assert.deepEqual(into, own);
      break;
    case 8:
      comm.Scan(own, into);
      assert.deepEqual(into, sums(count, rank + 1, turn));
      break;
    case 9:
      comm.Exscan(MPI.IN_PLACE, own);
      assert.deepEqual(own, rank === 0 ? filled(count, 0, turn) : sums(count, rank, turn));
      break;
    case 10:
      out.set(joined(all.map((member) => filled(count, rank, turn + member))));
      comm.Reduce_scatter_block(out, into);
      assert.deepEqual(into, sums(count, size, turn + rank));
      break;
    case 11:
      out.set(joined(all.map((member) => filled(count, rank, turn + member))));
      comm.Reduce_scatter(MPI.IN_PLACE, out, new Array<number>(size).fill(count));
      assert.deepEqual(out.subarray(0, count), sums(count, size, turn + rank));
      break;
    case 12: {
      // From 1024 on the list is no longer plain, and from 4000 on longer than the arena.
      const object = (of: number) => ({ turn, list: [...filled(count, of, turn)] });
      assert.deepEqual(comm.bcast(rank === root ? object(root) : null, root), object(root));
      break;
    }
    default: {
      out.set(joined(all.map((member) => filled(count, rank * size + member, turn))));
      if (kind === 13) comm.Alltoall(out, many);
      else {
        many.set(out);
        comm.Alltoall(MPI.IN_PLACE, many);
      }
      assert.deepEqual(many, joined(all.map((member) => filled(count, member * size + rank, turn))));
    }
  }
}

const KINDS = 15;

function mixed(comm: MPI.Intracomm, t: Tools, turns: number, seed: number): void {
  const shared = generator(seed);
  const own = generator(seed + 1 + t.rank);
  let part: MPI.Intracomm | null = null;
  for (let turn = 0; turn < turns; turn++) {
    dawdle(own);
    const kind = shared(KINDS);
    const count = COUNTS[shared(COUNTS.length)];
    const root = shared(t.size);
    const where = shared(3);
    if (where === 0 && shared(8) === 0) {
      part?.Free();
      part = comm.Split(shared(2) === 0 ? t.rank % 2 : 0, shared(2) === 0 ? t.rank : -t.rank);
    }
    const on: MPI.Intracomm = where === 0 && part !== null ? part : comm;
    meet(on, kind, count, root % on.size, turn, own(3) === 0);
  }
  part?.Free();
}

/** More than usual by hand: see CONTRIBUTING.md. */
const turns = Number(process.env.MPI4TS_TEST_TURNS ?? 300);
const seed = Number(process.env.MPI4TS_TEST_SEED ?? 1);

defineCases({
  'random collectives of ranks that dawdle': needs(2, (comm, t) => mixed(comm, t, turns, seed)),

  'a root that runs ahead of its readers, and of those who wait for it': needs(2, (comm, t) => {
    const value = new Int32Array(4);
    for (let turn = 0; turn < 400; turn++) {
      const root = turn % 97 < 90 ? 0 : turn % t.size;
      if (t.rank !== root && turn % 50 === t.rank) Atomics.wait(sleeper, 0, 0, 8);
      if (t.rank === root) value.fill(turn);
      comm.Bcast(value, root);
      assert.deepEqual([...value], [turn, turn, turn, turn]);
      const sum = new Int32Array(1);
      comm.Reduce(Int32Array.of(turn), t.rank === root ? sum : null, MPI.SUM, root);
      if (t.rank === root) assert.equal(sum[0], turn * t.size);
    }
  }),

  'messages travel on while ranks meet': needs(2, (comm, t) => {
    const long = new Float64Array(100_000).fill(t.rank);
    const from = new Float64Array(100_000);
    for (let turn = 0; turn < 5; turn++) {
      const receive = comm.Irecv(from, t.prev, 7);
      const send = comm.Isend(long, t.next, 7);
      comm.Barrier();
      receive.Wait();
      send.Wait();
      assert.ok(from.every((x) => x === t.prev));
    }
  }),

  'members that come to different collectives are told': needs(2, (comm, t) => {
    const near = comm.Split_type(MPI.COMM_TYPE_SHARED);
    const share = near.size === t.size;
    near.Free();
    // Messages do not know.
    if (!share) return;
    const copy = comm.Dup();
    copy.Barrier();
    const value = new Float64Array(2);
    try {
      if (t.rank === 0) copy.Allreduce(MPI.IN_PLACE, value, MPI.SUM, { timeout: 3000 });
      else copy.Allgather(value, new Float64Array(2 * t.size), { timeout: 3000 });
      assert.fail('nothing was raised');
    } catch (error) {
      if (!(error instanceof MPI.Exception)) throw error;
    }
    // Half-way: it is of no more use.
    assert.throws(() => copy.Barrier(), /ended half-way/);
  }),

  'a hundred communicators have no arena too few': needs(2, (comm, t) => {
    const many = Array.from({ length: 100 }, () => comm.Dup());
    for (const one of many) {
      const sum = new Int32Array(1);
      one.Allreduce(Int32Array.of(t.rank), sum);
      assert.equal(sum[0], (t.size * (t.size - 1)) / 2);
    }
    for (const one of many) one.Free();
  }),
});
