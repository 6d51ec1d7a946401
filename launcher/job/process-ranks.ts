/** Ranks that are processes of this host, each with the launcher as its parent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { JobControl } from '../../src/bootstrap/control.js';
import {
  type CreatedHome,
  createHome,
  createOutput,
  descriptorsOf,
  type Household,
} from '../../src/bootstrap/processes.js';
import type { Native } from '../../src/native.js';
import { betweenProcesses, type OutputShare } from '../output/words.js';
import {
  type ErrorReport,
  FrameReader,
  frame,
  type ProcessMessage,
  type ProcessOrders,
} from '../rank/channel.js';
import type { RankOrders } from '../rank/orders.js';
import type { RankEvents, RankHandle, RankPlan, Ranks } from './ranks.js';
import { rankFlags } from './v8-flags.js';

const startPath = fileURLToPath(new URL('../rank/process.js', import.meta.url));

/** What a rank still has to say arrives soon after its end. */
const lastWordsMsMax = 100;

/** From SIGTERM, which a program may handle, to SIGKILL. */
const graceMsMax = 300;

/** An error of another process. What is thrown need not be an error: then it is its text. */
function revive({ name, message, stack, text }: ErrorReport): unknown {
  if (stack === undefined) return text;
  const error = Object.assign(new Error(message), { stack });
  return Object.defineProperties(error, {
    name: { value: name },
    [inspect.custom]: { value: () => text },
  });
}

export class ProcessRanks implements Ranks {
  readonly control: JobControl;
  readonly output: OutputShare;
  readonly #outputFd: number;
  /** File descriptors that this process still has. */
  readonly #open: Set<number>;
  readonly #households: readonly Household[];
  readonly #homes: readonly CreatedHome[];
  /** More than one rank reads the launcher's standard input: it hands each a copy. */
  readonly #copiesInput: boolean;

  /** With `sockets`, each rank lives in a segment of its own. */
  constructor(native: Native, size: number, cores: number, readers: number, sockets: boolean) {
    const members = Array.from({ length: size }, (_, rank) => rank);
    const all = { members, size, sockets };
    this.#households = members.map((rank) => (sockets ? { ...all, members: [rank] } : all));
    const shared = sockets ? undefined : createHome(native, all, cores);
    this.#homes = this.#households.map((household) => shared ?? createHome(native, household, cores));
    this.control = new JobControl(this.#homes);
    const { memory, fd } = createOutput(native);
    this.output = betweenProcesses(native, memory);
    this.#outputFd = fd;
    this.#open = new Set([fd, ...this.#homes.flatMap(({ fds }) => fds)]);
    this.#copiesInput = readers > 1;
  }

  start(plan: RankPlan, orders: RankOrders, events: RankEvents): RankHandle {
    const input = !plan.stdin ? 'ignore' : this.#copiesInput ? 'pipe' : 'inherit';
    const child = spawn(process.execPath, [...process.execArgv, ...rankFlags(), startPath, ...plan.args], {
      env: plan.env,
      stdio: [
        input,
        'inherit',
        'inherit',
        'pipe',
        ...descriptorsOf(this.#homes[orders.rank], this.#outputFd),
      ],
    });
    if (child.stdio === undefined) {
      child.on('error', () => {});
      throw new Error('no further process can be started: too many open files');
    }
    const channel = child.stdio[3] as Duplex;
    const household = this.#households[orders.rank];
    this.#listen(child, channel, events);
    channel.write(frame({ orders, household, parent: process.pid } satisfies ProcessOrders));
    const feed = this.#feedOf(child, events);
    return { end: () => this.#end(child), ...(feed && { feed }) };
  }

  started(): void {
    // Each rank has its own by now; the events are to wake it.
    this.#shut([this.#outputFd, ...this.#homes.map(({ fds }) => fds[0])]);
  }

  close(): void {
    this.#shut([...this.#open]);
  }

  #shut(fds: readonly number[]): void {
    for (const fd of fds) if (this.#open.delete(fd)) closeSync(fd);
  }

  #listen(child: ChildProcess, channel: Duplex, events: RankEvents): void {
    let begun = false;
    const reader = new FrameReader((value) => {
      const message = value as ProcessMessage;
      if ('error' in message) events.error(revive(message.error), true);
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
        events.exit(code ?? 0, signal ?? undefined);
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
