/** The objects of the lower-case collectives as messages. */
import { ERR_ARG, Exception, show } from '../../../base/errors.js';
import type * as coll from '../../../coll/index.js';
import { place } from '../../../engine/ops.js';
import { combineOf, type ObjectOp } from '../../combine.js';
import { decode, encode } from '../../objects.js';
import type { CollectiveChannel } from '../channel.js';
import { runWithin } from './user-functions.js';

export function encoded(ch: CollectiveChannel, value: unknown): Uint8Array {
  return encode(value, ch.call, ch.scope);
}

/** One encoded item for each rank, or for each of `count` neighbours. */
export function encodedList(ch: CollectiveChannel, list: unknown, count = ch.size): Uint8Array[] {
  if (!Array.isArray(list) || list.length !== count) {
    throw new Exception(
      ERR_ARG,
      `${place(ch.call, ch.scope)}: sendobj is ${show(list)}; a list of ${count} objects is needed, one for each receiver`,
    );
  }
  return Array.from(list, (item: unknown) => encoded(ch, item));
}

export function reducerOf(ch: CollectiveChannel, op: ObjectOp): coll.ObjectReducer {
  const combine = combineOf(op, place(ch.call, ch.scope));
  ch.signature?.op(op);
  const { call, scope } = ch;
  return {
    // It may have getters.
    encode: (value) => runWithin(call, scope, () => encode(value, call, scope)),
    decode,
    combine: (left, right) => runWithin(call, scope, () => combine(left, right)),
  };
}
