/**
 * Heat in the wall of a tube, on a grid of ranks: each has a block of cells with a border of neighbours' cells around it
 * (halo), which is exchanged before each Jacobi step.      mpirun -n 4 examples/heat2d.ts
 *
 * Rows run round the tube, so the grid of ranks is closed to a ring in that direction. A row of a block lies side by
 * side in memory; a column does not, and is sent by a datatype with a stride. The bits are those of a serial run.
 */
import { MPI } from 'mpi4ts';

const [length, girth] = [48, 60]; // cells along the tube, and round it
const steps = 400;

/** Cells of a block, and where it begins. The array has one cell more on each side. */
interface Block {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** The block of the rank at these coordinates of the grid. */
function blockAt([r, c]: readonly number[], [down, across]: readonly number[]): Block {
  const [row, column] = [Math.floor((r * length) / down), Math.floor((c * girth) / across)];
  const rows = Math.floor(((r + 1) * length) / down) - row;
  return { row, column, rows, columns: Math.floor(((c + 1) * girth) / across) - column };
}

/** At the start a warm spot; the ends of the tube are kept at 100 and at 0 degrees. */
function cells({ row, column, rows, columns }: Block): Float64Array {
  const width = columns + 2;
  return Float64Array.from({ length: (rows + 2) * width }, (_, i) => {
    const [along, round] = [row + Math.floor(i / width) - 1, column + (i % width) - 1];
    if (along < 0) return 100;
    return along > 10 && along < 20 && round > 5 && round < 25 ? 60 : 0;
  });
}

function relax(from: Float64Array, to: Float64Array, { rows, columns }: Block): void {
  const width = columns + 2;
  for (let row = 1; row <= rows; row++)
    for (let i = row * width + 1; i <= row * width + columns; i++)
      to[i] = 0.25 * (from[i - width] + from[i + width] + from[i - 1] + from[i + 1]);
}

/** The cells of a block after all steps, computed by all ranks of a grid. */
function simulate(grid: MPI.Cartcomm): { block: Block; temperature: Float64Array } {
  const block = blockAt(grid.coords, grid.dims);
  const { rows, columns } = block;
  const width = columns + 2;
  const [above, below] = grid.Shift(0, 1); // MPI.PROC_NULL at the ends of the tube
  const [left, right] = grid.Shift(1, 1);

  const row = MPI.DOUBLE.Create_contiguous(columns).Commit();
  const column = MPI.DOUBLE.Create_vector(rows, 1, width).Commit();
  let now: Float64Array = cells(block);
  let next: Float64Array = now.slice();
  for (let step = 0; step < steps; step++) {
    const from = (r: number, c: number) => now.subarray(r * width + c);
    grid.Sendrecv([from(1, 1), 1, row], above, 0, [from(rows + 1, 1), 1, row], below, 0);
    grid.Sendrecv([from(rows, 1), 1, row], below, 0, [from(0, 1), 1, row], above, 0);
    grid.Sendrecv([from(1, 1), 1, column], left, 0, [from(1, columns + 1), 1, column], right, 0);
    grid.Sendrecv([from(1, columns), 1, column], right, 0, [from(1, 0), 1, column], left, 0);
    relax(now, next, block);
    [now, next] = [next, now];
  }
  row.Free();
  column.Free();
  return { block, temperature: now };
}

/** A block inside a larger array of cells. */
const part = (sizes: number[], { rows, columns }: Block, starts: number[]): MPI.Datatype =>
  MPI.DOUBLE.Create_subarray(sizes, [rows, columns], starts).Commit();

/** All blocks on rank 0, without their borders. */
function collect(grid: MPI.Cartcomm, block: Block, temperature: Float64Array): Float64Array | null {
  const inside = part([block.rows + 2, block.columns + 2], block, [1, 1]);
  const sent = grid.Isend([temperature, 1, inside], 0);
  let whole: Float64Array | null = null;
  if (grid.rank === 0) {
    whole = new Float64Array(length * girth);
    for (let rank = 0; rank < grid.size; rank++) {
      const theirs = blockAt(grid.Get_coords(rank), grid.dims);
      grid.Recv([whole, 1, part([length, girth], theirs, [theirs.row, theirs.column])], rank);
    }
  }
  sent.Wait();
  return whole;
}

/** The whole tube on rank 0, and the dimensions of the grid of ranks. */
function run(comm: MPI.Intracomm): { dims: readonly number[]; tube: Float64Array } | null {
  // No rank without a cell: those that are too many are not in the grid.
  const grid = comm.Create_cart(MPI.Compute_dims(Math.min(comm.size, length), 2), [false, true]);
  if (grid === MPI.COMM_NULL) return null;
  const { block, temperature } = simulate(grid);
  const tube = collect(grid, block, temperature);
  return tube && { dims: grid.dims, tube };
}

const result = run(MPI.COMM_WORLD);

if (result) {
  const { dims, tube } = result;
  const serial = run(MPI.COMM_SELF)!.tube; // the same on this rank alone
  const wrong = serial.findIndex((value, i) => value !== tube[i]);
  if (wrong >= 0) throw new Error(`cell ${wrong}: ${tube[wrong]} in parallel, ${serial[wrong]} in serial`);
  const mean = tube.reduce((sum, value) => sum + value, 0) / tube.length;
  console.log(`${length} x ${girth} cells on ${dims.join(' x ')} ranks: ${steps} steps`);
  console.log(`mean ${mean.toFixed(3)} degrees; every cell as in the serial run`);
}
