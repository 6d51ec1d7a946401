/** Whether the other hosts of a job can be reached at all. */
import { isIPv6 } from './addresses.js';

type Others = readonly { readonly name: string; readonly address: string }[];

/** Asks the kernel for a route; nothing is sent. Resolves to its error. */
async function routeError(address: string): Promise<NodeJS.ErrnoException | undefined> {
  const { createSocket } = await import('node:dgram');
  const anyPort = 9;
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const done = (error?: NodeJS.ErrnoException) => {
      socket.removeAllListeners();
      socket.close();
      resolve(error);
    };
    socket.once('error', done);
    socket.connect(anyPort, address, done);
  });
}

/** @throws Error that names the first host that no network leads to. */
export async function findRoutes(others: Others): Promise<void> {
  const errors = await Promise.all(others.map(({ address }) => routeError(address)));
  const index = errors.findIndex((error) => error !== undefined);
  if (index < 0) return;
  const { name, address } = others[index];
  throw new Error(`no network leads from there to host ${name} at ${address} (${errors[index]!.code})`);
}
