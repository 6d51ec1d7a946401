/** `mpi4ts info --collectives`: which algorithm serves which message, and what was predicted of it. */
import {
  type Collective,
  overrideVariable,
  type Row,
  selectionTable,
  waysBefore,
} from '../../src/coll/index.js';
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

/** What the environment names for a collective; undefined for nothing. */
function forcedFor(collective: Collective): string | undefined {
  return process.env[overrideVariable(collective)] || undefined;
}

/** What serves a collective among so many ranks, from the shortest messages to the longest. */
function line(rows: readonly Row[]): string {
  const first = rows[0];
  const uses = rows.map(({ use, fromBytes }) => (fromBytes === 0 ? use : `from ${size(fromBytes)} ${use}`));
  const forced = forcedFor(first.collective);
  const words = forced === undefined ? uses : [`${forced} (${overrideVariable(first.collective)})`];
  return `  ${first.model.padEnd(8)} ${String(first.ranks).padStart(3)} ranks   ${words.join('; ')}`;
}

/** For whom they are. */
const BEFORE: Readonly<Record<string, string>> = {
  shared: 'blocking calls of ranks that share memory, all or short ones',
  hierarchical:
    "ranks of several hosts; reductions that commute, scans where each host's ranks follow each other, alltoall of short blocks",
};

interface Way {
  readonly way: string;
  readonly of: string;
  readonly collectives: readonly Collective[];
}

/** What goes before the table, for the collectives that are not forced to be otherwise. */
function ways(): Way[] {
  return Object.entries(waysBefore).map(([way, collectives]) => {
    const open = collectives.filter((collective) => {
      const forced = forcedFor(collective);
      return forced === undefined || Object.hasOwn(waysBefore, forced);
    });
    return { way, of: BEFORE[way], collectives: open };
  });
}

/** Prints the table, or all that it tells as one JSON object. */
export function printCollectives(json: boolean): void {
  const rows = selectionTable(RANKS);
  if (json) {
    const forced = new Map(
      rows.flatMap(({ collective }) => {
        const name = forcedFor(collective);
        return name === undefined ? [] : [[overrideVariable(collective), name]];
      }),
    );
    const all = { before: ways(), forced: Object.fromEntries(forced), byMessages: rows };
    print(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  const before = ways().map(
    ({ way, of, collectives }) => `${way} (${of}): ${collectives.join(', ') || 'none'}`,
  );
  const lines = [...before, 'by messages:'];
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
