/**
 * What a rank costs in memory, and what a message costs.
 *
 * *At rest*: the resident memory of a job of N ranks that have all sent 8 bytes to all, and of a program that has
 * started N idle workers. Per rank (or worker) it is the difference between N and 1, over N - 1, so that neither the
 * launcher nor Node itself is counted. *In steady state*: bytes allocated per message, and garbage collections,
 * while two ranks pass 10^6 messages of 8 bytes by Send and Recv and by persistent requests.
 */

import { fileURLToPath } from 'node:url';
import { UsageError } from '../../launcher/usage.js';
import type { Options, Way } from '../options.js';
import { estimate } from '../statistics.js';
import type { SteadyResult } from './jobs/steady.js';
import { runForJson, runJob } from './program.js';
import { columns, guarded, report, table } from './report.js';

const rankMsMax = 2000;
const graceMs = 60_000;
const messageMsMax = 0.5;
/** V8 compiles the path for good well within so many messages. */
const warmupRounds = 20_000;
const MiB = 1024 ** 2;

/** Resident bytes a rank: one sample a block. */
interface AtRest {
  readonly rank: number[];
  readonly worker: number[];
  readonly difference: number[];
}

/** Resident bytes of a job of so many ranks, and of a program with so many bare workers. */
async function residentBytes(count: number, way: Way): Promise<[job: number, bare: number]> {
  const limitMs = graceMs + count * rankMsMax;
  const job = new URL('./jobs/memory.js', import.meta.url);
  const bare = fileURLToPath(new URL('./jobs/bare-workers.js', import.meta.url));
  const ofJob = await runJob<number>(job, { ...way, ranks: count, limitMs });
  const workers = { command: process.execPath, args: [bare, String(count)] };
  const ofBare = await runForJson<number>('bare workers', workers, limitMs);
  return [ofJob, ofBare];
}

async function measureAtRest(ranks: number, blocks: number, way: Way): Promise<AtRest> {
  const result: AtRest = { rank: [], worker: [], difference: [] };
  for (let block = 0; block < blocks; block++) {
    const one = await residentBytes(1, way);
    const all = await residentBytes(ranks, way);
    const [rank, worker] = all.map((bytes, i) => (bytes - one[i]) / (ranks - 1));
    result.rank.push(rank);
    result.worker.push(worker);
    result.difference.push(rank - worker);
  }
  return result;
}

function measureSteady(messages: number, way: Way): Promise<SteadyResult[]> {
  const warmup = Math.min(warmupRounds, messages);
  return runJob<SteadyResult[]>(new URL('./jobs/steady.js', import.meta.url), {
    ranks: 2,
    args: [messages, warmup],
    ...way,
    limitMs: graceMs + (messages + 2 * warmup) * 2 * messageMsMax,
  });
}

/** `--ranks`: 64 by default; `--blocks`: 7; `--iterations`: messages of the steady state, 10^6 by default. */
export function run(options: Options): Promise<number> {
  return guarded('memory', options, async () => {
    const { ranks = 64, blocks = 7, iterations = 1e6 } = options;
    if (ranks < 2) throw new UsageError('--ranks 1: the memory of a rank is a difference; give at least 2');
    const { transport, native } = options;
    if (transport !== 'threads')
      throw new UsageError(`--transport ${transport}: memory is measured of ranks that are threads`);
    const way = { transport, native };
    const samples = await measureAtRest(ranks, blocks, way);
    const steady = await measureSteady(iterations, way);
    const atRest = {
      rank: estimate(samples.rank),
      worker: estimate(samples.worker),
      difference: estimate(samples.difference),
    };
    const tables = () => [
      table([
        [`# At rest, ${ranks} ranks`, 'MiB', '95% low', '95% high'],
        ['A rank that talked to all', ...columns(atRest.rank, MiB)],
        ['A bare worker', ...columns(atRest.worker, MiB)],
        ['Difference', ...columns(atRest.difference, MiB)],
      ]),
      table([
        ['# Steady state', 'Rank', 'Messages', 'Bytes a message', 'Collections'],
        ...steady.map(({ way, rank, messages, bytesAllocated, collections }) => [
          way,
          String(rank),
          String(messages),
          (bytesAllocated / messages).toFixed(3),
          String(collections),
        ]),
      ]),
    ];
    report('memory', options, tables, { ranks, atRest, steady, samples });
  });
}
