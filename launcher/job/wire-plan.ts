/** How the ranks of a job reach those that have other memory. */
import type { WireOptions } from '../../src/transport/wire/options.js';
import { UsageError } from '../usage.js';
import type { RunOptions } from './options.js';

/** What carries messages between ranks: memory that all share, or sockets between any two. */
export const transportNames = ['shared', 'tcp', 'unix', 'ws'] as const;
export type TransportName = (typeof transportNames)[number];

/** Whose sockets they are, where there are any. */
export function socketsOf(transport: TransportName): WireOptions['sockets'] {
  return transport === 'ws' ? 'ws' : 'native';
}

/** `hosts`: how many there are, between which shared memory ends. @throws UsageError */
export function checkZerocopy({ zerocopy, transport = 'shared' }: RunOptions, hosts: number): void {
  if (!zerocopy || transport === 'tcp' || (transport === 'shared' && hosts > 1)) return;
  throw new UsageError('--zerocopy: only TCP sends without a copy; give --transport tcp, or several hosts');
}

const SECRET_BYTES = 32;

/** Where each rank runs, and what it shares memory with. */
export interface Place {
  /** Index of its host. */
  readonly host: number;
  /** A numeric address of the host. */
  readonly address: string;
}

/** What each rank of a job is told, by rank; none where all ranks share memory. */
export function planWire(
  transport: TransportName,
  places: readonly Place[],
  zerocopy: boolean,
): readonly WireOptions[] | undefined {
  const shared = (one: number, other: number) =>
    one === other || (transport === 'shared' && places[one].host === places[other].host);
  if (places.every((_, rank) => shared(0, rank))) return undefined;
  // Not imported: jobs without sockets start sooner.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const secret = new Uint8Array(randomBytes(SECRET_BYTES));
  const name = randomBytes(8).toString('hex');
  const hosts = places.map(({ address }, rank) =>
    transport === 'unix' ? `@mpi4ts-${name}-${rank}` : address,
  );
  const sockets = socketsOf(transport);
  return hosts.map((host, rank) => ({
    sockets,
    secret,
    host,
    hosts: hosts.map((other, peer) => (shared(rank, peer) ? undefined : other)),
    zerocopy,
  }));
}
