/**
 * The works of bench/contract.ts for two threads of Node that await each other's messages over any link: what the
 * JavaScript peers share. A round is written as its user would write it.
 */
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { WINDOW } from '../contract.js';

/** One end of a way to pass messages. */
export interface Link {
  send(bytes: Uint8Array): unknown;
  /** The next message, which has `size` bytes. */
  receive(size: number): Promise<Uint8Array>;
  close(): void;
}

/** Makes one end; the ports of the two ranks are entangled, to agree upon an address. */
export type Open = (rank: number, port: MessagePort) => Promise<Link>;

const rotateBytes = 64 * 1024 * 1024;
const answer = new Uint8Array(4);

/** What a rank has at hand in the rounds of one step. */
interface Step {
  readonly link: Link;
  readonly rank: number;
  readonly size: number;
  /** The buffers of the messages to send, and the number of the next one. */
  readonly sends: readonly Uint8Array[];
  next: number;
  /** The messages of this round. */
  readonly received: Uint8Array[];
  /** Messages of earlier rounds, when they are validated. */
  checked: number;
}

function send(step: Step): unknown {
  const bytes = step.sends[step.next];
  step.next = (step.next + 1) % step.sends.length;
  return step.link.send(bytes);
}

async function receive(step: Step, at = 0): Promise<void> {
  step.received[at] = await step.link.receive(step.size);
}

async function sendWindow(step: Step): Promise<void> {
  for (let i = 0; i < WINDOW; i++) await send(step);
}

async function receiveWindow(step: Step): Promise<void> {
  for (let i = 0; i < WINDOW; i++) await receive(step, i);
}

async function latency(step: Step): Promise<void> {
  if (step.rank === 0) {
    await send(step);
    await receive(step);
  } else {
    await receive(step);
    await send(step);
  }
}

async function bandwidth(step: Step): Promise<void> {
  if (step.rank === 0) {
    await sendWindow(step);
    await step.link.receive(answer.length);
  } else {
    await receiveWindow(step);
    await step.link.send(answer);
  }
}

async function bibw(step: Step): Promise<void> {
  await Promise.all([sendWindow(step), receiveWindow(step)]);
}

type Round = (step: Step) => Promise<void>;

const rounds: Readonly<Record<string, Round>> = { latency, bandwidth, bibw, 'message-rate': bandwidth };

/** Byte `at` of the message that rank `source` sends from its buffer `slot` in this round. */
const expected = (source: number, round: number, slot: number, at: number): number =>
  (31 * source + 7 * round + 3 * slot + at + (at >> 8)) & 255;

function fill({ rank, size, sends, next }: Step, round: number): void {
  const used = Math.min(WINDOW, sends.length);
  for (let i = 0; i < used; i++) {
    const slot = (next + i) % sends.length;
    for (let at = 0; at < size; at++) sends[slot][at] = expected(rank, round, slot, at);
  }
}

function check({ rank, size, sends, received, checked }: Step, round: number): void {
  for (const [i, bytes] of received.entries()) {
    const slot = (checked + i) % sends.length; // the sender's: both sides count alike
    for (let at = 0; at < size; at++)
      if (bytes[at] !== expected(1 - rank, round, slot, at))
        throw new Error(`validation failed: rank ${rank}, size ${size}, round ${round}, byte ${at}`);
  }
}

async function barrier({ link }: Step): Promise<void> {
  await link.send(answer);
  await link.receive(answer.length);
}

async function timed(step: Step, round: Round, count: number): Promise<number> {
  await barrier(step);
  const start = performance.now();
  for (let i = 0; i < count; i++) await round(step);
  return (performance.now() - start) / 1000;
}

async function validated(step: Step, round: Round, count: number): Promise<number> {
  let seconds = 0;
  for (let i = 0; i < count; i++) {
    fill(step, i);
    seconds += await timed(step, round, 1);
    await barrier(step); // what was sent without a copy has arrived, and may be filled again
    check(step, i);
    step.checked += step.received.length;
  }
  return seconds;
}

function makeStep(link: Link, rank: number, size: number, messages: number, rotate: boolean): Step {
  const slots = rotate ? Math.max(2, Math.min(messages, Math.floor(rotateBytes / Math.max(size, 64)))) : 1;
  // A memory of its own for each: what clones or transfers a view takes all that lies under it. Filled, so that
  // no page is new to the clock.
  const sends = Array.from({ length: slots }, () => new Uint8Array(size).fill(1));
  return { link, rank, size, sends, next: 0, received: [], checked: 0 };
}

/** All steps of a program, on one rank. Rank 0 tells each line. */
export async function perform(
  link: Link,
  rank: number,
  [work, buffers, validate, ...steps]: readonly string[],
  tell: (line: string) => void,
): Promise<void> {
  const round = rounds[work];
  if (round === undefined) throw new Error(`unknown work '${work}'`);
  for (const words of steps) {
    const [size, iterations, warmup] = words.split(':').map(Number);
    const step = makeStep(link, rank, size, (iterations + warmup) * WINDOW, buffers === 'rotate');
    const run = validate === '1' ? validated : timed;
    await run(step, round, warmup);
    const seconds = await run(step, round, iterations);
    // The other rank has checked its last message, too.
    await barrier(step);
    if (rank === 0) tell(`${size} ${iterations} ${seconds.toFixed(9)}`);
  }
}

/** What a rank has to say at its end. */
type Report = { readonly lines: readonly string[] } | { readonly error: string };

function startRanks(url: string): void {
  const { port1, port2 } = new MessageChannel();
  const workers = [port1, port2].map((port, rank) => {
    const workerData = { rank, port };
    return new Worker(new URL(url), { argv: process.argv.slice(2), workerData, transferList: [port] });
  });
  const fail = (message: string) => {
    if (process.exitCode !== 1) console.error(message); // the first reason: the other rank's follows from it
    process.exitCode = 1;
  };
  let running = workers.length;
  for (const worker of workers) {
    worker.on('message', (report: Report) => {
      if ('error' in report) fail(report.error);
      else process.stdout.write(report.lines.map((line) => `${line}\n`).join(''));
      running--;
      if (running > 0 && !('error' in report)) return;
      // Both close their ends: some addons abort in a thread that is ended with its sockets open.
      for (const each of workers) each.postMessage('end');
    });
    worker.on('error', (error) => {
      fail(error.message);
      process.exit();
    });
  }
}

async function runRank(open: Open): Promise<void> {
  const { rank, port } = workerData as { rank: number; port: MessagePort };
  const main = parentPort as MessagePort;
  const lines: string[] = [];
  let link: Link | undefined;
  main.once('message', () => {
    link?.close();
    port.close();
  });
  try {
    link = await open(rank, port);
    await perform(link, rank, process.argv.slice(2), (line) => lines.push(line));
    main.postMessage({ lines } satisfies Report);
  } catch (error) {
    main.postMessage({ error: (error as Error).message } satisfies Report);
  }
}

/** Runs the program at `url` as two threads, and in each of them the works over the link that `open` makes. */
export async function runPair(url: string, open: Open): Promise<void> {
  if (isMainThread) startRanks(url);
  else await runRank(open);
}
