/** `mpirun --check`: calls of two groups (MPI-4.1 §6.2.3) that do not fit together, and those that do. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { asRoot, parts } from '../../support/job/groups.js';
import { type Args, call, forms, mismatch } from '../../support/job/mismatches.js';

type Parts = ReturnType<typeof parts>;

/** What the ranks pass. */
interface Passed {
  readonly n: number;
  readonly A: Float64ArrayConstructor | Float32ArrayConstructor;
  readonly op: MPI.Op;
}

const right: Passed = { n: 2, A: Float64Array, op: MPI.SUM };
type Change = 'op' | 'type' | 'count';

/** One rank's change, and the class of the error that it makes. `type` keeps the bytes as many as they were. */
const changed: Record<Change, readonly [number, Passed]> = {
  op: [MPI.ERR_OP, { ...right, op: MPI.MAX }],
  type: [MPI.ERR_TYPE, { ...right, A: Float32Array, n: 4 }],
  count: [MPI.ERR_COUNT, { ...right, n: 3 }],
};

const block = (p: Passed) => new p.A(p.n);
const counts = (p: Passed, ranks: number) => new Array<number>(ranks).fill(p.n);
const all = (p: Passed, ranks: number) => new p.A(p.n * ranks);
const blocks = (p: Passed, ranks: number) => [all(p, ranks), counts(p, ranks)];
const typed = (p: Passed, ranks: number) => {
  const displs = counts(p, ranks).map((n, i) => i * n * p.A.BYTES_PER_ELEMENT);
  const type = p.A === Float64Array ? MPI.DOUBLE : MPI.FLOAT;
  return [all(p, ranks), counts(p, ranks), displs, displs.map(() => type)];
};

type Arguments = (p: Passed, inter: MPI.Intercomm, root: number) => Args;

const onRoot = <T>(root: number, value: T): T | null => (root === MPI.ROOT ? value : null);

const data: readonly Change[] = ['type', 'count'];
const reducing: readonly Change[] = ['op', ...data];

/** Those that have a root: who stands by passes nothing that anybody looks at. */
const rooted: Record<string, readonly [readonly Change[], Arguments]> = {
  Bcast: [data, (p, _, root) => [block(p), root]],
  Gather: [data, (p, { remote_size }, root) => [block(p), onRoot(root, all(p, remote_size)), root]],
  Gatherv: [data, (p, { remote_size }, root) => [block(p), onRoot(root, blocks(p, remote_size)), root]],
  Scatter: [data, (p, { remote_size }, root) => [onRoot(root, all(p, remote_size)), block(p), root]],
  Scatterv: [data, (p, { remote_size }, root) => [onRoot(root, blocks(p, remote_size)), block(p), root]],
  Reduce: [reducing, (p, _, root) => [block(p), onRoot(root, block(p)), p.op, root]],
};

const unrooted: typeof rooted = {
  Barrier: [[], () => []],
  Allgather: [data, (p, { remote_size }) => [block(p), all(p, remote_size)]],
  Allgatherv: [data, (p, { remote_size }) => [block(p), blocks(p, remote_size)]],
  Alltoall: [data, (p, { remote_size }) => [all(p, remote_size), all(p, remote_size)]],
  Alltoallv: [data, (p, { remote_size }) => [blocks(p, remote_size), blocks(p, remote_size)]],
  Alltoallw: [data, (p, { remote_size }) => [typed(p, remote_size), typed(p, remote_size)]],
  Allreduce: [reducing, (p) => [block(p), block(p), p.op]],
  Reduce_scatter_block: [
    reducing,
    (p, { size, remote_size }) => [all(p, size * remote_size), all(p, remote_size), p.op],
  ],
  Reduce_scatter: [
    reducing,
    (p, { size, remote_size }) => {
      const each = new Array<number>(size).fill(p.n * remote_size);
      return [all(p, size * remote_size), all(p, remote_size), each, p.op];
    },
  ],
};

const collectives = { ...unrooted, ...rooted };

/** Some ranks of both groups. */
const places = ({ inter, low }: Parts): (readonly [side: boolean, rank: number])[] => {
  const sizes = low ? [inter.size, inter.remote_size] : [inter.remote_size, inter.size];
  return [
    [true, 0],
    [true, sizes[0] - 1],
    [false, 0],
    [false, sizes[1] - 1],
  ];
};

