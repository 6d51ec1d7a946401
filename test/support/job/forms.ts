/** Collectives are the same whether they block, are waited for, or are started again and again. */
import type { MPI } from 'mpi4ts';

/** A collective in its three forms. */
type Forms = { now: () => void; start: () => MPI.Request; init: () => MPI.Prequest };

/** Runs each form; `fill` sets the buffers anew before each round, `check` looks at the result. */
export function inEveryForm(
  { now, start, init }: Forms,
  fill: () => void,
  check: (form: string) => void,
): void {
  fill();
  now();
  check('blocking');
  fill();
  start().Wait();
  check('nonblocking');
  const request = init();
  for (let round = 0; round < 3; round++) {
    fill();
    request.Start();
    request.Wait();
    check(`persistent, round ${round}`);
  }
  request.Free();
}
