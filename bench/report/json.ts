/** The result as one JSON object: raw samples, what they were measured on, and what follows from them. */
import { cpus, release } from 'node:os';
import { collectInfo } from '../../launcher/cli/info.js';
import type { Result } from './result.js';

/** The machine and the versions, for the record. */
export function environment(): object {
  const { mpi4ts, node, platform, cores, addon } = collectInfo();
  return { mpi4ts, node, platform, kernel: release(), cpu: cpus()[0]?.model ?? 'unknown', cores, addon };
}

/** The object that `--json` prints. `failures` and `skipped` are lines for those without figures. */
export function jsonOf({ plan, metric, columns }: Result, notes: readonly string[]): object {
  const { work, ranks, blocks, options } = plan;
  const { label, unit, better } = metric;
  const contenders = columns.map(({ contender: { peer, name, version }, rows }) => ({
    peer,
    name,
    ...(version !== undefined && { version }),
    sizes: rows,
  }));
  return {
    benchmark: work,
    ranks,
    blocks,
    metric: { label, unit, better },
    environment: environment(),
    options,
    notes,
    contenders,
  };
}
