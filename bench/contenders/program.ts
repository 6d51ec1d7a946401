/** Runs a contender's program on one block and reads what it prints. */
import { type Program, runToSuccess } from '../command.js';
import {
  argumentsOf,
  type Block,
  isCollective,
  isOfObjects,
  type Sample,
  WINDOW,
  type Work,
} from '../contract.js';
import { usableCores } from '../cores.js';

/** Messages one after the other, or at once, in one round of a work. */
function messagesOf(work: Work, ranks: number): number {
  if (work === 'ring' || work === 'barrier') return ranks;
  if (isCollective(work) || isOfObjects(work)) return 2 * ranks;
  if (work === 'bandwidth' || work === 'message-rate') return WINDOW;
  return work === 'bibw' ? 2 * WINDOW : 2;
}

/** How long a block may take: far more than any contender should need, and not for ever. */
function limitMsOf({ work, ranks, steps, validate }: Block): number {
  // Ranks that spin on shared cores take a time slice a message.
  const messageMs = ranks > usableCores() ? 50 : 1;
  const byteMs = validate ? 1e-4 : 2e-5;
  const messages = messagesOf(work, ranks);
  const stepMs = steps.map(
    ({ size, iterations, warmup }) => (iterations + warmup) * messages * (messageMs + size * byteMs),
  );
  return stepMs.reduce((sum, ms) => sum + ms, 60_000);
}

/** Reads a program's output: one line a step, in order. Throws an Error with one line if it is anything else. */
function parseSamples({ steps }: Block, stdout: string): Sample[] {
  const lines = stdout.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const samples = steps.map(({ size, iterations }, at) => {
    const line = lines[at] ?? '';
    const [, sizeText, iterationsText, secondsText] = /^(\d+) (\d+) (\d+\.\d+)$/.exec(line) ?? [];
    const seconds = Number(secondsText);
    if (Number(sizeText) === size && Number(iterationsText) === iterations && seconds > 0)
      return { size, iterations, seconds };
    throw new Error(
      `printed ${JSON.stringify(line.slice(0, 60))} instead of '${size} ${iterations} SECONDS'`,
    );
  });
  if (lines.length === steps.length) return samples;
  throw new Error(`printed ${lines.length} lines for ${steps.length} sizes`);
}

/**
 * Runs a contender's program on one block.
 * @throws Error with one line that begins with `name`, if it fails, takes too long or prints anything else.
 */
export async function runBlock(
  name: string,
  { command, args, env = {} }: Program,
  block: Block,
  limitMs = limitMsOf(block),
): Promise<Sample[]> {
  const what = `${name}, ${block.work}`;
  const program = { command, args: [...args, ...argumentsOf(block)], env };
  const { stdout } = await runToSuccess(what, program, limitMs);
  try {
    return parseSamples(block, stdout);
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`);
  }
}
