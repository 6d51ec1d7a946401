/**
 * The agent of a job on one host: started by the launcher through ssh, or beside it. Its standard input and file
 * descriptor 3 lead to the launcher. When the launcher is gone it ends, and all its ranks with it.
 */
import { Socket } from 'node:net';
import { FrameReader, frame } from '../rank/channel.js';
import { Agent } from './agent.js';
import { hello } from './hello.js';
import { type FromAgent, GREETING, type ToAgent } from './messages.js';

const CONTROL_FD = 3;

/** Threads and processes of ranks go with this process, however they are stuck: the kernel sees to it. */
function leave(): never {
  process.kill(process.pid, 'SIGKILL');
  return process.exit();
}

function openControl(): Socket {
  try {
    return new Socket({ fd: CONTROL_FD, readable: false, writable: true });
  } catch {
    process.stderr.write('mpi4ts agent: the launcher starts agents, and nobody else (see mpirun --host)\n');
    return process.exit(2);
  }
}

// Ctrl-C is the launcher's to answer, and may reach this process too.
process.on('SIGINT', () => {});
const control = openControl();
control.on('error', leave);
const agent = new Agent((message: FromAgent, written) => void control.write(frame(message), written), leave);
const reader = new FrameReader((message) => agent.hear(message as ToAgent));
process.stdin.on('data', (chunk: Buffer) => reader.add(chunk));
process.stdin.on('end', leave);
process.stdin.on('error', leave);
control.write(`${GREETING}${JSON.stringify(hello())}\n`);
