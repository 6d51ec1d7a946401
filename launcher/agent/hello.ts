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

/** `SSH_CONNECTION` is client address, client port, server address, server port. */
function reached(): Hello['reached'] {
  const [from, , at] = process.env.SSH_CONNECTION?.split(' ') ?? [];
  return at === undefined ? undefined : { from, at };
}

export function hello(): Hello {
  const native = loadNative();
  const connection = reached();
  return {
    mpi4ts: version(),
    node: process.versions.node,
    cores: usableCores(),
    addonMissing: native.native === null ? native.reason : null,
    addresses: ownAddresses(),
    ...(connection && { reached: connection }),
  };
}
