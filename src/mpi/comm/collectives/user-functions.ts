/**
 * Functions of the user's that run in the midst of a collective: operations. When, and how often, differs from rank to
 * rank, so that a collective on the same communicator would meet another one elsewhere: it is refused, and so is the end of that
 * communicator (MPI-4.1 §6.9.5 allows no communication at all there). Messages, and collectives on other communicators, work as anywhere.
 */
import { ERR_OTHER, Exception } from '../../../base/errors.js';
import type { Reducer } from '../../../coll/index.js';
import { place, type Scope } from '../../../engine/ops.js';

/** The communicators whose collectives run such a function now, and the calls. */
const running = new Map<Scope, string>();

/** Throws ERR_OTHER for a collective that a function calls within one on the same communicator. */
export function refuseWithin(call: string, scope: Scope): void {
  if (running.size === 0) return;
  const outer = running.get(scope);
  if (outer === undefined) return;
  throw new Exception(
    ERR_OTHER,
    `${place(call, scope)}: called by the operation of ${outer} on the same communicator: use another one, such as a ` +
      'duplicate, if all ranks call it equally often',
  );
}

/** True while a function of the user's runs within any collective. */
export function isWithin(): boolean {
  return running.size > 0;
}

/** Runs a function of the user's for a call on `scope`. */
export function runWithin<T>(call: string, scope: Scope, run: () => T): T {
  const outer = running.get(scope);
  running.set(scope, call);
  try {
    return run();
  } finally {
    if (outer === undefined) running.delete(scope);
    else running.set(scope, outer);
  }
}

/** A reducer of a user's operation. */
export function reducerWithin(call: string, scope: Scope, reducer: Reducer): Reducer {
  return {
    commute: reducer.commute,
    grain: reducer.grain,
    addon: null,
    loop: null,
    apply: (input, inout) => runWithin(call, scope, () => reducer.apply(input, inout)),
    combine: (a, b, out) => runWithin(call, scope, () => reducer.combine(a, b, out)),
  };
}
