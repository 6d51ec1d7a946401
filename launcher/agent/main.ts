/**
 * The agent of a job on one host: started by the launcher through ssh, or beside it. File descriptors 3 (to) and 4 (from)
 * lead to the launcher; the standard ones are for what ranks and their children do without asking. When the launcher is
 * gone it ends, and all its ranks with it.
 */
import { Socket, type SocketConstructorOpts } from 'node:net';
import { FrameReader, frame } from '../rank/channel.js';
import { Agent } from './agent.js';
import { hello } from './hello.js';
import { type FromAgent, GREETING, type ToAgent } from './messages.js';

const TO_FD = 3;
const FROM_FD = 4;

/** Threads and processes of ranks go with this process, however they are stuck: the kernel sees to it. */
function leave(): never {
  process.kill(process.pid, 'SIGKILL');
  return process.exit();
}

function open(options: SocketConstructorOpts): Socket {
  try {
    return new Socket(options);
  } catch {
    process.stderr.write('mpi4ts agent: the launcher starts agents, and nobody else (see mpirun --host)\n');
    return process.exit(2);
  }
}

// What ends a whole group of processes is the launcher's to answer, and may reach this one too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
const control = open({ fd: TO_FD, readable: false, writable: true });
const orders = open({ fd: FROM_FD, readable: true, writable: false });
control.on('error', leave);
const agent = new Agent((message: FromAgent, written) => void control.write(frame(message), written), leave);
const reader = new FrameReader((message) => agent.hear(message as ToAgent));
orders.on('data', (chunk: Buffer) => reader.add(chunk));
orders.on('end', leave);
orders.on('error', leave);
control.write(`${GREETING}${JSON.stringify(hello())}\n`);
