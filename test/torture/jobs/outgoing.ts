/** The sending side of a rank in an exchange: its messages in order, each in its mode, some taken back. */
import { MPI } from 'mpi4ts';
import { allocate, fill, type Memory, ruin } from './contents.js';
import type { Counts } from './counts.js';
import { type Message, type Random, VERDICT, VERDICT_BYTES } from './schedule.js';

/** Sends under way at a time. */
const WINDOW = 64;

interface Sent {
  readonly message: Message | null;
  readonly dest: number;
  readonly memory: Memory;
  readonly request: MPI.Request;
}

export class Outgoing {
  readonly #comm: MPI.Comm;
  readonly #seed: number;
  readonly #random: Random;
  readonly #counts: Counts;
  readonly #queue: Message[];
  readonly #mayWaitFor: (dest: number) => boolean;
  readonly #verdicts: { dest: number; words: [number, number] }[] = [];
  #open: Sent[] = [];
  /** Sends that are over and were not taken back. */
  delivered = 0;

  constructor(
    comm: MPI.Comm,
    seed: number,
    random: Random,
    counts: Counts,
    queue: Message[],
    mayWaitFor: (dest: number) => boolean,
  ) {
    this.#comm = comm;
    this.#seed = seed;
    this.#random = random;
    this.#counts = counts;
    this.#queue = [...queue].reverse();
    this.#mayWaitFor = mayWaitFor;
  }

  get over(): boolean {
    return this.#queue.length === 0 && this.#open.length === 0 && this.#verdicts.length === 0;
  }

  get state(): string {
    return `${this.#queue.length} to send, ${this.#open.length} sends open`;
  }

  /** Starts the next send. */
  start(): void {
    if (this.#open.length >= WINDOW) return;
    const verdict = this.#verdicts.shift();
    if (verdict !== undefined) {
      const memory = allocate(VERDICT_BYTES, this.#random);
      memory.bytes.set(new Uint8Array(Int32Array.from(verdict.words).buffer));
      const request = this.#comm.Isend(memory.buffer, verdict.dest, VERDICT);
      this.#open.push({ message: null, dest: verdict.dest, memory, request });
      return;
    }
    const message = this.#queue.pop();
    if (message !== undefined) this.#send(message);
  }

  #send(message: Message): void {
    const { dest, tag, mode } = message;
    const memory = allocate(message.bytes, this.#random);
    fill(memory.bytes, this.#seed, message.index);
    this.#counts.add(mode);
    const request = this.#comm[mode](memory.buffer, dest, tag);
    if (request === undefined) {
      this.delivered++;
      ruin(memory.bytes);
    } else this.#open.push({ message, dest, memory, request });
  }

  /** Tries to take one back that is meant for it; what became of it, its receiver is told. */
  cancel(): void {
    const sent = this.#pick((one) => one.message?.cancel === true);
    sent?.request.Cancel();
  }

  /** Completes some, if they are complete. */
  test(): void {
    if (this.#open.length === 0) return;
    const requests = this.#open.map(({ request }) => request);
    const status = new MPI.Status();
    const statuses: MPI.Status[] = [];
    switch (this.#random(5)) {
      case 0: {
        const index = this.#random(requests.length);
        if (requests[index].Test(status)) this.#end([index], [status]);
        break;
      }
      case 1: {
        const [index, flag] = MPI.Request.Testany(requests, status);
        if (flag) this.#end([index], [status]);
        break;
      }
      case 2:
        this.#end(MPI.Request.Testsome(requests, statuses) ?? [], statuses);
        break;
      case 3:
        if (MPI.Request.Testall(requests, statuses)) this.#end([...requests.keys()], statuses);
        break;
      default: {
        const index = this.#random(requests.length);
        if (!this.#mayWaitFor(this.#open[index].dest)) break;
        requests[index].Wait(status);
        this.#end([index], [status]);
      }
    }
  }

  /** Waits for some or all: nobody waits for this rank any more. */
  wait(): void {
    const requests = this.#open.map(({ request }) => request);
    const status = new MPI.Status();
    const statuses: MPI.Status[] = [];
    const family = this.#random(3);
    if (requests.length === 0) return;
    if (family === 0) this.#end([MPI.Request.Waitany(requests, status)], [status]);
    else if (family === 1) this.#end(MPI.Request.Waitsome(requests, statuses) ?? [], statuses);
    else {
      MPI.Request.Waitall(requests, statuses);
      this.#end([...requests.keys()], statuses);
    }
  }

  #pick(wanted: (sent: Sent) => boolean): Sent | undefined {
    const some = this.#open.filter(wanted);
    return some[this.#random(Math.max(1, some.length))];
  }

  #end(indices: readonly number[], statuses: readonly MPI.Status[]): void {
    const ended = new Set(indices);
    indices.forEach((index, i) => {
      const { message, dest, memory } = this.#open[index];
      const cancelled = statuses[i].Is_cancelled();
      ruin(memory.bytes);
      if (!cancelled) this.delivered++;
      if (message?.cancel !== true) return;
      this.#counts.add(cancelled ? 'sends cancelled' : 'sends not cancelled in time');
      this.#verdicts.push({ dest, words: [message.index, cancelled ? 0 : 1] });
    });
    this.#open = this.#open.filter((_, index) => !ended.has(index));
  }
}
