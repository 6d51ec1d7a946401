/** Runs a plan: everybody in turn, block by block, never two at once. */
import { usableCores } from '../launcher/job/cores.js';
import type { Block, Contender, Sample, Step } from './contract.js';
import { iterationsMax } from './options.js';
import type { Plan } from './plan.js';

/** What one contender measured. */
export interface Series {
  readonly contender: Contender;
  readonly steps: readonly Step[];
  /** For each block the samples of all sizes. */
  readonly blocks: readonly (readonly Sample[])[];
}

/** Who hears of what happens while it runs. */
export interface Listener {
  /** What has begun; shown until the next. */
  progress(text: string): void;
  /** Something the user should know in any case, in one line. */
  tell(text: string): void;
}

export interface Outcome {
  /** Ours first; those that failed are not in it. */
  readonly series: readonly Series[];
  /** In one line each: who failed, and how. */
  readonly failures: readonly string[];
}

/** Calibration starts with so few rounds: of the largest messages they already take a while. */
const firstIterations = 8;

/** A pass that fell short of the time asked for is repeated with so many times its rounds, or more. */
const growth = 8;
const passesMax = 8;

/** So many rounds, if there are as many, go before the clock starts. */
const warmupMin = 20_000;

/** Where rounds are counted by time: how long those take, at the least, that go before the clock starts. */
const warmupSecondsMin = 0.05;

/** A pass whose rounds took less than this part of the time of those in the pass before was of code still being compiled. */
const steadyMin = 0.75;

function stepOf(size: number, iterations: number): Step {
  return { size, iterations, warmup: Math.max(Math.ceil(iterations / 10), Math.min(iterations, warmupMin)) };
}

/** How long the untimed rounds take that go before timed ones of `seconds`. */
function warmupSecondsOf(seconds: number): number {
  return Math.max(warmupSecondsMin, seconds / 10);
}

/** Rounds that take `seconds`, judged by a sample. */
function roundsIn(seconds: number, sample: Sample): number {
  const rounds = Math.round((seconds * sample.iterations) / sample.seconds);
  return Math.min(iterationsMax, Math.max(1, rounds));
}

/** Steps that take `seconds` each, judged by samples of the same sizes. */
export function calibrated(samples: readonly Sample[], seconds: number): Step[] {
  return samples.map((sample) => ({
    size: sample.size,
    iterations: roundsIn(seconds, sample),
    warmup: roundsIn(warmupSecondsOf(seconds), sample),
  }));
}

/** Whether the samples took long enough to judge by: shorter ones are of code that was not compiled yet. */
function telling({ iterations, seconds: took }: Sample, seconds: number): boolean {
  return took >= seconds / 2 || iterations >= iterationsMax;
}

/** Whether a sample's rounds took about as long as those of the one before, or longer. */
function steady(sample: Sample, before: Sample | undefined): boolean {
  if (before === undefined) return false;
  return sample.seconds / sample.iterations >= (steadyMin * before.seconds) / before.iterations;
}

