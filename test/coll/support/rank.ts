/** One rank of `Ranks`. */
import { parentPort, workerData } from 'node:worker_threads';
import { runCase } from './case.js';
import type { Case } from './cases.js';
import { PipeChannel } from './channel.js';
import type { Place } from './ranks.js';

const { shared, rank, size, seed } = workerData as Place;
const channel = new PipeChannel(shared, rank, size, seed);

function runAll(cases: readonly Case[]): string | null {
  for (const [index, test] of cases.entries()) {
    try {
      runCase(channel, test, index);
    } catch (error) {
      channel.abort();
      return `rank ${rank} of ${size}, case ${index} ${JSON.stringify(test)}: ${(error as Error).stack}`;
    }
  }
  return null;
}

parentPort!.on('message', (cases: readonly Case[]) => parentPort!.postMessage(runAll(cases)));
