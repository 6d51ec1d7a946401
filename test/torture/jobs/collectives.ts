/**
 * Mixed collectives, at random from a seed: all kinds, blocking, nonblocking (several at once, completed in any order),
 * persistent and of objects, with all roots, on communicators that come and go. Every result is known beforehand, and is
 * checked. Prints what it did.
 *
 *     mpirun -n RANKS dist/test/torture/jobs/collectives.js COUNT SEED
 *
 * By hand, after `npm run build:ts`, a million of them:
 *
 *     node dist/launcher/bin/mpirun.js -n 4 dist/test/torture/jobs/collectives.js 1000000 1
 */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { generator } from '../../support/job/random.js';

/** Integers a block: most calls are short, as in the loops of programs. */
const LENGTHS = [0, 1, 1, 2, 5, 16, 17, 40, 100, 513];
const LONG = [3000, 20_000, 70_000];
/** One call in so many is a long one. */
const LONG_EVERY = 200;
/** Nonblocking ones under way at most. */
const PENDING = 8;
/** Calls between two changes of the communicator. */
const CALLS_PER_COMM = 500;

type Check = () => void;
/** One collective: its upper-case name, its arguments, and how its result is checked. */
interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly check: Check;
}
type Method = (...args: unknown[]) => unknown;

const call = (comm: MPI.Comm, name: string, args: readonly unknown[]): unknown =>
  (comm as unknown as Record<string, Method>)[name](...args);

/** Element `i` of what `from` gives to `to` in a turn. */
const term = (from: number, to: number, turn: number, i: number): number =>
  (from * 7919 + to * 104_729 + turn * 31 + i * 3) | 0;

/** Its sum over the ranks below `ranks`. */
const total = (ranks: number, to: number, turn: number, i: number): number => {
  let sum = 0;
  for (let from = 0; from < ranks; from++) sum = (sum + term(from, to, turn, i)) | 0;
  return sum;
};

const made = (n: number, value: (i: number) => number): Int32Array => {
  const array = new Int32Array(n);
  for (let i = 0; i < n; i++) array[i] = value(i);
  return array;
};

/** All of a short one, the ends of a long one. */
function compare(found: Int32Array, at: number, n: number, value: (i: number) => number): void {
  const step = n > 1000 ? n - 1 : 1;
  for (let i = 0; i < n; i += step) if (found[at + i] !== value(i)) assert.equal(found[at + i], value(i));
}

/** One block from each rank. */
function compareBlocks(found: Int32Array, n: number, ranks: number, to: number, turn: number): void {
  for (let from = 0; from < ranks; from++) compare(found, from * n, n, (i) => term(from, to, turn, i));
}

type Maker = (rank: number, size: number, n: number, root: number, turn: number) => Call;

const makers: readonly Maker[] = [
  () => ({ name: 'Barrier', args: [], check: () => {} }),
  (rank, _size, n, root, turn) => {
    const buf = made(n, (i) => (rank === root ? term(root, 0, turn, i) : -1));
    return {
      name: 'Bcast',
      args: [buf, root],
      check: () => compare(buf, 0, n, (i) => term(root, 0, turn, i)),
    };
  },
  (rank, size, n, root, turn) => {
    const recv = rank === root ? new Int32Array(n * size) : null;
    const check = () => recv !== null && compareBlocks(recv, n, size, 0, turn);
    return { name: 'Gather', args: [made(n, (i) => term(rank, 0, turn, i)), recv, root], check };
  },
  (rank, size, n, root, turn) => {
    const counts = Array.from({ length: size }, (_, r) => n + (r % 2));
    const recv = rank === root ? new Int32Array(n * size + size) : null;
    const displs = counts.map((_, r) => r * (n + 1));
    const check = () => {
      for (let r = 0; recv !== null && r < size; r++)
        compare(recv, displs[r], counts[r], (i) => term(r, 0, turn, i));
    };
    const own = made(counts[rank], (i) => term(rank, 0, turn, i));
    return { name: 'Gatherv', args: [own, recv && [recv, counts, displs], root], check };
  },
  (rank, size, n, root, turn) => {
    const at = (i: number) => term(root, Math.floor(i / n), turn, i % n);
    const recv = new Int32Array(n);
    const check = () => compare(recv, 0, n, (i) => term(root, rank, turn, i));
    return { name: 'Scatter', args: [rank === root ? made(n * size, at) : null, recv, root], check };
  },
  (rank, size, n, _root, turn) => {
    const recv = new Int32Array(n * size);
    const check = () => compareBlocks(recv, n, size, 0, turn);
    return { name: 'Allgather', args: [made(n, (i) => term(rank, 0, turn, i)), recv], check };
  },
  (rank, size, n, _root, turn) => {
    const recv = new Int32Array(n * size);
    const send = made(n * size, (i) => term(rank, Math.floor(i / n), turn, i % n));
    return { name: 'Alltoall', args: [send, recv], check: () => compareBlocks(recv, n, size, rank, turn) };
  },
  (rank, size, n, root, turn) => {
    const recv = rank === root ? new Int32Array(n) : null;
    const check = () => recv !== null && compare(recv, 0, n, (i) => total(size, 0, turn, i));
    return { name: 'Reduce', args: [made(n, (i) => term(rank, 0, turn, i)), recv, MPI.SUM, root], check };
  },
  (rank, size, n, _root, turn) => {
    const both = made(n, (i) => term(rank, 0, turn, i));
    const check = () => compare(both, 0, n, (i) => total(size, 0, turn, i));
    return { name: 'Allreduce', args: [MPI.IN_PLACE, both], check };
  },
  (rank, size, n, _root, turn) => {
    const send = made(n * size, (i) => term(rank, Math.floor(i / n), turn, i % n));
    const recv = new Int32Array(n);
    const check = () => compare(recv, 0, n, (i) => total(size, rank, turn, i));
    return { name: 'Reduce_scatter_block', args: [send, recv], check };
  },
  (rank, _size, n, _root, turn) => {
    const recv = new Int32Array(n);
    const check = () => compare(recv, 0, n, (i) => total(rank + 1, 0, turn, i));
    return { name: 'Scan', args: [made(n, (i) => term(rank, 0, turn, i)), recv], check };
  },
  (rank, _size, n, _root, turn) => {
    const recv = new Int32Array(n);
    const check = () => rank > 0 && compare(recv, 0, n, (i) => total(rank, 0, turn, i));
    return { name: 'Exscan', args: [made(n, (i) => term(rank, 0, turn, i)), recv], check };
  },
];

