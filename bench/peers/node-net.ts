/** Two threads and a TCP connection over the loopback interface. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import { type Link, runPair } from './pair.js';

async function join(rank: number, port: MessagePort): Promise<Socket> {
  if (rank === 0) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    port.postMessage((server.address() as AddressInfo).port);
    const [socket] = await once(server, 'connection');
    server.close();
    return socket;
  }
  const [address] = await once(port, 'message');
  const socket = connect(address, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

function link(socket: Socket): Link {
  socket.setNoDelay(true);
  let wake: () => void = () => {};
  socket.on('readable', () => wake());
  return {
    async send(bytes) {
      // A stream cannot carry an empty message: it is one byte on the way.
      const written = socket.write(bytes.length > 0 ? bytes : new Uint8Array(1));
      if (!written) await once(socket, 'drain');
    },
    async receive(size) {
      for (;;) {
        const bytes: Buffer | null = socket.read(Math.max(size, 1));
        if (bytes !== null) return bytes;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close: () => socket.destroy(),
  };
}

await runPair(import.meta.url, async (rank, port) => link(await join(rank, port)));
