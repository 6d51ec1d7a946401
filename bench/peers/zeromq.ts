/** Two threads and a pair of ZeroMQ sockets over a local socket. */
import { once } from 'node:events';
import { argv, pid } from 'node:process';
import { fileURLToPath } from 'node:url';
import { runPair } from './pair.js';

interface Pair {
  bind(address: string): Promise<void>;
  connect(address: string): void;
  send(message: Uint8Array): Promise<void>;
  receive(): Promise<Uint8Array[]>;
  close(): void;
}

/** The optional package zeromq. Throws what its import throws. */
export async function loadZeromq(): Promise<{ Pair: new () => Pair }> {
  // Not a literal: the program must compile where the package is not installed.
  const name: string = 'zeromq';
  return import(name);
}

// An abstract address: no file is left behind.
const address = `ipc://@mpi4ts-bench-${pid}`;

if (argv[1] === fileURLToPath(import.meta.url))
  await runPair(import.meta.url, async (rank, port) => {
    const { Pair } = await loadZeromq();
    const socket = new Pair();
    if (rank === 0) {
      await socket.bind(address);
      port.postMessage('bound');
    } else {
      await once(port, 'message');
      socket.connect(address);
    }
    return {
      send: (bytes) => socket.send(bytes),
      receive: async () => (await socket.receive())[0],
      close: () => socket.close(),
    };
  });
