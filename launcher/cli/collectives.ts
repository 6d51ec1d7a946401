/** `mpi4ts info --collectives`: which algorithm serves which message, and what was predicted of it. */
import { overrideVariable, type Row, selectionTable, waysBefore } from '../../src/coll/index.js';
import { print } from './say.js';

/** Numbers of ranks that the table is told for. */
const RANKS = [2, 4, 8, 64];

const UNITS = ['B', 'KiB', 'MiB', 'GiB'];

function size(bytes: number): string {
  let unit = 0;
  while (bytes >= 1024 && unit < UNITS.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${bytes} ${UNITS[unit]}`;
}

/** What serves a collective among so many ranks, from the shortest messages to the longest. */
function line(rows: readonly Row[]): string {
  const first = rows[0];
  const uses = rows.map(({ use, fromBytes }) => (fromBytes === 0 ? use : `from ${size(fromBytes)} ${use}`));
  const forced = process.env[overrideVariable(first.collective)] || undefined;
  const words = forced === undefined ? uses : [`${forced} (${overrideVariable(first.collective)})`];
  return `  ${first.model.padEnd(8)} ${String(first.ranks).padStart(3)} ranks   ${words.join('; ')}`;
}

/** For whom they are. */
const BEFORE: Readonly<Record<string, string>> = {
  shared: 'blocking calls of ranks that share memory, all or short ones',
  hierarchical: 'ranks of several hosts',
};

/** What goes before the table, for the collectives that are not forced to be otherwise. */
function linesBefore(): string[] {
  return Object.entries(waysBefore).map(([way, collectives]) => {
    const open = collectives.filter((collective) => {
      const forced = process.env[overrideVariable(collective)];
      return forced === undefined || forced === '' || Object.hasOwn(waysBefore, forced);
    });
    return `${way} (${BEFORE[way]}): ${open.join(', ') || 'none'}`;
  });
}

/** Prints the table, or its rows as one JSON list. */
export function printCollectives(json: boolean): void {
  const rows = selectionTable(RANKS);
  if (json) {
    print(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const lines = [...linesBefore(), 'by messages:'];
  let heading = '';
  for (let i = 0; i < rows.length; ) {
    const { collective, model, ranks } = rows[i];
    let end = i;
    while (end < rows.length && rows[end].collective === collective && rows[end].model === model) {
      if (rows[end].ranks !== ranks) break;
      end++;
    }
    if (collective !== heading) lines.push(collective);
    heading = collective;
    lines.push(line(rows.slice(i, end)));
    i = end;
  }
  print(`${lines.join('\n')}\n`);
}
