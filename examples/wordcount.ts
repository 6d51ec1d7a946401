/**
 * Counts the words of text files. Rank 0 hands a file to whichever rank asks next, and merges the counts; files
 * and counts travel as JavaScript objects.      mpirun -n 4 examples/wordcount.ts [file...]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MPI } from 'mpi4ts';

type Counts = Map<string, number>;

const comm = MPI.COMM_WORLD;
const { rank, size } = comm;
const tagResult = 1;
const tagText = 2;

function count(text: string): Counts {
  const counts: Counts = new Map();
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function merge(into: Counts, counts: Counts): void {
  for (const [word, times] of counts) into.set(word, (into.get(word) ?? 0) + times);
}

/** The files named on the command line, or the sources of the examples. */
function texts(): string[] {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const sources = readdirSync(here).filter((name) => name.endsWith('.ts'));
  const files = process.argv.length > 2 ? process.argv.slice(2) : sources.map((name) => here + name);
  return files.map((file) => readFileSync(file, 'utf8'));
}

/** Gives out the texts one by one; `null` sends a rank home. */
function coordinate(all: string[]): Counts {
  const total: Counts = new Map();
  const waiting = [...all];
  if (size === 1) for (const text of waiting.splice(0)) merge(total, count(text));
  const status = new MPI.Status();
  for (let working = size - 1; working > 0; ) {
    const counts = comm.recv(MPI.ANY_SOURCE, tagResult, status) as Counts;
    merge(total, counts);
    const text = waiting.shift() ?? null;
    comm.send(text, status.Get_source(), tagText);
    if (text === null) working--;
  }
  return total;
}

/** Asks for work by delivering the counts of the last text, at first none. */
function work(): void {
  let counts: Counts = new Map();
  for (;;) {
    comm.send(counts, 0, tagResult);
    const text = comm.recv(0, tagText) as string | null;
    if (text === null) return;
    counts = count(text);
  }
}

if (rank !== 0) {
  work();
} else {
  const all = texts();
  const total = coordinate(all);
  const serial = count(all.join('\n'));
  for (const [word, times] of serial) {
    if (total.get(word) !== times)
      throw new Error(`'${word}': ${total.get(word)} in parallel, ${times} in serial`);
  }
  if (total.size !== serial.size)
    throw new Error(`${total.size} words in parallel, ${serial.size} in serial`);
  const sum = [...total.values()].reduce((a, b) => a + b, 0);
  console.log(
    `${all.length} texts on ${size} ranks: ${sum} words, ${total.size} different, as in the serial count`,
  );
  const byCount = [...total].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  for (const [word, times] of byCount.slice(0, 5)) console.log(`${String(times).padStart(6)}  ${word}`);
}
