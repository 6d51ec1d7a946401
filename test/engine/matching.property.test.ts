/** Matching against the standard's rules, on random scripts of sends, receives and matched probes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import fc from 'fast-check';
import { type Kind, kinds } from '../support/kinds.js';
import { launch } from '../support/launch.js';
import { testAll, testSeed } from '../support/ranks.js';
import { illegal, type Outcome, type Script, scripts } from './script.js';

const JOB = fileURLToPath(new URL('./jobs/matching.js', import.meta.url));

/** Scripts of one job: enough that starting it does not matter. */
const scriptsAJob = 40;
const runs = testAll ? 20 : 2;
/** Shrinking starts a job for every attempt. */
const shrinkMsMax = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'mpi4ts-scripts-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
let jobs = 0;

/** Runs the scripts in one job; outcomes by rank, then by script. */
async function carryOut(batch: readonly Script[], ranks: number, kind: Kind): Promise<Outcome[][]> {
  const file = join(folder, `${jobs++}.json`);
  writeFileSync(file, JSON.stringify(batch));
  const words = [...kind.args, '-n', String(ranks), JOB, file];
  const run = await launch(words, { env: kind.env, timeoutMs: 60_000 });
  if (run.code !== 0) throw new Error(`exit code ${run.code} ${run.signal}\n${run.stdout}${run.stderr}`);
  return Array.from({ length: ranks }, (_, rank) => JSON.parse(readFileSync(`${file}.${rank}`, 'utf8')));
}

for (const kind of kinds) {
  for (const ranks of [1, 2, 3, 5]) {
    test.serial(`every outcome is legal: ${ranks} ranks, ${kind.name}`, async (t) => {
      const batches = fc.array(scripts(ranks), { minLength: scriptsAJob, maxLength: scriptsAJob });
      const check = async (batch: readonly Script[]) => {
        const outcomes = await carryOut(batch, ranks, kind);
        for (const [s, script] of batch.entries()) {
          for (let rank = 0; rank < ranks; rank++) {
            const problem = illegal(script, rank, outcomes[rank][s]);
            if (problem === undefined) continue;
            const seen = JSON.stringify(outcomes[rank][s]);
            throw new Error(`rank ${rank}: ${problem}\nscript ${JSON.stringify(script)}\nsaw ${seen}`);
          }
        }
      };
      const property = fc.asyncProperty(batches, (batch) =>
        check(batch).catch((error: Error) => {
          // The report of a property says with what it failed, not how.
          t.log(error.message);
          throw error;
        }),
      );
      const limits = {
        numRuns: runs,
        seed: testSeed,
        interruptAfterTimeLimit: shrinkMsMax * (testAll ? 10 : 1),
      };
      await t.notThrowsAsync(Promise.resolve(fc.assert(property, { ...limits, endOnFailure: true })));
    });
  }
}

const receive = (source: number, tag: number, from: number, message: number, late = false) => ({
  source,
  tag,
  late,
  matched: from >= 0,
  from,
  message,
});
const send = (dest: number, tag: number) => ({ kind: 'send' as const, dest, tag, bytes: 4, sync: false });

test('the model refuses what the standard forbids', (t) => {
  const script = [[send(1, 0), send(1, 0), send(1, 1)], []];
  const any = -1;
  const legal = [receive(0, any, 0, 0), receive(0, 0, 0, 1), receive(0, any, 0, 2)];
  t.is(illegal(script, 1, legal), undefined);
  const overtaken = [receive(0, 0, 0, 1), receive(0, 0, 0, 0), receive(0, 1, 0, 2)];
  t.regex(illegal(script, 1, overtaken) ?? '', /overtook/);
  t.regex(illegal(script, 1, legal.slice(0, 2)) ?? '', /lost/);
  const twice = [receive(0, 0, 0, 0), receive(0, 0, 0, 0), receive(0, 1, 0, 2)];
  t.regex(illegal(script, 1, twice) ?? '', /same message/);
  const misfit = [receive(0, 1, 0, 0), receive(0, 0, 0, 1), receive(0, any, 0, 2)];
  t.regex(illegal(script, 1, misfit) ?? '', /does not fit/);
  const skipped = [receive(0, 0, -1, -1), receive(0, 0, 0, 0), receive(0, 0, 0, 1), receive(0, 1, 0, 2)];
  t.regex(illegal(script, 1, skipped) ?? '', /got nothing/);
  const two = [[send(2, 0), send(2, 1)], [send(2, 0), send(2, 1)], []];
  const crossed = [
    receive(any, 0, 1, 0),
    receive(any, any, 0, 0),
    receive(1, 1, 1, 1),
    receive(0, any, 0, 1),
  ];
  t.is(illegal(two, 2, crossed), undefined);
  // Receive 1 took the second message of rank 0 before its first, which receive 2 got.
  const wrong = [receive(any, 0, 1, 0), receive(any, any, 0, 1), receive(0, any, 0, 0), receive(1, 1, 1, 1)];
  t.regex(illegal(two, 2, wrong) ?? '', /overtook/);
});
