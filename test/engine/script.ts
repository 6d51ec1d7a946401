/** Random scripts of sends and receives, and the rules that any outcome of one must obey (MPI-4.1 section 3.5). */
import fc from 'fast-check';

export const ANY = -1;

/** What one rank does, in order. */
export type Action =
  | {
      readonly kind: 'send';
      readonly dest: number;
      readonly tag: number;
      readonly bytes: number;
      readonly sync: boolean;
    }
  | { readonly kind: 'receive'; readonly source: number; readonly tag: number; readonly probed: boolean }
  | { readonly kind: 'poll'; readonly times: number };

/** One list of actions a rank. */
export type Script = readonly (readonly Action[])[];

/** A receive as it went: posted in the order of the list; `message` is the index of the send at its source. */
export interface Receipt {
  readonly source: number;
  readonly tag: number;
  /** False for a receive that was cancelled because nothing had matched it. */
  readonly matched: boolean;
  /** Posted only after the receives of the script that had not matched were cancelled. */
  readonly late: boolean;
  readonly from: number;
  readonly message: number;
}

/** What one rank saw: its receives in the order posted. */
export type Outcome = readonly Receipt[];

const LENGTHS = [4, 40, 60, 200, 5000, 40_000, 70_000, 300_000];

export const scripts = (ranks: number): fc.Arbitrary<Script> => {
  const rank = fc.nat({ max: ranks - 1 });
  const tag = fc.nat({ max: 2 });
  const send: fc.Arbitrary<Action> = fc.record({
    kind: fc.constant('send' as const),
    dest: rank,
    tag,
    bytes: fc.constantFrom(...LENGTHS),
    sync: fc.boolean(),
  });
  const receive: fc.Arbitrary<Action> = fc.record({
    kind: fc.constant('receive' as const),
    source: fc.oneof(rank, fc.constant(ANY)),
    tag: fc.oneof(tag, fc.constant(ANY)),
    probed: fc.boolean(),
  });
  const poll: fc.Arbitrary<Action> = fc.record({
    kind: fc.constant('poll' as const),
    times: fc.nat({ max: 20 }),
  });
  const action = fc.oneof(
    { weight: 5, arbitrary: send },
    { weight: 4, arbitrary: receive },
    { weight: 1, arbitrary: poll },
  );
  const list = fc.array(action, { maxLength: 24 });
  return fc.array(list, { minLength: ranks, maxLength: ranks });
};

interface Sent {
  readonly from: number;
  readonly tag: number;
  readonly index: number;
  takenBy: number;
}

const fits = (receipt: Receipt, sent: Sent): boolean =>
  (receipt.source === ANY || receipt.source === sent.from) &&
  (receipt.tag === ANY || receipt.tag === sent.tag);

/** The messages of a script to `dest`, in the order each source sent them. */
function messagesTo(script: Script, dest: number): Sent[] {
  return script.flatMap((actions, from) => {
    const sends = actions.filter((action) => action.kind === 'send');
    return sends.flatMap((action, index) =>
      action.dest === dest ? [{ from, tag: action.tag, index, takenBy: -1 }] : [],
    );
  });
}

/**
 * Says what is illegal about what `dest` saw, or undefined. Wildcards leave many legal outcomes, so this does not
 * predict one. It states, for each match of receive R with message m, what must have been matched before it: every
 * receive posted before R (and not cancelled before R was posted) that fits m, and every message of the same source sent before m that fits R. An outcome is
 * legal if all of those were matched, and if there is an order in time that respects them all (no cycle).
 */
export function illegal(script: Script, dest: number, outcome: Outcome): string | undefined {
  const messages = messagesTo(script, dest);
  for (const [r, receipt] of outcome.entries()) {
    if (!receipt.matched) continue;
    const message = messages.find((m) => m.from === receipt.from && m.index === receipt.message);
    if (message === undefined)
      return `receive ${r} got message ${receipt.message} of ${receipt.from}: never sent here`;
    if (message.takenBy >= 0) return `receives ${message.takenBy} and ${r} got the same message`;
    if (!fits(receipt, message))
      return `receive ${r} does not fit message ${message.index} of ${message.from}`;
    message.takenBy = r;
  }
  const lost = messages.find((message) => message.takenBy < 0);
  if (lost !== undefined) return `message ${lost.index} of ${lost.from} was lost`;
  return orderProblem(outcome, messages);
}

function orderProblem(outcome: Outcome, messages: readonly Sent[]): string | undefined {
  const before: Set<number>[] = outcome.map(() => new Set());
  for (const message of messages) {
    const r = message.takenBy;
    for (let earlier = 0; earlier < r; earlier++) {
      if (!fits(outcome[earlier], message)) continue;
      if (outcome[earlier].matched) before[r].add(earlier);
      else if (!outcome[r].late) return `receive ${earlier} fits the message of receive ${r} but got nothing`;
    }
    for (const other of messages) {
      const overtaken = other.from === message.from && other.index < message.index && fits(outcome[r], other);
      if (overtaken) before[r].add(other.takenBy);
    }
  }
  return cycleIn(before);
}

/** Takes away, again and again, what waits for nothing; what is left waits for itself. */
function cycleIn(before: readonly Set<number>[]): string | undefined {
  const left = new Set(before.keys());
  for (let moved = true; moved; ) {
    moved = false;
    for (const r of left) {
      if ([...before[r]].some((other) => left.has(other))) continue;
      left.delete(r);
      moved = true;
    }
  }
  return left.size === 0 ? undefined : `receives ${[...left].join(', ')} overtook one another`;
}
