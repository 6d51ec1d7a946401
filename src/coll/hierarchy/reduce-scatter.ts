/**
 * Reduce-scatter in two levels: all ranks of each host -> its head, the heads among each other by the blocks of their hosts,
 * head -> all ranks of its host.
 *
 *     T = T_memory,reduce(P / H) + T_network,reduce_scatter(H) + T_memory,scatter(P / H)          (m bytes, all blocks)
 *
 * and a copy of all blocks where those of a host do not lie side by side. Operands change their order: only for operations
 * that commute.
 */
import type { Channel } from '../channel.js';
import * as flat from '../index.js';
import type { Reducer } from '../reducer.js';
import type { Schedule } from '../schedule.js';
import { giveScratch, takeScratch } from '../scratch.js';
import { type Hosts, levelsOf } from './hosts.js';
import { cut, hostLengths, pack } from './order.js';

/** As `coll.reduceScatter`. The operation must have a grain unless the hosts are in order: blocks change their places. */
export function* reduceScatterInLevels(
  ch: Channel,
  hosts: Hosts,
  send: Uint8Array,
  recv: Uint8Array,
  lengths: readonly number[],
  reducer: Reducer,
): Schedule {
  const { near, head, far } = levelsOf(ch, hosts, 0);
  if (far === null) {
    yield* flat.reduce(near, send, null, reducer, head);
    yield;
    yield* flat.scatterv(near, null, recv, head);
    return;
  }
  let operand = takeScratch(send.length);
  yield* flat.reduce(near, send, operand, reducer, head);
  yield;
  if (!hosts.inOrder) operand = packed(hosts, operand, lengths);
  const ofHosts = hostLengths(hosts, lengths);
  const part = takeScratch(ofHosts[hosts.own]);
  yield* flat.reduceScatter(far, operand, part, ofHosts, reducer);
  yield;
  giveScratch(operand);
  const ofRanks = hosts.groups[hosts.own].map((member) => lengths[member]);
  yield* flat.scatterv(near, cut(part, ofRanks), recv, head);
  yield;
  giveScratch(part);
}

/** The blocks in the order of the hosts; uses up `operand`. */
function packed(hosts: Hosts, operand: Uint8Array, lengths: readonly number[]): Uint8Array {
  const result = takeScratch(operand.length);
  pack(hosts, cut(operand, lengths), result);
  giveScratch(operand);
  return result;
}
