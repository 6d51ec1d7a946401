/**
 * A wait in which nothing comes. A rank that has been blocked for a second, in a call that has no deadline, says so, and
 * in what, until something comes (see `Report`). From its first word on it keeps listening between its sleeps: whatever
 * comes then rings its doorbell, also while it looks.
 */

import { stallMsMin } from '../base/limits.js';
import type { Stall as Facts, Unreceived, Want } from '../bootstrap/stall.js';
import { reportTextMax } from '../transport/ring/report.js';
import type { RingTransport } from '../transport/ring/transport.js';
import { type Caller, findCaller } from './caller.js';
import { CompoundOp } from './compound.js';
import { ANY, type Op, RecvOp, SendOp } from './ops.js';
import type { Receiver } from './receiver.js';

/** What ends a wait: `any` one of these operations, or all of them together. */
export interface Needs {
  readonly ops: readonly Op[];
  readonly any: boolean;
}

/** A wait: in words, and by its operations. */
export interface Wait {
  readonly doing: string;
  readonly needs?: (() => Needs) | undefined;
}

/** Of more operations, or messages, only so many are told. */
const toldMax = 16;

function wantOf(op: Op): Want {
  const { tag, context } = op;
  if (op instanceof SendOp) return { kind: 'send', peer: op.dest, tag, context };
  const recv = op as RecvOp;
  return { kind: 'recv', peer: recv.matched ? recv.fromWorld : recv.source, tag, context };
}

/** Where the program made another call than the one that waits: `Waitall: Irecv on ...`. */
function within(call: string | undefined, doing: string): string {
  return call === undefined || doing.startsWith(call) ? doing : `${call}: ${doing}`;
}

/** What waits for messages, and has no words for them. */
function left(ops: readonly Op[]): string {
  return `, ${ops.length} message${ops.length === 1 ? '' : 's'} not received, the first: ${ops[0].wait}`;
}

export class Stall {
  readonly #transport: RingTransport;
  readonly #receiver: Receiver;
  /** When this wait first rested since something came; 0 before. */
  #since = 0;
  #caller: Caller | undefined;
  #text: Uint8Array | undefined;
  /** The report is out. */
  told = false;

  constructor(transport: RingTransport, receiver: Receiver) {
    this.#transport = transport;
    this.#receiver = receiver;
  }

  /** Before each rest: true once nothing has come for long. */
  rests(): boolean {
    const now = performance.now();
    if (this.#since === 0) this.#since = now;
    return now - this.#since >= stallMsMin;
  }

  /** After a look that found nothing. `seen`: the doorbell before it. */
  tell(wait: Wait, seen: number): void {
    const { traffic, report } = this.#transport;
    if (traffic === undefined) {
      this.#withdraw();
      return;
    }
    this.#text ??= this.#describe(wait);
    report.publish(this.#text, seen, traffic);
    this.told = true;
  }

  /** Something has come. */
  moved(): void {
    this.#since = 0;
    this.#text = undefined;
    this.#withdraw();
  }

  /** The wait is over. */
  end(): void {
    this.moved();
    this.#caller = undefined;
  }

  #withdraw(): void {
    if (!this.told) return;
    this.told = false;
    this.#transport.report.withdraw();
  }

  #describe(wait: Wait): Uint8Array {
    // Once a wait, not once a sleep: it takes a millisecond where sources are mapped.
    this.#caller ??= findCaller();
    const facts = this.#facts(wait, this.#caller);
    const { call, at, wants, any } = facts;
    const shorter = [facts, { call, at, wants, any }, { call: call.slice(0, 500), wants: [], any }];
    const texts = shorter.map((some) => Buffer.from(JSON.stringify(some)));
    return texts.find(({ length }) => length <= reportTextMax) ?? texts[2];
  }

  #facts({ doing, needs }: Wait, { call, at }: Caller): Facts {
    const { ops: needed, any } = needs?.() ?? { ops: [], any: false };
    const ops = needed.flatMap((op) =>
      op instanceof CompoundOp ? op.parts.filter(({ done }) => !done) : [op],
    );
    const told = ops.slice(0, toldMax);
    const [first] = told;
    const common = { ...(at && { at }), wants: told.map(wantOf), any };
    if (first === undefined || first.scope === null) return { call: within(call, doing), ...common };
    const { scope } = first;
    const comm = scope.label;
    if (first.collective) {
      const members = Array.from({ length: scope.size }, (_, member) => scope.toWorld(member));
      const collective = { name: first.call, members };
      return { call: within(call, `${first.call} on ${comm}`), ...common, comm, collective };
    }
    const unreceived = this.#unreceived(told);
    const text = within(call, doing) + (doing.includes(first.wait) ? '' : left(ops));
    return { call: text, ...common, comm, ...(unreceived.length > 0 && { unreceived }) };
  }

  /** What has come, in the same communicators, from those that something else is expected of. */
  #unreceived(ops: readonly Op[]): Unreceived[] {
    const found = new Map<string, Unreceived>();
    for (const op of ops) {
      if (!(op instanceof RecvOp) || op.matched) continue;
      for (const { source, tag } of this.#receiver.queue(op.context).unexpected()) {
        const { context } = op;
        if (found.size === toldMax) return [...found.values()];
        if (op.source === source || op.source === ANY)
          found.set(`${source} ${tag} ${context}`, { source, tag, context });
      }
    }
    return [...found.values()];
  }
}
