/** Blocks in the order of the hosts: those of a host's ranks lie side by side, as they travel between the heads. */
import type { Hosts } from './hosts.js';

/** Cuts `bytes` into blocks of these lengths. */
export function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  let end = 0;
  return lengths.map((length) => {
    const start = end;
    end += length;
    return bytes.subarray(start, end);
  });
}

/** The bytes of each host, from those of each rank. */
export function hostLengths({ groups }: Hosts, lengths: readonly number[]): number[] {
  return groups.map((group) => group.reduce((sum, member) => sum + lengths[member], 0));
}

/** The part of each host in `packed`, which has the blocks in their order. */
export function partsOf(hosts: Hosts, packed: Uint8Array, blocks: readonly Uint8Array[]): Uint8Array[] {
  const lengths = blocks.map(({ length }) => length);
  return cut(packed, hostLengths(hosts, lengths));
}

/** Copies the ranks' blocks to where they lie side by side by host. */
export function pack({ groups }: Hosts, blocks: readonly Uint8Array[], packed: Uint8Array): void {
  let at = 0;
  for (const group of groups) {
    for (const member of group) {
      packed.set(blocks[member], at);
      at += blocks[member].length;
    }
  }
}

/** The reverse. */
export function unpack({ groups }: Hosts, packed: Uint8Array, blocks: readonly Uint8Array[]): void {
  let at = 0;
  for (const group of groups) {
    for (const member of group) {
      const { length } = blocks[member];
      blocks[member].set(packed.subarray(at, at + length));
      at += length;
    }
  }
}
