/** What an agent says of its host. */
import { loadNative } from '../../src/native.js';
import { version } from '../cli/version.js';
import { usableCores } from '../job/cores.js';
import { isAmong, isLoopback, ownAddresses } from './addresses.js';
import type { Address, Hello } from './messages.js';

/**
 * `SSH_CONNECTION` is client address, client port, server address, server port. A remote shell other than ssh may have
 * passed on that of another host.
 */
function reached(own: readonly Address[]): Hello['reached'] {
  const [from, , at] = process.env.SSH_CONNECTION?.split(' ') ?? [];
  if (at === undefined || !(isLoopback(at) || isAmong(own, at))) return undefined;
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
