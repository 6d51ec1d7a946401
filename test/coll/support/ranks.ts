/** Worker threads that run cases together as the ranks of a job. */
import { Worker } from 'node:worker_threads';
import type { Case } from './cases.js';
import { createShared, takeCrossed } from './channel.js';

/** What a worker is told at its start. */
export interface Place {
  readonly shared: SharedArrayBuffer;
  readonly rank: number;
  readonly size: number;
  readonly seed: number;
}

export class Ranks {
  readonly #workers: Worker[];
  readonly #shared: SharedArrayBuffer;

  constructor(size: number, seed: number) {
    const shared = createShared(size);
    this.#shared = shared;
    this.#workers = Array.from({ length: size }, (_, rank) => {
      const workerData: Place = { shared, rank, size, seed };
      const worker = new Worker(new URL('./rank.js', import.meta.url), { workerData });
      worker.setMaxListeners(0);
      return worker;
    });
  }

  /** Runs the cases one after another on all ranks, with nothing in between; what went wrong, by rank and case. */
  async run(cases: readonly Case[]): Promise<string[]> {
    const failures = await Promise.all(
      this.#workers.map((worker) => {
        const done = new Promise<string | null>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
        });
        worker.postMessage(cases);
        return done;
      }),
    );
    return failures.filter((failure) => failure !== null);
  }

  /** What has gone between hosts since this was last asked. */
  crossed(): { messages: number; bytes: number } {
    return takeCrossed(this.#shared, this.#workers.length);
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
