/** Start, end, clock and host (MPI-4.1 §9 and §11.2). */
import { hostname } from 'node:os';
import type { CallOptions } from './arguments.js';
import { processBuffer } from './bsend-buffer.js';
import type { BufferLike } from './buffer.js';
import { COMM_WORLD } from './comm/intracomm.js';
import { type BufferAutomatic, SUBVERSION, THREAD_MULTIPLE, VERSION } from './constants.js';
import { checkAlive, finalize, state } from './runtime.js';

/** Importing the package initializes; calling this is allowed and does nothing (MPI-4.1 §11.2.1). */
export function Init(): void {
  checkAlive('Init');
}

/** Like `Init`; returns the thread level provided, `MPI.THREAD_MULTIPLE` (MPI-4.1 §11.2.1). */
export function Init_thread(_required: number = THREAD_MULTIPLE): number {
  checkAlive('Init_thread');
  return THREAD_MULTIPLE;
}

/**
 * Ends this rank's part: everything it sent is delivered first. Idempotent; a normal end of the program calls it.
 * MPI-4.1 §11.2.2.
 */
export function Finalize(): void {
  finalize();
}

/** Always true: importing initializes (MPI-4.1 §11.2.3). */
export function Is_initialized(): boolean {
  return true;
}

/** Whether `Finalize` has completed (MPI-4.1 §11.2.3). */
export function Is_finalized(): boolean {
  return state.finalized;
}

/** The thread level provided (MPI-4.1 §11.2.1). */
export function Query_thread(): number {
  return THREAD_MULTIPLE;
}

/** Whether this is the thread that initialized MPI: always, for each rank is one thread (MPI-4.1 §11.2.1). */
export function Is_thread_main(): boolean {
  return true;
}

/** Seconds since some instant that is the same for all ranks of a host (MPI-4.1 §9.6). */
export function Wtime(): number {
  // timeOrigin differs between threads; the sum does not.
  return (performance.timeOrigin + performance.now()) / 1e3;
}

/** Resolution of `Wtime` in seconds (MPI-4.1 §9.6). */
export function Wtick(): number {
  return 1e-6;
}

/** Name of the host (MPI-4.1 §9.1.2). */
export function Get_processor_name(): string {
  return hostname();
}

/** Version of the standard, `[4, 1]` (MPI-4.1 §9.1.1). */
export function Get_version(): [version: number, subversion: number] {
  return [VERSION, SUBVERSION];
}

/** Name of this implementation (MPI-4.1 §9.1.1). */
export function Get_library_version(): string {
  return 'mpi4ts';
}

/** Attaches the process's buffer for buffered sends (MPI-4.1 §3.6); `null` or `MPI.BUFFER_AUTOMATIC`: automatic. */
export function Attach_buffer(buffer: BufferLike | BufferAutomatic | null): void {
  checkAlive('Attach_buffer');
  processBuffer.attach(buffer, COMM_WORLD);
}

/** Waits until the buffer's messages are delivered, and gives it back (MPI-4.1 §3.6). */
export function Detach_buffer(opts?: CallOptions): BufferLike | BufferAutomatic {
  checkAlive('Detach_buffer');
  return processBuffer.detach(COMM_WORLD, opts);
}

/** Waits until the buffer's messages are delivered (MPI-4.1 §3.6). */
export function Flush_buffer(opts?: CallOptions): void {
  checkAlive('Flush_buffer');
  processBuffer.flush(COMM_WORLD, opts);
}
