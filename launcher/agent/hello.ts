/** What an agent says of its host. */
import { networkInterfaces } from 'node:os';
import { loadNative } from '../../src/native.js';
import { version } from '../cli/version.js';
import { usableCores } from '../job/cores.js';
import type { Address, Hello } from './messages.js';

/** The addresses of this machine, but for loopback and those that mean nothing beyond one link. */
export function ownAddresses(): Address[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, cidr, address }) => !internal && cidr !== null && !address.startsWith('fe80:'))
    .map(({ address, cidr }) => ({ address, cidr: cidr! }));
}

export const isLoopback = (address: string) => address === '::1' || address.startsWith('127.');

/**
 * `SSH_CONNECTION` is client address, client port, server address, server port. A remote shell other than ssh may have
 * passed on that of another host.
 */
function reached(own: readonly Address[]): Hello['reached'] {
  const [from, , at] = process.env.SSH_CONNECTION?.split(' ') ?? [];
  if (at === undefined || !(isLoopback(at) || own.some(({ address }) => address === at))) return undefined;
  return { from, at };
}

export function hello(): Hello {
  const native = loadNative();
  const addresses = ownAddresses();
  const connection = reached(addresses);
  return {
    mpi4ts: version(),
    node: process.versions.node,
    cores: usableCores(),
    addonMissing: native.native === null ? native.reason : null,
    addresses,
    ...(connection && { reached: connection }),
  };
}
