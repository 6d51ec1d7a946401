/** The programs in README.md and docs/ run as they stand, and print what stands under them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type Row, selectionTable } from '../../src/coll/index.js';
import { launch } from '../support/launch.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((file) => `docs/${file}`)].filter((file) =>
  file.endsWith('.md'),
);
const read = (page: string) => readFileSync(join(root, page), 'utf8');

const directory = mkdtempSync(join(tmpdir(), 'mpi4ts-pages-'));
test.after.always(() => rmSync(directory, { recursive: true }));

/** A program, and the output under it, if there is any. */
const program = /```ts\n(import \{ MPI \} from 'mpi4ts';\n\n[\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g;

for (const page of pages) {
  for (const [index, [, text, output]] of [...read(page).matchAll(program)].entries()) {
    test.serial(`${page}, program ${index + 1}`, async (t) => {
      writeFileSync(join(directory, 'job.ts'), text);
      const { code, stdout, stderr } = await launch(['-n', '4', 'job.ts'], { cwd: directory });
      const stuck = output?.startsWith('mpirun: deadlock') === true;
      t.is(code, stuck ? 35 : 0, stderr);
      if (output !== undefined) t.is(stuck ? stderr : stdout, output);
    });
  }
}

function size(bytes: number): string {
  const unit = Math.floor(Math.log2(bytes) / 10);
  return `${bytes / 1024 ** unit} ${['B', 'KiB', 'MiB', 'GiB'][unit]}`;
}

/** One choice, with the predicted microseconds. */
function cell({ fromBytes, use, predictedUs }: Row): string {
  const words = `${use} (${Number(predictedUs.toPrecision(2))})`;
  return fromBytes === 0 ? words : `from ${size(fromBytes)} ${words}`;
}

test('the table of algorithms is that of the code', (t) => {
  const counts = [2, 4, 8, 64];
  const rows = selectionTable(counts);
  const heads = new Set(rows.map(({ collective, model }) => `| ${collective} | ${model} |`));
  const lines = [...heads].map((head) => {
    const own = rows.filter(({ collective, model }) => head === `| ${collective} | ${model} |`);
    const cells = counts.map((ranks) => own.filter((row) => row.ranks === ranks).map(cell));
    return `${head} ${cells.map((choices) => choices.join('; ')).join(' | ')} |`;
  });
  const table = lines.join('\n');
  t.true(read('docs/collectives.md').includes(table), `docs/collectives.md should have\n${table}`);
});
