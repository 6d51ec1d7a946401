/** `mpirun --check`: calls that make communicators are collective too (MPI-4.1 §7.4, §7.6, §8.5), and meet no others. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases, needs } from '../../support/job/cases.js';
import { parts } from '../../support/job/groups.js';
import { assertUsable, mismatch } from '../../support/job/mismatches.js';

type Making = (comm: MPI.Intracomm) => MPI.Comm;

/** A ring of all ranks, as lists of neighbours. */
const around = ({ rank, size }: MPI.Comm): [prev: number[], next: number[]] => [
  [(rank + size - 1) % size],
  [(rank + 1) % size],
];

const makings: Record<string, Making> = {
  Dup: (comm) => comm.Dup(),
  Dup_with_info: (comm) => comm.Dup_with_info(MPI.Info.Create()),
  Clone: (comm) => comm.Clone(),
  Create: (comm) => comm.Create(comm.group.Incl([1])),
  Split: (comm) => comm.Split(comm.rank % 2),
  Split_type: (comm) => comm.Split_type(MPI.COMM_TYPE_SHARED),
  Create_cart: (comm) => comm.Create_cart([1]),
  Create_graph: (comm) => comm.Create_graph([1, 2], [1, 0]),
  Create_dist_graph: (comm) => comm.Create_dist_graph([comm.rank], [1], around(comm)[1]),
  Create_dist_graph_adjacent: (comm) => comm.Create_dist_graph_adjacent(...around(comm)),
};

function end(made: MPI.Comm): void {
  if (made === MPI.COMM_NULL) return;
  made.Free();
}

defineCases({
  ...(Object.fromEntries(
    Object.entries(makings).map(([name, make]) => [
      `${name}, and Barrier on one rank`,
      needs(2, (comm: MPI.Intracomm, t: { rank: number; size: number }) => {
        for (const odd of [0, 1, t.size - 1]) {
          mismatch(
            comm,
            MPI.ERR_OTHER,
            odd,
            () => (t.rank === odd ? comm.Barrier() : make(comm)),
            `${name} `,
            'Barrier ',
          );
          mismatch(
            comm,
            MPI.ERR_OTHER,
            odd,
            () => (t.rank === odd ? make(comm) : comm.Ibarrier().Wait()),
            `${name} `,
            'Ibarrier ',
          );
          end(make(comm));
        }
      }),
    ]),
  ) as Parameters<typeof defineCases>[0]),

  'one kind of making, and another one': needs(2, (comm, t) => {
    const names = Object.keys(makings);
    for (const [i, name] of names.entries()) {
      const other = names[(i + 1) % names.length];
      const odd = i % t.size;
      mismatch(comm, MPI.ERR_OTHER, odd, () => makings[t.rank === odd ? other : name](comm), name, other);
    }
    for (const make of Object.values(makings)) end(make(comm));
  }),

  'what a making sends by itself is not taken for a call of the program’s': needs(2, (comm, t) => {
    const int32s = (n: number) => new Int32Array(n);
    const isOdd = t.rank === 1;
    mismatch(comm, MPI.ERR_OTHER, 1, () =>
      isOdd ? comm.Split(0) : comm.Allgather(int32s(3), int32s(3 * t.size)),
    );
    mismatch(comm, MPI.ERR_OTHER, 1, () =>
      isOdd ? comm.Create_dist_graph([0], [1], [1]) : comm.Alltoall(int32s(2 * t.size), int32s(2 * t.size)),
    );
  }),

  'a part of a grid': needs(2, (comm, t) => {
    const cart = comm.Create_cart([t.size], [true]);
    mismatch(cart, MPI.ERR_OTHER, 1, () => (t.rank === 1 ? cart.Dup() : cart.Sub([true])), 'Sub ', 'Dup ');
    end(cart.Sub([false]));
    end(cart);
  }),

  'an intercommunicator: all of the local group make it': needs(2, (comm, t) => {
    const { half, inter, low, end: endParts } = parts();
    for (let odd = 0; odd < half.size && half.size > 1; odd++) {
      mismatch(
        half,
        MPI.ERR_OTHER,
        odd,
        () =>
          half.rank === odd ? half.Barrier() : half.Create_intercomm(0, comm, low ? t.size - 1 : 0, odd),
        'Create_intercomm ',
        'Barrier ',
      );
    }
    assertUsable(inter);
    endParts();
  }),

  'from two groups: Dup, Create, Split, Split_type, Merge': needs(2, () => {
    const { inter, low, end: endParts } = parts();
    const calls: Record<string, () => MPI.Comm> = {
      Dup: () => inter.Dup(),
      Create: () => inter.Create(inter.group),
      Split: () => inter.Split(0),
      Split_type: () => inter.Split_type(MPI.COMM_TYPE_SHARED),
      Merge: () => inter.Merge(low),
    };
    for (const [name, make] of Object.entries(calls)) {
      for (const side of [true, false]) {
        const odd = low === side && inter.rank === 0;
        const who = odd ? ' on rank 0 of ' : `rank 0 of ${low === side ? 'this' : 'the other'} group`;
        mismatch(inter, MPI.ERR_OTHER, who, () => (odd ? inter.Barrier() : make()), `${name} `, 'Barrier ');
      }
      end(make());
    }
    for (const high of [true, false]) end(inter.Merge(high));
    endParts();
  }),

  'many that do not fit leave nothing behind': needs(2, (comm, t) => {
    for (let round = 0; round < 40; round++) {
      const odd = round % t.size;
      mismatch(comm, MPI.ERR_OTHER, odd, () => (t.rank === odd ? comm.Dup() : comm.Split(round % 3)));
    }
    const made = Array.from({ length: 5 }, () => comm.Dup());
    for (const one of made) assertUsable(one);
    for (const one of made) one.Free();
  }),

  'members of another group, and with other arguments, fit': (comm, t) => {
    const own = comm.Create(comm.group.Incl([t.rank]));
    assert.equal(own.size, 1);
    const split = comm.Split(t.rank === 0 ? MPI.UNDEFINED : t.rank % 2, -t.rank);
    const cart = comm.Create_cart([1]);
    assert.equal((cart as MPI.Comm) === MPI.COMM_NULL, t.rank > 0);
    for (const one of [own, split, cart]) end(one);
  },
});
