/** The cores that two ranks can have to themselves. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { usableCores as usableCpus } from '../launcher/job/cores.js';

/** The numbers in a list of the kernel's, such as `0-2,5`. */
function parseList(text: string): number[] {
  return text.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

function allowedCpus(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return list === undefined ? [] : parseList(list);
}

/** The first hardware thread of the core that a CPU belongs to. */
function coreOf(cpu: number): number {
  try {
    const path = `/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`;
    return parseList(readFileSync(path, 'utf8').trim())[0];
  } catch {
    return cpu;
  }
}

/** One CPU number for each core that this process may run on. */
export function coreCpus(): number[] {
  try {
    const cpus = allowedCpus();
    const cores = cpus.map(coreOf);
    return cpus.filter((_, at) => cores.indexOf(cores[at]) === at);
  } catch {
    return Array.from({ length: availableParallelism() }, (_, cpu) => cpu);
  }
}

/** Ranks that can run at the same time, each on a core of its own. */
export function usableCores(): number {
  return Math.min(coreCpus().length, usableCpus());
}
