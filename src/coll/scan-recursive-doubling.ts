/**
 * Scan and Exscan by recursive doubling: in round k ranks 2^k apart exchange the result over the ranks that they know;
 * what comes from below also belongs to the rank's own result.
 *
 *     T = ⌈log2 P⌉ · (L + 2o + m(G + 2γ))
 *
 * Neighbouring runs of ranks are combined, the lower on the left: right for operations that do not commute. Source:
 * Hillis, Steele, "Data parallel algorithms", 1986; as in Thakur, Rabenseifner, Gropp, 2005.
 */
import type { Channel } from './channel.js';
import { type Cost, message, rounds } from './model.js';
import type { Reducer } from './reducer.js';
import type { Schedule } from './schedule.js';
import { giveScratch, takeScratch } from './scratch.js';

export const scanRecursiveDoublingCost: Cost = (model, ranks, bytes) =>
  rounds(ranks) * (message(model, bytes) + 2 * bytes * model.perCombined);

/** `recv` may be the same memory as `send`. */
export function scanRecursiveDoubling(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  return scan(ch, send, recv, reducer, true);
}

/** The same without this rank's own operand: on rank 0 `recv` stays as it is. */
export function exscanRecursiveDoubling(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
): Schedule {
  return scan(ch, send, recv, reducer, false);
}

function* scan(
  ch: Channel,
  send: Uint8Array,
  recv: Uint8Array,
  reducer: Reducer,
  inclusive: boolean,
): Schedule {
  const { rank, size } = ch;
  let operand = takeScratch(send.length);
  let incoming = takeScratch(send.length);
  operand.set(send);
  let begun = inclusive;
  if (inclusive) recv.set(send);
  for (let mask = 1; mask < size; mask *= 2) {
    const partner = rank ^ mask;
    if (partner >= size) continue;
    ch.recv(incoming, partner);
    ch.send(operand, partner);
    yield;
    if (partner > rank) {
      reducer.apply(operand, incoming);
      [operand, incoming] = [incoming, operand];
      continue;
    }
    if (begun) reducer.apply(incoming, recv);
    else recv.set(incoming);
    begun = true;
    reducer.apply(incoming, operand);
  }
  giveScratch(operand);
  giveScratch(incoming);
}
