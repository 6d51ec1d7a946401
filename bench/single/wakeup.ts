/**
 * What a blocked receive costs, and how long it takes to wake it.
 *
 * Rank 1 blocks in Recv; rank 0 sleeps far longer than a blocked rank spins before it parks, and sends.
 * *Wake-up latency* is the time from the call of Send to the return of Recv, on the monotonic clock that all
 * ranks share. *CPU* is the CPU time of the whole process (`process.cpuUsage`: the blocked rank, where ranks are threads
 * also the sleeping one and the launcher, the threads of V8) while one Recv is blocked for a second, as a share of one core: an upper
 * bound of what the blocked rank itself uses, its spinning before the park included.
 */

import type { Options } from '../options.js';
import { estimate } from '../statistics.js';
import type { WakeupResult } from './jobs/wakeup.js';
import { runJob } from './program.js';
import { columns, guarded, report, table } from './report.js';

/** Between two wakes: ten times as long as a rank spins before it parks. */
const parkMs = 10;
const blockMs = 1000;
/** The job's start and end, and a slow machine. */
const graceMs = 60_000;

/** `--iterations`: wakes, 200 by default; `--blocks`: seconds blocked, 7 by default. */
export function run(options: Options): Promise<number> {
  return guarded('wakeup', options, async () => {
    const wakes = options.iterations ?? 200;
    const blocks = options.blocks ?? 7;
    const result = await runJob<WakeupResult>(new URL('./jobs/wakeup.js', import.meta.url), {
      ranks: 2,
      args: [wakes, parkMs, blocks, blockMs],
      transport: options.transport,
      native: options.native,
      limitMs: graceMs + 10 * (wakes * parkMs + blocks * blockMs),
    });
    const latencyUs = estimate(result.latencyUs);
    const cpuPercent = estimate(result.cpuPercent);
    const tables = () => [
      table([
        ['# Blocked Recv', 'Median', '95% low', '95% high', 'Samples'],
        ['Wake-up latency (us)', ...columns(latencyUs), String(wakes)],
        ['CPU (% of a core)', ...columns(cpuPercent), String(blocks)],
      ]),
    ];
    const summary = { latencyUs, cpuPercent };
    report('wakeup', options, tables, { summary, samples: result });
  });
}