/** The order of block `block`: each time somebody else begins, so that nobody always follows the same one. */
export function orderOf<T>(items: readonly T[], block: number): T[] {
  const first = items.length === 0 ? 0 : block % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

/** Times that every size is rehearsed: what is compiled for the first may have to be compiled anew for the second. */
const rehearsals = 3;

/** The untimed steps before the timed ones: all sizes, in turn, for as long as the contender needs. */
function rehearsalOf(plan: Plan, { rehearsal = 0 }: Contender, steps: readonly Step[]): Step[] {
  const { options, ranks } = plan;
  const inTurn = (warmupOf: (step: Step) => number) =>
    steps.map((step) => ({ size: step.size, iterations: 1, warmup: Math.ceil(warmupOf(step)) }));
  if (options.iterations !== undefined || rehearsal === 0) return inTurn(({ warmup }) => warmup);
  // Each rank compiles for itself.
  const seconds = rehearsal * Math.max(1, ranks / usableCores());
  const times = seconds / rehearsals / (warmupSecondsOf(options.seconds) * steps.length);
  const once = inTurn(({ warmup }) => warmup * Math.max(1, times));
  return Array.from({ length: rehearsals }, () => once).flat();
}

/**
 * One process of a contender: the rehearsal, then all sizes in earnest. Code that is compiled while it runs, and compiled
 * anew for each kind of message it meets, has then met them all.
 */
async function perform(plan: Plan, contender: Contender, steps: readonly Step[]): Promise<Sample[]> {
  const { work, ranks, options } = plan;
  const rehearsal = rehearsalOf(plan, contender, steps);
  const block: Block = {
    work,
    ranks,
    steps: [...rehearsal, ...steps],
    buffers: options.buffers,
    validate: options.validate,
  };
  return (await contender.run(block)).slice(rehearsal.length);
}

async function stepsFor(plan: Plan, contender: Contender): Promise<readonly Step[]> {
  const { iterations, seconds } = plan.options;
  if (iterations !== undefined) return plan.sizes.map((size) => stepOf(size, iterations));
  let steps = plan.sizes.map((size) => stepOf(size, firstIterations));
  let before: readonly Sample[] = [];
  for (let pass = 0; ; pass++) {
    const samples = await perform(plan, contender, steps);
    const next = calibrated(samples, seconds);
    const settled = (sample: Sample, i: number) => telling(sample, seconds) && steady(sample, before[i]);
    if (pass === passesMax || samples.every(settled)) return next;
    before = samples;
    steps = next.map(({ size, iterations }, i) => {
      const least = telling(samples[i], seconds) ? 1 : growth * samples[i].iterations;
      return stepOf(size, Math.min(iterationsMax, Math.max(iterations, least)));
    });
  }
}

/** Those of `contenders` that are here and can do the work; what the others lack is told once. */
function present(plan: Plan, contenders: readonly Contender[], { tell }: Listener): Contender[] {
  const lacks = ({ name, works, ranks = plan.ranks, missing }: Contender) => {
    if (missing !== undefined) return missing;
    if (!works.includes(plan.work)) return `${name} has no ${plan.work}`;
    return ranks === plan.ranks ? undefined : `${name} has ${ranks} ranks only`;
  };
  for (const lack of new Set(contenders.map(lacks))) if (lack !== undefined) tell(`skipped: ${lack}`);
  return contenders.filter((contender) => lacks(contender) === undefined);
}

interface Runner {
  readonly contender: Contender;
  readonly blocks: (readonly Sample[])[];
  steps: readonly Step[];
  failure?: string;
}

/** Does one thing with a contender. Afterwards one that failed takes no further part. */
async function attempt(runner: Runner, listener: Listener, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    runner.failure = line;
    listener.tell(runner.failure);
  }
}

/**
 * Runs all blocks of all contenders, the first of which is ours: if it fails, the others have nothing to be compared
 * with, and the run ends.
 */
export async function measure(
  plan: Plan,
  contenders: readonly Contender[],
  listener: Listener,
): Promise<Outcome> {
  const runners: Runner[] = present(plan, contenders, listener).map((contender) => ({
    contender,
    blocks: [],
    steps: [],
  }));
  const active = () => (runners[0]?.failure === undefined ? runners.filter((runner) => !runner.failure) : []);
  for (const runner of runners) {
    if (!active().includes(runner)) continue;
    listener.progress(`calibrating ${runner.contender.name}`);
    await attempt(runner, listener, async () => {
      runner.steps = await stepsFor(plan, runner.contender);
    });
  }
  for (let block = 0; block < plan.blocks; block++)
    for (const runner of orderOf(active(), block)) {
      if (!active().includes(runner)) continue;
      listener.progress(`block ${block + 1} of ${plan.blocks}: ${runner.contender.name}`);
      await attempt(runner, listener, async () => {
        runner.blocks.push(await perform(plan, runner.contender, runner.steps));
      });
    }
  return {
    series: active().map(({ contender, steps, blocks }) => ({ contender, steps, blocks })),
    failures: runners.flatMap(({ failure }) => failure ?? []),
  };
}
