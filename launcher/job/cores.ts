/** How many cores the job may use: those this process may run on, and no more than its cgroup's quota pays for. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';

const cgroupRoot = '/sys/fs/cgroup';

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Quota over period of one cgroup directory (version 2, then 1), in cores. */
function quotaIn(directory: string): number | undefined {
  const [quota, period] = read(`${directory}/cpu.max`)?.split(' ') ?? [
    read(`${directory}/cpu.cfs_quota_us`),
    read(`${directory}/cpu.cfs_period_us`),
  ];
  const cores = Number(quota) / Number(period);
  return cores > 0 ? cores : undefined; // 'max' and -1 mean no limit
}

/** The cgroup's CPU quota in cores, the smallest on the way up to the root; undefined where there is none. */
export function cgroupQuota(): number | undefined {
  if (process.platform !== 'linux' || !existsSync(cgroupRoot)) return undefined;
  let least: number | undefined;
  for (const line of read('/proc/self/cgroup')?.split('\n') ?? []) {
    const [, controllers = '', path = '/'] = line.split(':');
    const version2 = controllers === '';
    if (!version2 && !controllers.split(',').includes('cpu')) continue;
    const root = version2 ? cgroupRoot : `${cgroupRoot}/cpu`;
    for (let up = path; ; up = posix.dirname(up)) {
      const cores = quotaIn(posix.join(root, up));
      if (cores !== undefined) least = Math.min(least ?? cores, cores);
      if (up === '/' || up === '.') break;
    }
  }
  return least;
}

/** Cores that ranks can use at the same time, at least 1. */
export function usableCores(): number {
  // Rounded down: a rank that spins on a core it has half of is throttled.
  const quota = Math.floor(cgroupQuota() ?? Number.POSITIVE_INFINITY);
  return Math.max(1, Math.min(availableParallelism(), quota));
}

/** The CPU that a rank is bound to, one after the other; nothing where ranks are not bound. */
export function cpuOf(cpus: readonly number[] | undefined, index: number): { readonly cpus?: number[] } {
  return cpus === undefined ? {} : { cpus: [cpus[index % cpus.length]] };
}
