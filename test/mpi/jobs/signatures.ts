/** `mpirun --check`: calls of a collective that do not fit together raise on all ranks, and name both. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs, type Tools } from '../../support/job/cases.js';
import { type Args, call, forms, mismatch } from '../../support/job/mismatches.js';
import { raises, rejects } from '../../support/job/tools.js';

/** What the ranks pass. */
interface Passed {
  readonly root: number;
  readonly n: number;
  readonly A: Float64ArrayConstructor | Float32ArrayConstructor | Int32ArrayConstructor;
  readonly op: MPI.Op;
}

const right: Passed = { root: 0, n: 2, A: Float64Array, op: MPI.SUM };
type Change = 'root' | 'op' | 'type' | 'count';

/** One rank's change, and the class of the error that it makes. `type` keeps the bytes as many as they were. */
const changed = (size: number): Record<Change, readonly [number, Passed]> => ({
  root: [MPI.ERR_ROOT, { ...right, root: size - 1 }],
  op: [MPI.ERR_OP, { ...right, op: MPI.MAX }],
  type: [MPI.ERR_TYPE, { ...right, A: Float32Array, n: 4 }],
  count: [MPI.ERR_COUNT, { ...right, n: 3 }],
});

const typeOf = ({ A }: Passed): MPI.Datatype => (A === Float64Array ? MPI.DOUBLE : MPI.FLOAT);

type Arguments = (p: Passed, t: Tools) => Args;

const block = (p: Passed) => new p.A(p.n);
const all = (p: Passed, t: Tools) => new p.A(p.n * t.size);
const counts = (p: Passed, t: Tools) => new Array<number>(t.size).fill(p.n);
const blocks = (p: Passed, t: Tools) => [all(p, t), counts(p, t)];
const typed = (p: Passed, t: Tools) => {
  const displs = counts(p, t).map((n, i) => i * n * p.A.BYTES_PER_ELEMENT);
  return [all(p, t), counts(p, t), displs, displs.map(() => typeOf(p))];
};

const data: readonly Change[] = ['type', 'count'];
const rooted: readonly Change[] = ['root', ...data];
const reducing: readonly Change[] = ['op', ...data];

const collectives: Record<string, readonly [readonly Change[], Arguments]> = {
  Barrier: [[], () => []],
  Bcast: [rooted, (p) => [block(p), p.root]],
  Gather: [rooted, (p, t) => [block(p), t.rank === p.root ? all(p, t) : null, p.root]],
  Gatherv: [rooted, (p, t) => [block(p), t.rank === p.root ? blocks(p, t) : null, p.root]],
  Scatter: [rooted, (p, t) => [t.rank === p.root ? all(p, t) : null, block(p), p.root]],
  Scatterv: [rooted, (p, t) => [t.rank === p.root ? blocks(p, t) : null, block(p), p.root]],
  Allgather: [data, (p, t) => [block(p), all(p, t)]],
  Allgatherv: [data, (p, t) => [block(p), blocks(p, t)]],
  Alltoall: [data, (p, t) => [all(p, t), all(p, t)]],
  Alltoallv: [data, (p, t) => [blocks(p, t), blocks(p, t)]],
  Alltoallw: [data, (p, t) => [typed(p, t), typed(p, t)]],
  Reduce: [['root', ...reducing], (p, t) => [block(p), t.rank === p.root ? block(p) : null, p.op, p.root]],
  Allreduce: [reducing, (p) => [block(p), block(p), p.op]],
  Reduce_scatter_block: [reducing, (p, t) => [all(p, t), block(p), p.op]],
  Reduce_scatter: [reducing, (p, t) => [all(p, t), block(p), counts(p, t), p.op]],
  Scan: [reducing, (p) => [block(p), block(p), p.op]],
  Exscan: [reducing, (p) => [block(p), block(p), p.op]],
};

const mismatches = Object.entries(collectives).map(([name, [changes, of]]) => [
  `${name}: another ${changes.join(', ') || 'call'}`,
  needs(2, (comm, t) => {
    for (const odd of [0, 1, t.size - 1]) {
      for (const run of forms) {
        for (const change of changes) {
          const [errorClass, wrong] = changed(t.size)[change];
          const passed = t.rank === odd ? wrong : right;
          mismatch(comm, errorClass, odd, () => run(comm, name, of(passed, t)));
        }
        run(comm, name, of(right, t));
      }
    }
  }),
]) satisfies [string, unknown][];

