/** Ranks that are processes of this host, each with the launcher as its parent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { JobControl } from '../../src/bootstrap/control.js';
import { type CreatedHome, createHome, createOutput, descriptorsOf } from '../../src/bootstrap/processes.js';
import type { Household } from '../../src/bootstrap/segment.js';
import type { Native } from '../../src/native.js';
import { betweenProcesses, type OutputShare } from '../output/words.js';
import { FrameReader, frame, type ProcessMessage, type ProcessOrders, reviveError } from '../rank/channel.js';
import type { RankOrders } from '../rank/orders.js';
import { byRank } from './households.js';
import { Piped } from './piped.js';
import type { LocalRanks, RankEvents, RankHandle, RankPlan } from './ranks.js';
import { rankFlags } from './v8-flags.js';

const startPath = fileURLToPath(new URL('../rank/process.js', import.meta.url));

/** What a rank still has to say arrives soon after its end. */
const lastWordsMsMax = 100;

/** What to do with the standard streams of the ranks. */
export interface ProcessStreams {
  /** The launcher hands the ranks their input chunk by chunk: more than one reads it, or it comes from elsewhere. */
  readonly fed: boolean;
  /** Their output is told, not written. */
  readonly relayed: boolean;
}

/** From SIGTERM, which a program may handle, to SIGKILL. */
const graceMsMax = 300;

export class ProcessRanks implements LocalRanks {
  readonly control: JobControl;
  readonly output: OutputShare;
  readonly #outputFd: number;
  /** File descriptors that this process still has. */
  readonly #open: Set<number>;
  /** By rank; those of other machines have none here. */
  readonly #households: readonly (Household | undefined)[];
  readonly #homes: readonly (CreatedHome | undefined)[];
  /** Read once: each variable is a call into the system's environment. */
  readonly #env = { ...process.env };
  readonly #streams: ProcessStreams;
  readonly #piped: Piped | undefined;

  constructor(native: Native, households: readonly Household[], streams: ProcessStreams) {
    this.#households = byRank(households, (household) => household);
    this.#homes = byRank(households, (household) => createHome(native, household));
    this.control = new JobControl(this.#homes);
    const { memory, fd } = createOutput(native);
    this.output = betweenProcesses(native, memory);
    this.#outputFd = fd;
    this.#open = new Set([fd, ...this.#homes.flatMap((home) => home?.fds ?? [])]);
    this.#streams = streams;
    if (streams.relayed) this.#piped = new Piped(this.output);
  }

  start(plan: RankPlan, orders: RankOrders, events: RankEvents): RankHandle {
    const input = !plan.stdin ? 'ignore' : this.#streams.fed ? 'pipe' : 'inherit';
    const output = this.#streams.relayed ? 'pipe' : 'inherit';
    const child = spawn(process.execPath, [...process.execArgv, ...rankFlags(), startPath, ...plan.args], {
      env: { ...this.#env, ...plan.env },
      stdio: [input, output, output, 'pipe', ...descriptorsOf(this.#homes[orders.rank]!, this.#outputFd)],
    });
    if (child.stdio === undefined) {
      child.on('error', () => {});
      throw new Error('no further process can be started: too many open files');
    }
    const channel = child.stdio[3] as Duplex;
    const household = this.#households[orders.rank]!;
    const spoken = this.#piped?.listen(child, orders, (message) => events.message(message));
    this.#listen(child, channel, events, spoken);
    channel.write(frame({ orders, household, parent: process.pid } satisfies ProcessOrders));
    const feed = this.#feedOf(child, events);
    return { end: () => this.#end(child), ...(feed && { feed }) };
  }

  started(): void {
    // Each rank has its own by now; the events are to wake it.
    this.#shut([this.#outputFd, ...this.#homes.flatMap((home) => home?.fds.slice(0, 1) ?? [])]);
  }

  taken(bytes: number): void {
    this.#piped?.taken(bytes);
  }

  close(): void {
    this.#shut([...this.#open]);
  }

  #shut(fds: readonly number[]): void {
    for (const fd of fds) if (this.#open.delete(fd)) closeSync(fd);
  }

  #listen(child: ChildProcess, channel: Duplex, events: RankEvents, spoken?: Promise<void>): void {
    let begun = false;
    const reader = new FrameReader((value) => {
      const message = value as ProcessMessage;
      if ('error' in message) events.error(reviveError(message.error), true);
      else events.message(message.message);
    });
    channel.on('data', (chunk: Buffer) => reader.add(chunk));
    channel.on('error', () => {}); // its end has closed it
    child.on('spawn', () => {
      begun = true;
    });
    child.on('error', (error) => {
      if (begun) return;
      events.error(error, false);
      events.exit(1);
    });
    child.on('exit', (code, signal) => {
      const tell = () => {
        clearTimeout(timer);
        channel.off('close', tell);
        const exit = () => events.exit(code ?? 0, signal ?? undefined);
        if (spoken === undefined) exit();
        else void spoken.then(exit);
      };
      const timer = setTimeout(tell, lastWordsMsMax);
      if (channel.closed) tell();
      else channel.on('close', tell);
    });
  }

  #feedOf(child: ChildProcess, events: RankEvents): RankHandle['feed'] {
    const { stdin } = child;
    if (stdin === null) return undefined;
    stdin.on('error', () => {}); // the rank has ended, or does not read
    setImmediate(() => events.message('pull'));
    return (chunk) => {
      if (chunk === null) stdin.end();
      else stdin.write(chunk, (error) => error ?? events.message('pull'));
    };
  }

  #end(child: ChildProcess): void {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMsMax);
    child.on('exit', () => clearTimeout(timer));
  }
}
