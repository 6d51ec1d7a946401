/** Ranks in a text. */

/** `0, 2-7`, of ascending ranks. */
export function listRanks(ranks: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const rank of ranks) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === rank - 1) last[1] = rank;
    else runs.push([rank, rank]);
  }
  return runs
    .map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from}-${to}`))
    .join(', ');
}

/** `rank 1`, or `ranks 1, 3-5`. */
export function nameRanks(ranks: readonly number[]): string {
  return `rank${ranks.length === 1 ? '' : 's'} ${listRanks(ranks)}`;
}