defineCases({
  ...(Object.fromEntries(mismatches) as Parameters<typeof defineCases>[0]),

  'another collective': needs(2, (comm, t) => {
    const names = Object.keys(collectives);
    for (const [i, name] of names.entries()) {
      const odd = i % t.size;
      const other = names[(i + 1) % names.length];
      const chosen = t.rank === odd ? other : name;
      for (const run of forms)
        mismatch(
          comm,
          MPI.ERR_OTHER,
          odd,
          () => run(comm, chosen, collectives[chosen][1](right, t)),
          RegExp(name, 'i'),
          RegExp(other, 'i'),
        );
    }
  }),

  'another form of the same collective': needs(2, (comm, t) => {
    for (const name of Object.keys(collectives)) {
      const args = collectives[name][1](right, t);
      for (let form = 0; form < 3; form++) {
        const odd = (form + t.size - 1) % t.size;
        const run = forms[t.rank === odd ? form : (form + 1) % 3];
        mismatch(comm, MPI.ERR_OTHER, odd, () => run(comm, name, args));
      }
    }
  }),

  'the first call on a communicator': needs(2, (comm, t) => {
    const uses: ((fresh: MPI.Intracomm) => unknown)[] = [
      (fresh) => fresh.Barrier(),
      (fresh) => fresh.Ibarrier().Wait(),
      (fresh) => fresh.Barrier_init(),
      (fresh) => fresh.Dup(),
    ];
    for (const [i, use] of uses.entries()) {
      for (const other of uses.slice(i + 1)) {
        const fresh = comm.Dup();
        mismatch(fresh, MPI.ERR_OTHER, i % t.size, () => (t.rank === i % t.size ? use : other)(fresh));
        fresh.Free();
      }
    }
  }),

  'objects: another collective, root or operation': needs(2, (comm, t) => {
    const list = new Array<number>(t.size).fill(1);
    const lengths = new Array<number>(t.size).fill(1);
    const odd = t.size - 1;
    const add = (x: number, y: number): number => x + y;
    const root = t.rank === odd ? 1 : 0;
    const op = t.rank === odd ? MPI.MAX : MPI.SUM;
    for (const [name, args] of [
      ['bcast', [1, root]],
      ['gather', [1, root]],
      ['scatter', [list, root]],
      ['reduce', [1, MPI.SUM, root]],
      ['gatherv', [[1], root]],
      ['scatterv', [list, lengths, root]],
    ] as const) {
      mismatch(comm, MPI.ERR_ROOT, odd, () => call(comm, name, args), 'root 0', 'root 1');
      mismatch(comm, MPI.ERR_ROOT, odd, () => (call(comm, `i${name}`, args) as MPI.Request).Wait());
    }
    for (const name of ['reduce', 'allreduce', 'scan', 'exscan'])
      mismatch(comm, MPI.ERR_OP, odd, () => call(comm, name, [1, op]), 'MPI_SUM', 'MPI_MAX');
    mismatch(comm, MPI.ERR_OP, odd, () => comm.reduce_scatter(list, op));
    mismatch(comm, MPI.ERR_OP, odd, () => comm.allreduce(1, t.rank === odd ? add : MPI.SUM), 'add');
    mismatch(comm, MPI.ERR_OTHER, odd, () => (t.rank === odd ? comm.allgather(1) : comm.alltoall(list)));
    mismatch(comm, MPI.ERR_OTHER, odd, () => (t.rank === odd ? comm.bcast(1) : comm.Bcast(new Int8Array(1))));
    mismatch(comm, MPI.ERR_OTHER, odd, () =>
      t.rank === odd ? comm.allgatherv([1]) : comm.alltoallv(list, lengths),
    );
    assert.equal(comm.allreduce(1, add), t.size);
  }),

  'the operations of users are told by name and by whether they commute': needs(2, (comm, t) => {
    const first = (a: MPI.TypedArray, b: MPI.TypedArray): void => b.set(a as never);
    const last = (): void => {};
    const [one, two] = [new Int32Array(1), new Int32Array(1)];
    const use = (op: MPI.Op) => () => comm.Allreduce(one, two, op);
    mismatch(comm, MPI.ERR_OP, 1, use(MPI.Op.Create(t.rank === 1 ? first : last)), 'first', 'last');
    mismatch(comm, MPI.ERR_OP, 1, use(MPI.Op.Create(first, t.rank === 1)), 'commutative');
    use(MPI.Op.Create(first))();
  }),

  'lists of recvcounts that differ, and none': needs(2, (comm, t) => {
    const counts = new Array<number>(t.size).fill(1);
    const other = [0, 2, ...counts.slice(2)];
    const [from, into] = [new Int32Array(t.size), new Int32Array(t.rank === 1 ? 2 : 1)];
    const use =
      (list: number[] | null, recv = into) =>
      () =>
        comm.Reduce_scatter(from, recv, list);
    const own = new Int32Array(1);
    mismatch(comm, MPI.ERR_COUNT, 1, t.rank === 1 ? use(other) : use(counts, own), 'recvcounts [0, 2');
    mismatch(comm, MPI.ERR_COUNT, 1, t.rank === 1 ? use(null, own) : use(counts, own), 'no recvcounts');
    use(null, own)();
  }),

  'who agrees with rank 0 is told of the first that does not': needs(3, (comm, t) => {
    const buf = new Float64Array(t.rank === 2 ? 9 : 8);
    const error = raises(MPI.ERR_COUNT, () => comm.Bcast(buf), `Bcast on rank ${t.rank} of MPI_COMM_WORLD: `);
    const [here, there] = [
      / 8 of MPI_DOUBLE \([^)]+\), but rank 2 called Bcast with root 0, 9 of/,
      / 9 of .*, but rank 0 called/,
    ];
    assert.match(error.message, t.rank === 2 ? there : here);
    if (t.rank === 1) assert.match(error.message, /WORLD: rank 0 called Bcast with root 0, 8 of/);
  }),

  'what waits for the others is awaited too': needs(2, async (comm, t) => {
    const wrong = comm.Ibcast(new Int32Array(t.rank === 1 ? 2 : 1));
    const also = comm.ibcast(7, t.rank === 1 ? 1 : 0);
    const fine = comm.iallreduce(1);
    await rejects(MPI.ERR_ROOT, also, 'ibcast', 'rank 1');
    await rejects(MPI.ERR_COUNT, wrong, 'Ibcast', 'rank 1');
    assert.equal(await fine, t.size);
  }),

  'a split is told by its own name': needs(2, (comm, t) => {
    mismatch(comm, MPI.ERR_OTHER, 1, () => (t.rank === 1 ? comm.Split(0) : comm.Barrier()), 'Split');
  }),

  'types are compared in their order': needs(2, (comm, t) => {
    const two = (a: MPI.Datatype, b: MPI.Datatype) =>
      MPI.Datatype.Create_struct([1, 1], [0, 4], [a, b]).Commit();
    const type = t.rank === 1 ? two(MPI.FLOAT, MPI.INT) : two(MPI.INT, MPI.FLOAT);
    mismatch(comm, MPI.ERR_TYPE, 1, () => comm.Bcast([new ArrayBuffer(80), 10, type]));
    mismatch(comm, MPI.ERR_TYPE, 1, () =>
      comm.Bcast([new ArrayBuffer(8), t.rank === 1 ? MPI.INT64_T : MPI.DOUBLE]),
    );
  }),

  'operands must be of the same elements, not only of the same bytes': needs(2, (comm, t) => {
    const keep = MPI.Op.Create(function keep() {});
    const pairs = MPI.DOUBLE.Create_contiguous(2).Commit();
    const array = () => new Float64Array(4);
    const use = (spec: () => MPI.BufferSpec) => () => comm.Allreduce(spec(), spec(), keep);
    const odd = t.rank === 1;
    mismatch(comm, MPI.ERR_TYPE, 1, odd ? use(() => [array(), 2, pairs]) : use(array));
    use(odd ? () => [array(), 4, MPI.DOUBLE] : array)();
  }),

  'different datatypes of one signature fit': (comm, t) => {
    const eight = MPI.DOUBLE.Create_contiguous(8).Commit();
    const column = MPI.DOUBLE.Create_vector(4, 1, 3).Commit();
    const specs: MPI.BufferSpec[] = [
      new Float64Array(8).fill(3),
      [new Float64Array(8).fill(3), 1, eight],
      [new Float64Array(24).fill(3), 2, column],
      [new Uint8Array(new Float64Array(8).fill(3).buffer), 8, MPI.DOUBLE],
    ];
    const mine = (shift: number) => specs[(t.rank + shift) % specs.length];
    for (let shift = 0; shift < specs.length; shift++) {
      for (let root = 0; root < t.size; root++) comm.Bcast(mine(shift), root);
      const gathered = new Float64Array(8 * t.size);
      comm.Gather(mine(shift), [gathered, t.size, eight], 0);
      if (t.rank === 0) assert.ok(gathered.every((x) => x === 3));
      comm.Gatherv(mine(shift), [gathered, new Array<number>(t.size).fill(1), eight], 0);
      comm.Scatter([gathered, t.size, eight], mine(shift), 0);
      comm.Iallgather(mine(shift), gathered).Wait();
      comm.Allgatherv(mine(shift), [gathered, new Array<number>(t.size).fill(8)]);
      comm.Ibcast(mine(shift), 0).Wait();
      const request = comm.Bcast_init(mine(shift), 0);
      request.Start();
      request.Wait();
      request.Free();
    }
  },

  'names of one kind, raw memory, packed bytes, nothing at all': (comm, t) => {
    const odd = t.rank % 2 === 1;
    comm.Bcast(odd ? [new Int32Array(3), MPI.INT] : new Int32Array(3));
    comm.Bcast(odd ? new Uint8Array(5) : new DataView(new ArrayBuffer(5)));
    comm.Bcast(odd ? [new Uint8Array(8), MPI.PACKED] : new Float64Array(1));
    comm.Bcast(odd ? new Float32Array(0) : new BigInt64Array(0));
    comm.Allreduce(odd ? [new Int32Array(2), MPI.INT] : new Int32Array(2), new Int32Array(2));
    comm.Scan(odd ? MPI.IN_PLACE : new Int32Array(2), new Int32Array(2));
    const nobody = new Array<number>(t.size).fill(0);
    comm.Alltoallv([odd ? new Int8Array(0) : new Float64Array(0), nobody], [new Int16Array(0), nobody]);
  },

  'blocks that end within an element': (comm, t) => {
    // Of three pairs for two ranks each has one and a half; the others are compared by their bytes.
    const pair = MPI.INT.Create_contiguous(2).Commit();
    const whole = (3 * t.size) % 2 === 0;
    const into = new Int32Array(3 * t.size);
    comm.Allgather(new Int32Array(3), whole && t.rank === 0 ? [into, pair] : into);
  },
});
