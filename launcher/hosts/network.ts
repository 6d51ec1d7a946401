/** Over which addresses the hosts of a job talk. */
import { isAmong, isIPv6, isLoopback } from '../agent/addresses.js';
import type { Address, Hello } from '../agent/messages.js';
import { UsageError } from '../usage.js';

/** A host that has reported. `remote`: it was reached through a remote shell. */
export interface Reported {
  readonly name: string;
  readonly remote: boolean;
  readonly hello: Hello;
}

const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

function contains({ cidr }: Address, address: string): boolean {
  const [network, prefix] = cidr.split('/');
  if (family(network) !== family(address)) return false;
  // Not imported: jobs of one host start sooner without the network.
  const { BlockList } = process.getBuiltinModule('node:net');
  const block = new BlockList();
  block.addSubnet(network, Number(prefix), family(network));
  return block.check(address, family(address));
}

/** Where the launcher reached this host, or was when it reached others. */
function known(host: Reported, all: readonly Reported[]): string | undefined {
  if (host.remote) return host.hello.reached?.at;
  // What the launcher's own environment says is of whoever logged in there; behind NAT it is reached at no address of its own.
  const from = all.find(({ remote, hello }) => remote && hello.reached !== undefined)?.hello.reached?.from;
  const own = from !== undefined && (isLoopback(from) || isAmong(host.hello.addresses, from));
  return own ? from : undefined;
}

/** An address of each host in the first network that all have one in. */
function commonNetwork(hosts: readonly Reported[]): string[] | undefined {
  for (const network of hosts[0].hello.addresses) {
    const found = hosts.map(({ hello }) => hello.addresses.find(({ address }) => contains(network, address)));
    if (found.every((address) => address !== undefined)) return found.map(({ address }) => address);
  }
  return undefined;
}

/**
 * One address for each host: that at which ssh reached it, else one in a network that all have in common.
 * @throws UsageError if there is none.
 */
export function chooseAddresses(hosts: readonly Reported[]): string[] {
  if (hosts.length === 1) return ['127.0.0.1'];
  const reached = hosts.map((host) => known(host, hosts));
  const complete = reached.every((address) => address !== undefined) ? reached : commonNetwork(hosts);
  const one = complete ?? [];
  const odd = one.findIndex(
    (address) => family(address) !== family(one[0]) || isLoopback(address) !== isLoopback(one[0]),
  );
  if (complete !== undefined && odd < 0) return complete;
  const list = ({ name, hello }: Reported) =>
    `${name} has ${hello.addresses.map(({ cidr }) => cidr).join(', ') || 'no address'}`;
  throw new UsageError(`the hosts have no network in common: ${hosts.map(list).join('; ')}`);
}