/** Whether a rank of the low, or else the high, group is this one; and what this one calls it. */
function who({ inter, low }: Parts, side: boolean, rank: number): [isOdd: boolean, name: string] {
  const isOdd = low === side && inter.rank === rank;
  return [
    isOdd,
    isOdd ? ` on rank ${rank} of ` : `rank ${rank} of ${low === side ? 'this' : 'the other'} group`,
  ];
}

/** Another argument on one rank, and what all are told. */
function changes(
  p: Parts,
  name: string,
  root: number,
  isBeside: (side: boolean, rank: number) => boolean,
): void {
  const [wrongs, of] = collectives[name];
  let turn = 0;
  for (const [side, rank] of places(p)) {
    if (isBeside(side, rank)) continue;
    const [isOdd, odd] = who(p, side, rank);
    for (const change of wrongs) {
      const run = forms[(turn++ + rank + (side ? 1 : 0)) % forms.length];
      const [errorClass, wrong] = changed[change];
      const args = of(isOdd ? wrong : right, p.inter, root);
      mismatch(p.inter, errorClass, odd, () => run(p.inter, name, args), name.toLowerCase().slice(1));
    }
  }
}

defineCases({
  'what has a root: another type, count or operation': needs(2, () => {
    const p = parts();
    for (const name of Object.keys(rooted)) {
      for (const side of [true, false]) {
        const root = asRoot(p.inter, p.low, side, 0);
        changes(p, name, root, (odd, rank) => odd === side && rank !== 0);
        for (const run of forms) run(p.inter, name, rooted[name][1](right, p.inter, root));
      }
    }
    p.end();
  }),

  'what has no root: another type, count or operation': needs(2, () => {
    const p = parts();
    for (const name of Object.keys(unrooted)) {
      changes(p, name, 0, () => false);
      for (const run of forms) run(p.inter, name, unrooted[name][1](right, p.inter, 0));
    }
    p.end();
  }),

  'roots: two, none, a bystander, others of the other group': needs(2, (_, t) => {
    const p = parts();
    const { inter, low } = p;
    const sizes = low ? [inter.size, inter.remote_size] : [inter.remote_size, inter.size];
    /** What each rank passes as root: those of the low group, and those of the high one. */
    const wrong: (readonly [lows: readonly number[], highs: readonly number[]])[] = [];
    const [lows, highs] = sizes.map((size) => new Array<number>(size).fill(MPI.PROC_NULL));
    const rest = (list: readonly number[], ...begin: number[]) => [...begin, ...list.slice(begin.length)];
    const zeros = (list: readonly number[]) => list.map(() => 0);
    wrong.push([lows, highs]);
    wrong.push([lows, zeros(highs)], [zeros(lows), highs]);
    wrong.push([zeros(lows), zeros(highs)]);
    wrong.push([rest(lows, MPI.ROOT), rest(highs, MPI.ROOT)]);
    wrong.push([rest(lows, MPI.ROOT), rest(zeros(highs), MPI.PROC_NULL)]);
    if (sizes[1] > 1) {
      wrong.push([zeros(lows), rest(highs, MPI.ROOT, MPI.ROOT)]);
      wrong.push([lows.map(() => 1), rest(highs, MPI.ROOT)]);
      wrong.push([rest(lows, MPI.ROOT), rest(zeros(highs), 0, MPI.ROOT)]);
    }
    if (sizes[0] > 1 && sizes[1] > 1) wrong.push([rest(lows, MPI.ROOT), rest(zeros(highs), 0, 1)]);
    if (t.size > 3) wrong.push([rest(lows, MPI.ROOT), rest(zeros(highs), 1)]);
    const roles = ['the root passes MPI.ROOT', 'root '] as const;
    for (const [ofLow, ofHigh] of wrong) {
      const root = (low ? ofLow : ofHigh)[inter.rank];
      const list = new Array<number>(inter.remote_size).fill(1);
      for (const [i, [name, [, of]]] of Object.entries(rooted).entries()) {
        const [run, args] = [forms[i % forms.length], of(right, inter, root)];
        mismatch(inter, MPI.ERR_ROOT, 'group', () => run(inter, name, args), ...roles);
      }
      for (const [name, args] of [
        ['bcast', [1, root]],
        ['gather', [1, root]],
        ['scatter', [root === MPI.ROOT ? list : null, root]],
        ['reduce', [1, MPI.SUM, root]],
      ] as const)
        mismatch(inter, MPI.ERR_ROOT, 'group', () => call(inter, name, args), ...roles);
    }
    p.end();
  }),

  'the groups are told apart': needs(3, () => {
    const p = parts();
    const { inter, low } = p;
    // The last of the high group errs; rank 0 of the low one is whom it is compared with.
    const isOdd = !low && inter.rank === inter.size - 1;
    const buf = new Float64Array(isOdd ? 9 : 8);
    const root = asRoot(inter, low, true, 0);
    const last = (low ? inter.remote_size : inter.size) - 1;
    const error = mismatch(inter, MPI.ERR_COUNT, 'group called Bcast', () => inter.Bcast(buf, root));
    const [here, there] = low ? ['this', 'the other'] : ['the other', 'this'];
    const [one, two] = [
      `rank 0 of ${here} group called Bcast`,
      `rank ${last} of ${there} group called Bcast`,
    ];
    const [rootCall, oddCall] = [' root MPI.ROOT, 8 of MPI_DOUBLE', ' root 0, 9 of MPI_DOUBLE'];
    const pattern = isOdd
      ? `: ${oddCall} \\(.*, but ${one} with ${rootCall}`
      : low && inter.rank === 0
        ? `: ${rootCall} \\(.*, but ${two} with ${oddCall}`
        : `: ${one} with ${rootCall} \\(.*, but ${two} with ${oddCall}`;
    assert.match(error.message, RegExp(pattern.replaceAll('  ', ' ')));
    p.end();
  }),

  'another collective, or another form of it, in either group': needs(2, () => {
    const p = parts();
    const { inter, low } = p;
    const root = asRoot(inter, low, true, 0);
    const names = Object.keys(collectives);
    for (const [i, name] of names.entries()) {
      const other = names[(i + 1) % names.length];
      for (const [side, rank] of places(p)) {
        const [isOdd, odd] = who(p, side, rank);
        const chosen = isOdd ? other : name;
        const args = collectives[chosen][1](right, inter, root);
        const run = forms[i % forms.length];
        const texts = [RegExp(name, 'i'), RegExp(other, 'i')];
        mismatch(inter, MPI.ERR_OTHER, odd, () => run(inter, chosen, args), ...texts);
        const own = collectives[name][1](right, inter, root);
        const form = forms[(i + (isOdd ? 1 : 0)) % forms.length];
        mismatch(inter, MPI.ERR_OTHER, odd, () => form(inter, name, own));
      }
    }
    p.end();
  }),

  'objects: another collective or operation': needs(2, () => {
    const p = parts();
    const { inter, low } = p;
    const list = new Array<number>(inter.remote_size).fill(1);
    const add = (x: number, y: number): number => x + y;
    for (const [side, rank] of places(p)) {
      const [isOdd, odd] = who(p, side, rank);
      const op = isOdd ? MPI.MAX : MPI.SUM;
      mismatch(inter, MPI.ERR_OP, odd, () => inter.allreduce(1, op), 'MPI_SUM', 'MPI_MAX');
      mismatch(inter, MPI.ERR_OP, odd, () => inter.iallreduce(1, isOdd ? add : MPI.SUM).wait(), 'add');
      mismatch(inter, MPI.ERR_OTHER, odd, () => (isOdd ? inter.allgather(1) : inter.alltoall(list)));
      const root = asRoot(inter, low, side, rank);
      mismatch(inter, MPI.ERR_OTHER, odd, () =>
        isOdd ? inter.bcast(1, root) : inter.Bcast(new Int8Array(1), root),
      );
      const other = asRoot(inter, low, !side, 0);
      mismatch(inter, MPI.ERR_OP, odd, () => inter.reduce(1, op, other));
    }
    p.end();
  }),

  'lists of recvcounts: one of each group': needs(2, () => {
    const p = parts();
    const { inter, low } = p;
    const total = 12;
    const first = (ranks: number) => [total, ...new Array<number>(ranks - 1).fill(0)];
    const last = (ranks: number) => [...new Array<number>(ranks - 1).fill(0), total];
    const use = (counts: number[] | null, own: number) => () =>
      inter.Reduce_scatter(new Float64Array(total), new Float64Array(own), counts);
    const mine = low ? first(inter.size) : last(inter.size);
    const own = mine[inter.rank];
    use(mine, own)();
    // To be found out in one of them.
    use(low ? null : mine, own)();
    if (inter.size > 1 || inter.remote_size > 1) {
      const many = (low ? inter.size : inter.remote_size) > 1;
      const isOdd = low === many && inter.rank === inter.size - 1;
      const other = low ? last(inter.size) : first(inter.size);
      const wrong = use(other, other[inter.rank]);
      mismatch(inter, MPI.ERR_COUNT, 'group', isOdd ? wrong : use(mine, own), 'recvcounts [');
      mismatch(inter, MPI.ERR_COUNT, 'group', isOdd ? use(null, own) : use(mine, own), 'no recvcounts');
    }
    // Both groups must have as much in all.
    const more = low ? total : total + 1;
    const counts = [more, ...new Array<number>(inter.size - 1).fill(0)];
    mismatch(
      inter,
      MPI.ERR_COUNT,
      'group',
      () => inter.Reduce_scatter(new Float64Array(more), new Float64Array(counts[inter.rank]), counts),
      '12 of MPI_DOUBLE',
      '13 of MPI_DOUBLE',
    );
    p.end();
  }),

  'blocks of one group are of no length that the other one’s have': needs(2, () => {
    const p = parts();
    const { inter, low } = p;
    const [mine, theirs] = low ? [3, 5] : [5, 3];
    const recv = new Float64Array(theirs * inter.remote_size);
    inter.Allgather(new Float64Array(mine).fill(7), recv);
    assert.ok(recv.every((x) => x === 7));
    const counts = new Array<number>(inter.remote_size).fill(theirs);
    inter.Allgatherv(new Float64Array(mine), [recv, counts]);
    const out = new Array<number>(inter.remote_size).fill(mine);
    inter.Alltoallv([new Float64Array(mine * inter.remote_size), out], [recv, counts]);
    p.end();
  }),

  'who stands by may pass anything': needs(2, () => {
    const p = parts();
    const { inter, low } = p;
    const root = asRoot(inter, low, false, 0);
    const isBeside = root === MPI.PROC_NULL;
    for (const [name, [, of]] of Object.entries(rooted)) {
      const args = [...of(right, inter, root)];
      if (isBeside) args.fill(null, 0, args.indexOf(root));
      for (const run of forms) run(inter, name, args);
    }
    assert.equal(
      inter.reduce(1, isBeside ? MPI.MAX : MPI.SUM, root),
      root === MPI.ROOT ? inter.remote_size : null,
    );
    p.end();
  }),

  'different datatypes of one signature fit': needs(2, () => {
    const p = parts();
    const { inter, low } = p;
    const eight = MPI.DOUBLE.Create_contiguous(8).Commit();
    const column = MPI.DOUBLE.Create_vector(4, 1, 3).Commit();
    const specs: MPI.BufferSpec[] = [
      new Float64Array(8).fill(3),
      [new Float64Array(8).fill(3), 1, eight],
      [new Float64Array(24).fill(3), 2, column],
    ];
    for (let shift = 0; shift < specs.length; shift++) {
      const mine = specs[(inter.rank + (low ? 1 : 0) + shift) % specs.length];
      const gathered = new Float64Array(8 * inter.remote_size);
      for (const side of [true, false]) {
        const root = asRoot(inter, low, side, 0);
        inter.Bcast(mine, root);
        inter.Gather(mine, root === MPI.ROOT ? [gathered, inter.remote_size, eight] : null, root);
        if (root === MPI.ROOT) assert.ok(gathered.every((x) => x === 3));
        inter.Scatter(root === MPI.ROOT ? gathered.fill(3) : null, mine, root);
      }
      inter.Iallgather(mine, gathered).Wait();
      assert.ok(gathered.every((x) => x === 3));
    }
    p.end();
  }),
});
