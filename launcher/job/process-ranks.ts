/** Ranks that are processes of this host, each with the launcher as its parent. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { JobControl } from '../../src/bootstrap/control.js';
import { type CreatedSegment, createProcessSegment } from '../../src/bootstrap/processes.js';
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
  readonly #segment: CreatedSegment;
  /** More than one rank reads the launcher's standard input: it hands each a copy. */
  readonly #copiesInput: boolean;

  constructor(native: Native, size: number, cores: number, readers: number) {
    this.#segment = createProcessSegment(native, size, cores);
    this.control = new JobControl(this.#segment.memory, this.#segment.sharing);
    this.output = betweenProcesses(native, this.#segment.memory);
    this.#copiesInput = readers > 1;
  }

  start(plan: RankPlan, orders: RankOrders, events: RankEvents): RankHandle {
    const input = !plan.stdin ? 'ignore' : this.#copiesInput ? 'pipe' : 'inherit';
    const child = spawn(process.execPath, [...process.execArgv, ...rankFlags(), startPath, ...plan.args], {
      env: plan.env,
      stdio: [input, 'inherit', 'inherit', 'pipe', ...this.#segment.fds],
    });
    const channel = child.stdio[3] as Duplex;
    this.#listen(child, channel, events);
    channel.write(frame({ orders, parent: process.pid } satisfies ProcessOrders));
    const feed = this.#feedOf(child, events);
    return { end: () => this.#end(child), ...(feed && { feed }) };
  }

  started(): void {
    // Each rank has its own by now.
    this.#segment.close();
  }

  close(): void {}

  #listen(child: ChildProcess, channel: Duplex, events: RankEvents): void {
    let begun = false;
    const reader = new FrameReader((value) => {
      const message = value as ProcessMessage;
      if (typeof message === 'string') events.message(message);
      else events.error(revive(message.error), true);
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
