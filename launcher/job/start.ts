/** Starting a job whose ranks are all on this machine. */
import { resolve } from 'node:path';
import { loadNative } from '../../src/native.js';
import { checkSlots } from '../hosts/mapping.js';
import { UsageError } from '../usage.js';
import { needNative } from './addon.js';
import { cpuOf, usableCores } from './cores.js';
import { planHouseholds } from './households.js';
import { Job, type JobPlan } from './job.js';
import type { RunOptions } from './options.js';
import { countRanks, planJob, planPrograms, sizeOf } from './plan.js';
import type { LocalRanks } from './ranks.js';
import { checkZerocopy } from './wire-plan.js';

function changeDirectory(wdir: string): void {
  try {
    process.chdir(wdir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`the working directory '${wdir}' cannot be entered (${code})`);
  }
}

/** The CPUs to bind to, one after the other; undefined where ranks are not bound. */
function bindings({ bindTo, warn }: RunOptions): number[] | undefined {
  if (bindTo !== 'core') return undefined;
  const status = loadNative();
  if (status.native !== null) return status.native.affinity();
  warn?.(`--bind-to core: ranks are not bound, because the native addon is absent (${status.reason})`);
  return undefined;
}

/** How many ranks the user allows; undefined without a limit. */
function slotsOf({ hosts }: RunOptions): number | undefined {
  return hosts?.reduce((sum, { slots }) => sum + (slots ?? usableCores()), 0);
}

async function makeRanks(options: RunOptions, { wires, ranks }: JobPlan): Promise<LocalRanks> {
  const { transport = 'shared', processes = false } = options;
  const wired = wires !== undefined;
  const sockets = wired && transport !== 'ws' ? needNative(`--transport ${transport}`) : null;
  const all = ranks.map((_, rank) => rank);
  const households = planHouseholds(all, ranks.length, usableCores(), transport, wired);
  if (!processes) {
    const { ThreadRanks } = await import('./thread-ranks.js');
    return new ThreadRanks(households, sockets, false);
  }
  const native = needNative('--processes');
  const { ProcessRanks } = await import('./process-ranks.js');
  const readers = ranks.filter(({ stdin }) => stdin).length;
  return new ProcessRanks(native, households, { fed: readers > 1, relayed: false });
}

/** @throws UsageError */
export async function startHere(options: RunOptions): Promise<Job> {
  checkZerocopy(options, 1);
  const slots = slotsOf(options);
  const programs = countRanks(options.programs, () => slots ?? usableCores());
  const size = sizeOf(programs);
  if (slots !== undefined) checkSlots(size, slots, options.oversubscribe ?? false);
  const plans = await planPrograms(options);
  const places = Array.from({ length: size }, () => ({ host: 0, address: '127.0.0.1' }));
  const plan = planJob(options, programs, plans, places);
  const cpus = bindings(options);
  if (options.wdir !== undefined) changeDirectory(resolve(options.wdir));
  const ranks = plan.ranks.map((rank, index) => ({
    ...rank,
    ...cpuOf(cpus, index),
  }));
  return new Job({ ...plan, ranks }, await makeRanks(options, plan));
}
