/** How the ranks of a job reach those that have other memory. */
import type { WireOptions } from '../../src/transport/wire/wire.js';

/** What carries messages between ranks: memory that all share, or sockets between any two. */
export const transportNames = ['shared', 'tcp', 'unix'] as const;
export type TransportName = (typeof transportNames)[number];

const SECRET_BYTES = 32;

/** What each rank of a job is told, by rank; none where all ranks share memory. */
export function planWire(transport: TransportName, size: number): readonly WireOptions[] | undefined {
  if (transport === 'shared' || size === 1) return undefined;
  // Not imported: jobs without sockets start sooner.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const secret = new Uint8Array(randomBytes(SECRET_BYTES));
  const name = randomBytes(8).toString('hex');
  const hosts = Array.from({ length: size }, (_, rank) =>
    transport === 'tcp' ? '127.0.0.1' : `@mpi4ts-${name}-${rank}`,
  );
  return hosts.map((host, rank) => ({
    secret,
    host,
    hosts: hosts.map((other, peer) => (peer === rank ? undefined : other)),
  }));
}
