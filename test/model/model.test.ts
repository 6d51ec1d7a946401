/**
 * Explores the models of the ring and doorbell protocol (`ring.pml`), of a copy by two threads (`shared-copy.pml`) and of
 * collectives over shared memory (`meeting.pml`) with SPIN: as they are, they have no error in any state that can be reached; with any one of its mutants each has the
 * error expected of that mutant.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type Outcome, runProgram } from '../support/nodes.js';

type Model = 'ring' | 'shared-copy' | 'meeting';
const fileOf = (model: Model) => fileURLToPath(new URL(`../../../test/model/${model}.pml`, import.meta.url));

/** Of one process: SPIN, the compiler, or the search. The longest takes 20 s on two busy cores. */
const processMsMax = 200_000;
/** The longest path has about 1700 steps. */
const depthMax = 100_000;
/** The largest search needs 1060 MB. */
const memoryMbMax = 2000;

const ASSERTION = /pan:1: assertion violated/;
const ASLEEP = /pan:1: invalid end state/;

/** What is wrong in each mutant is told where its model uses its name. */
const ringMutants: Record<string, RegExp> = {
  // Orders of stores.
  PLAIN_COMMIT: ASSERTION,
  NO_FENCE: ASLEEP,
  HEADER_FIRST: ASSERTION,
  // Sleep and wake.
  NO_RECHECK: ASLEEP,
  NO_MODE_LOOK: ASLEEP,
  PARKED_LOOK_FIRST: ASLEEP,
  NOTIFY_ONLY: ASLEEP,
  SILENT_COOL: ASLEEP,
  NO_SPACE_WAKE: ASLEEP,
  // Reuse of lines.
  NO_CLEAR: ASSERTION,
  WRONG_CLEAR: ASSERTION,
  NO_PAD_CLEAR: ASSERTION,
  NO_SPARE_LINE: ASSERTION,
  FREE_FIRST: ASSERTION,
};
const sharedCopyMutants: Record<string, RegExp> = {
  NO_WAIT: ASSERTION,
  COUNT_FIRST: ASSERTION,
  TARGET_FIRST: ASSERTION,
  OPEN_EARLY: ASSERTION,
  FROM_ZERO: ASLEEP,
};

const meetingMutants: Record<string, RegExp> = {
  NUMBER_FIRST: ASSERTION,
  NO_CLEAR: ASSERTION,
  CLEAR_LATE: ASSERTION,
  KNOWN_TOO_MUCH: ASSERTION,
  LEAVE_FIRST: ASSERTION,
  NO_DEPART: ASSERTION,
  NO_FENCE: ASLEEP,
  NO_RECHECK: ASLEEP,
  LEAVE_SILENTLY: ASLEEP,
};

const words = ({ stdout, stderr }: Outcome) => `${stdout}\n${stderr}`;

async function must(command: string, args: readonly string[], cwd: string): Promise<void> {
  const outcome = await runProgram(command, args, { cwd, timeoutMs: processMsMax });
  if (outcome.code === 0) return;
  throw new Error(`${command}: ended with ${outcome.signal ?? `code ${outcome.code}`}\n${words(outcome)}`);
}

/** What the search says. `thorough` pays for an optimized search. */
async function explore(model: Model, defines: readonly string[], thorough: boolean): Promise<string> {
  const path = (process.env.PATH ?? '').split(delimiter);
  if (!path.some((folder) => existsSync(join(folder, 'spin')))) {
    throw new Error('the model checker `spin` is not installed: install the Debian package spin');
  }
  const folder = await mkdtemp(join(tmpdir(), 'mpi4ts-model-'));
  try {
    await must('spin', ['-a', ...defines.map((define) => `-D${define}`), fileOf(model)], folder);
    const flags = [thorough ? '-O1' : '-O0', '-w', '-DSAFETY', `-DMEMLIM=${memoryMbMax}`];
    await must('cc', [...flags, '-o', 'pan', 'pan.c'], folder);
    // Errors do not show in the exit code of a search.
    const search = await runProgram(join(folder, 'pan'), [`-m${depthMax}`, '-w22'], {
      cwd: folder,
      timeoutMs: processMsMax,
    });
    return words(search);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs at most two searches at a time, whatever ava starts at once. */
const lanes = [Promise.resolve(''), Promise.resolve('')];
function inLane(lane: number, model: Model, defines: readonly string[], thorough: boolean): Promise<string> {
  const result = lanes[lane].then(() => explore(model, defines, thorough));
  lanes[lane] = result.catch(() => '');
  return result;
}

function testProtocol(title: string, model: Model, defines: readonly string[], statesMin: number): void {
  test(title, async (t) => {
    const said = await inLane(0, model, defines, true);
    const states = Number(/(\d+) states, stored/.exec(said)?.[1]);
    t.log(`${states} states`);
    t.regex(said, /errors: 0\n/);
    t.regex(said, /Full statespace search for:/);
    t.regex(said, /assertion violations\t\+/);
    t.regex(said, /invalid end states\t\+/);
    t.notRegex(said, /Search not completed|max search depth too small|Bit statespace|Hash-Compact/i, said);
    t.true(states >= statesMin, said);
  });
}

function testMutant(model: Model, mutant: string, expected: RegExp, lane: number): void {
  test(`${model}: the mutant ${mutant} is caught`, async (t) => {
    const said = await inLane(lane, model, mutant === 'NO_FENCE' ? ['FENCED', mutant] : [mutant], false);
    t.regex(said, /errors: 1\n/);
    t.regex(said, expected);
  });
}

const whole = 'nothing lost, torn or overwritten';
testProtocol(`one way, over three laps of the ring: ${whole}`, 'ring', [], 1_000_000);
const bothWays = ['LINES=4', 'SIZES=0', 'SEND0=4', 'SEND1=2', 'LAPS=1', 'AWAIT'];
testProtocol(`both ways at once: ${whole}`, 'ring', bothWays, 100_000);
testProtocol(`one way, by plain stores and fences: ${whole}`, 'ring', ['FENCED'], 1_000_000);
testProtocol(`both ways, by plain stores and fences: ${whole}`, 'ring', [...bothWays, 'FENCED'], 100_000);
testProtocol('a copy by two threads: each chunk once, in its own copy', 'shared-copy', [], 15_000);
const meetings = 'meetings: what is read is what was written, what is lent stays as it is';
testProtocol(`${meetings}, 2 members`, 'meeting', [], 100_000);
testProtocol(`${meetings}, one root after the other`, 'meeting', ['KINDS=33321'], 80_000);
testProtocol(`${meetings}, 3 members`, 'meeting', ['MEMBERS=3', 'COUNT=4', 'KINDS=2432'], 5_000_000);

for (const [index, [mutant, expected]] of Object.entries(ringMutants).entries()) {
  // Two thirds beside the long searches, the rest behind them: both lanes then end at about the same time.
  testMutant('ring', mutant, expected, index % 3 === 0 ? 0 : 1);
}
for (const [mutant, expected] of Object.entries(sharedCopyMutants)) {
  testMutant('shared-copy', mutant, expected, 1);
}
for (const [mutant, expected] of Object.entries(meetingMutants)) {
  testMutant('meeting', mutant, expected, 1);
}
