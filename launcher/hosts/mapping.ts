/** Which rank runs on which host. */
import { UsageError } from '../usage.js';

/** `slot`: hosts are filled one after the other; `node`: each host in turn gets one rank. */
export const mappings = ['slot', 'node'] as const;
export type Mapping = (typeof mappings)[number];

/** @throws UsageError if the ranks do not fit. */
export function checkSlots(ranks: number, slots: number, oversubscribe: boolean): void {
  if (oversubscribe || ranks <= slots) return;
  throw new UsageError(
    `${ranks} ranks do not fit the ${slots} slot${slots === 1 ? '' : 's'} given: add slots, or --oversubscribe`,
  );
}

/** The index of the host of each rank. What does not fit the slots starts over with the first host. */
export function mapRanks(ranks: number, slots: readonly number[], by: Mapping): number[] {
  const placed: number[] = [];
  while (placed.length < ranks) {
    const free = [...slots];
    if (by === 'slot')
      for (const [host, count] of free.entries())
        for (let i = 0; i < count && placed.length < ranks; i++) placed.push(host);
    else
      while (placed.length < ranks && free.some((count) => count > 0))
        for (let host = 0; host < free.length; host++) if (free[host]-- > 0) placed.push(host);
  }
  return placed.slice(0, ranks);
}
