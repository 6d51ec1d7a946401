/** Two groups of unequal sizes, and what the collectives between them are tried with. */
import { MPI } from 'mpi4ts';

const world = MPI.COMM_WORLD;

/** Ranks below the first third or so, and the others: mostly groups of different sizes. */
export function parts(): { half: MPI.Intracomm; inter: MPI.Intercomm; low: boolean; end: () => void } {
  const cut = Math.ceil(world.size / 3);
  const low = world.rank < cut;
  const half = world.Split(low ? 0 : 1);
  const inter = half.Create_intercomm(0, world, low ? cut : 0, 4);
  const end = () => {
    inter.Free();
    half.Free();
  };
  return { half, inter, low, end };
}

/** What each rank passes as root when rank `root` of the low, or else the high, group is it. */
export function asRoot(inter: MPI.Intercomm, low: boolean, side: boolean, root: number): number {
  if (low !== side) return root;
  return inter.rank === root ? MPI.ROOT : MPI.PROC_NULL;
}

/** Every rank of both groups in turn. */
export function eachRoot(
  { inter, low }: { inter: MPI.Intercomm; low: boolean },
  run: (root: number, role: 'root' | 'aside' | 'other', rank: number) => void,
): void {
  for (const side of [true, false]) {
    const size = low === side ? inter.size : inter.remote_size;
    for (let rank = 0; rank < size; rank++) {
      const root = asRoot(inter, low, side, rank);
      run(root, root === MPI.ROOT ? 'root' : root === MPI.PROC_NULL ? 'aside' : 'other', rank);
    }
  }
}

/** Element j that rank r of a group sends to rank q of the other. */
export const value = (low: boolean, r: number, q: number, j: number): number =>
  (low ? 1 : -1) * (1 + r * 10_000 + q * 100 + (j % 100));

export const LENGTHS = [0, 1, 2000];
export const UNTOUCHED = 0.5;

export function filled(n: number, of: (i: number) => number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => of(i));
}