function objects(comm: MPI.Comm, root: number, turn: number): string {
  const { rank, size } = comm;
  const own = { rank, turn };
  assert.deepEqual(comm.bcast(rank === root ? own : null, root), { rank: root, turn });
  const all = comm.allgather(own);
  assert.deepEqual(
    all,
    Array.from({ length: size }, (_, r) => ({ rank: r, turn })),
  );
  assert.equal(
    comm.allreduce(term(rank, 0, turn, 0), (a, b) => (a + b) | 0),
    total(size, 0, turn, 0),
  );
  return 'objects';
}

interface Pending {
  readonly request: MPI.Request;
  readonly check: Check;
}

/** A communicator, the random numbers that all its members share, and what is under way on it. */
class Soak {
  readonly counts = new Map<string, number>();
  readonly #shared: (below: number) => number;
  readonly #own: (below: number) => number;
  #comm: MPI.Comm = MPI.COMM_WORLD;
  readonly #pending: Pending[] = [];

  constructor(seed: number) {
    this.#shared = generator(seed);
    this.#own = generator(seed + 1 + MPI.COMM_WORLD.rank);
  }

  turn(turn: number): void {
    if (turn % CALLS_PER_COMM === 0) this.#change();
    const shared = this.#shared;
    const n = shared(LONG_EVERY) === 0 ? LONG[shared(LONG.length)] : LENGTHS[shared(LENGTHS.length)];
    const [kind, form, root] = [shared(makers.length), shared(20), shared(1 << 20)];
    const comm = this.#comm;
    const { rank, size } = comm;
    if (form === 0) {
      this.#count(objects(comm, root % size, turn));
      return;
    }
    const { name, args, check } = makers[kind](rank, size, n, root % size, turn);
    if (form < 6) this.#start(`I${name.toLowerCase()}`, args, check);
    else {
      if (form === 6) persistent(comm, name, args);
      else call(comm, name, args);
      check();
    }
    this.#count(form < 6 ? `I${name.toLowerCase()}` : form === 6 ? `${name}_init` : name);
  }

  /** Waits for all that is under way. */
  finish(): void {
    while (this.#pending.length > 0) this.#complete();
  }

  #start(name: string, args: readonly unknown[], check: Check): void {
    this.#pending.push({ request: call(this.#comm, name, args) as MPI.Request, check });
    if (this.#pending.length === PENDING) this.#complete();
  }

  /** Any of them: each rank has an order of its own. */
  #complete(): void {
    const [{ request, check }] = this.#pending.splice(this.#own(this.#pending.length), 1);
    request.Wait();
    check();
  }

  #change(): void {
    this.finish();
    if (this.#comm !== MPI.COMM_WORLD) this.#comm.Free();
    const { rank, size } = MPI.COMM_WORLD;
    const how = this.#shared(4);
    if (how === 0) this.#comm = MPI.COMM_WORLD;
    else if (how === 1) this.#comm = MPI.COMM_WORLD.Split(0, -rank);
    else if (how === 2) this.#comm = MPI.COMM_WORLD.Split(rank % 2, rank);
    else this.#comm = MPI.COMM_WORLD.Split(rank < size / 2 ? 0 : 1, (rank * 5) % 7);
  }

  #count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

function persistent(comm: MPI.Comm, name: string, args: readonly unknown[]): void {
  const request = call(comm, `${name}_init`, args) as MPI.Prequest;
  request.Start();
  request.Wait();
  request.Free();
}

const [count, seed] = process.argv.slice(2).map(Number);
assert.ok(count > 0 && Number.isInteger(seed), 'collectives.js COUNT SEED');
const soak = new Soak(seed);
for (let turn = 0; turn < count; turn++) {
  try {
    soak.turn(turn);
  } catch (error) {
    throw new Error(`collectives: seed ${seed}, turn ${turn}, rank ${MPI.COMM_WORLD.rank}`, { cause: error });
  }
}
soak.finish();
if (MPI.COMM_WORLD.rank === 0) {
  console.log(`collectives: seed ${seed}, ${MPI.COMM_WORLD.size} ranks, ${count} calls done`);
  for (const [name, amount] of [...soak.counts].sort()) console.log(`${String(amount).padStart(14)} ${name}`);
}
