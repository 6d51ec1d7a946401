/**
 * Measures PRTT between two ranks. Arguments: MODE MESSAGES REPETITIONS ROUNDS SIZE ... Rank 0 prints a JSON object
 * of type `JobResult`. MODE is `send` (eager regimes: Send) or `isend` (rendezvous: Isend, and Waitall after the
 * answer: a blocking Send would wait for the transfer, and count it as overhead). ROUNDS 0: as many PRTTs in one
 * timed stretch as take a tenth of a millisecond.
 */
import { MPI } from 'mpi4ts';
import type { SizeSamples } from './fit.js';
import { clockNs, spin, turnNs } from './spin.js';

export interface JobResult {
  readonly clockNs: number;
  readonly samples: SizeSamples[];
}

const stretchNs = 100_000;
const roundsMax = 1000;
/** Delays are longer than what they are to outlast by so much. */
const slack = 1.5;
/** No delay is longer, so that a run ends on a machine that is too busy to tell anything. */
const delayNsMax = (size: number) => 100_000 + 2 * size;
const triesForQuickest = 50;
const ORDER = 1;

const comm = MPI.COMM_WORLD;
const [mode, ...numbers] = process.argv.slice(2);
const [messages, repetitions, roundsAsked, ...sizes] = numbers.map(Number);
const status = new MPI.Status();
/** Rounds, messages and size that rank 1 is to serve next; rounds 0: it may go. */
const order = new Float64Array(3);
const requests: MPI.Request[] = [];

function send(buffer: Uint8Array): void {
  if (mode === 'send') comm.Send(buffer, 1, 0);
  else requests.push(comm.Isend(buffer, 1, 0));
}

/** One PRTT: n messages with `turns` turns between them, and `after` turns before the answer is received. */
function round(buffer: Uint8Array, answer: Uint8Array, n: number, turns: number, after: number): void {
  send(buffer);
  for (let i = 1; i < n; i++) {
    if (turns > 0) spin(turns);
    send(buffer);
  }
  if (after > 0) spin(after);
  comm.Recv(answer, 1, 0, status);
  if (requests.length > 0) {
    MPI.Request.Waitall(requests);
    requests.length = 0;
  }
}

function serve(): void {
  for (;;) {
    comm.Recv(order, 0, ORDER, status);
    const [rounds, n, size] = order;
    if (rounds === 0) return;
    const buffer = new Uint8Array(size);
    for (let i = 0; i < rounds; i++) {
      for (let k = 0; k < n; k++) comm.Recv(buffer, 0, 0, status);
      comm.Send(buffer, 0, 0);
    }
  }
}

const clock = clockNs();
const nsPerTurn = turnNs();

function nsOf(action: () => void, rounds: number): number {
  const start = performance.now();
  for (let i = 0; i < rounds; i++) action();
  // Never 0: the clock's own cost is a lower bound of what it can tell.
  return Math.max((performance.now() - start) * 1e6 - clock, clock / 2) / rounds;
}

/** Rank 1 serves so many rounds from now on. */
function ask(rounds: number, n: number, size: number): void {
  order.set([rounds, n, size]);
  comm.Send(order, 1, ORDER);
}

/** Nanoseconds of PRTT(1, 0, size) when nothing disturbs it: the measure of the delays. */
function quickestRound(size: number): number {
  const [buffer, answer] = [new Uint8Array(size), new Uint8Array(size)];
  ask(triesForQuickest, 1, size);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < triesForQuickest; i++) {
    least = Math.min(
      least,
      nsOf(() => round(buffer, answer, 1, 0, 0), 1),
    );
  }
  return least;
}

/** Nanoseconds a PRTT; one round before the clock starts tells that rank 1 is ready. */
function prtt(size: number, rounds: number, n: number, turns: number, after: number): number {
  const buffer = new Uint8Array(size).fill(1);
  const answer = new Uint8Array(size);
  ask(rounds + 1, n, size);
  round(buffer, answer, n, turns, after);
  return nsOf(() => round(buffer, answer, n, turns, after), rounds);
}

function turnsFor(ns: number): number {
  return Math.max(1, Math.ceil(ns / nsPerTurn));
}

function measure(size: number): SizeSamples {
  prtt(size, roundsAsked || roundsMax, messages, 1, 1); // compiled from here on
  const quickest = quickestRound(size);
  const rounds = roundsAsked || Math.min(roundsMax, Math.max(1, Math.ceil(stretchNs / quickest)));
  // One round trip is more than any gap, and enough for the answer to be there.
  const turns = turnsFor(Math.min(slack * quickest, delayNsMax(size)));
  const samples = { one: [], many: [], spaced: [], delay: [], late: [], lateDelay: [] } as Record<
    Exclude<keyof SizeSamples, 'size'>,
    number[]
  >;
  for (let i = 0; i < repetitions; i++) {
    samples.one.push(prtt(size, rounds, 1, 0, 0));
    samples.many.push(prtt(size, rounds, messages, 0, 0));
    samples.spaced.push(prtt(size, rounds, messages, turns, 0));
    const delay = nsOf(() => spin(turns), rounds);
    samples.delay.push(delay);
    samples.late.push(prtt(size, rounds, 1, 0, turns));
    samples.lateDelay.push(delay);
  }
  return { size, ...samples };
}

if (comm.rank === 0) {
  const samples = sizes.map(measure);
  ask(0, 0, 0);
  console.log(JSON.stringify({ clockNs: clock, samples } satisfies JobResult));
} else if (comm.rank === 1) serve();
