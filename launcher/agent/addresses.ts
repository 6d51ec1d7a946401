/** Addresses of hosts. All are numeric. */
import { networkInterfaces } from 'node:os';
import type { Address } from './messages.js';

/** The addresses of this machine, but for loopback and those that mean nothing beyond one link. */
export function ownAddresses(): Address[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, cidr, address }) => !internal && cidr !== null && !address.startsWith('fe80:'))
    .map(({ address, cidr }) => ({ address, cidr: cidr! }));
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}

export function isIPv6(address: string): boolean {
  return address.includes(':');
}

/** True if the address is one of these. */
export function isAmong(addresses: readonly Address[], address: string): boolean {
  return addresses.some((own) => own.address === address);
}
