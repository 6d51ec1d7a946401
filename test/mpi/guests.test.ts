import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { testRanks } from '../support/ranks.js';

const copy = mkdtempSync(join(tmpdir(), 'mpi4ts-copy-'));
cpSync(fileURLToPath(new URL('../../src', import.meta.url)), join(copy, 'src'), { recursive: true });
writeFileSync(join(copy, 'package.json'), JSON.stringify({ name: 'mpi4ts', type: 'module' }));
// The copy loads the very file of the addon that the job has loaded.
const prebuilds = fileURLToPath(new URL('../../../prebuilds', import.meta.url));
if (existsSync(prebuilds)) symlinkSync(prebuilds, join(copy, 'prebuilds'));
process.env.MPI4TS_TEST_COPY = join(copy, 'src', 'index.js');
test.after.always(() => rmSync(copy, { recursive: true, force: true }));

testRanks(import.meta.url, './jobs/guests.js', { ranks: [1, 2, 4] });

test('without a launcher a program is a world of one', (t) => {
  const world = fileURLToPath(new URL('./jobs/world.js', import.meta.url));
  const output = execFileSync(process.execPath, [world], { encoding: 'utf8', timeout: 30_000 });
  t.deepEqual(JSON.parse(output), { rank: 0, size: 1, echo: 42 });
});
