/** Hosts as the user names them. */
import { hostname } from 'node:os';
import { isAmong, isLoopback, ownAddresses } from '../agent/addresses.js';

/** A host and how many ranks it takes. */
export interface Host {
  readonly name: string;
  /** Default: one for each of its cores. */
  readonly slots?: number;
}

/** True for a name or address of this machine. */
export function isHere(name: string): boolean {
  const own = hostname().toLowerCase();
  const asked = name.toLowerCase();
  return (
    asked === 'localhost' ||
    asked === own ||
    asked === own.split('.')[0] ||
    isLoopback(asked) ||
    isAmong(ownAddresses(), asked)
  );
}

/** Each host once: one that is named again has more slots. Names of this machine are one host. */
export function merge(hosts: readonly Host[]): Host[] {
  const merged = new Map<string, Host>();
  for (const { name, slots } of hosts) {
    const key = isHere(name) ? '' : name;
    const before = merged.get(key);
    if (before === undefined) merged.set(key, { name, ...(slots !== undefined && { slots }) });
    else if (before.slots !== undefined && slots !== undefined)
      merged.set(key, { name: before.name, slots: before.slots + slots });
  }
  return [...merged.values()];
}
