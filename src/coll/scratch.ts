/** Temporary buffers of the collectives, recycled so that a repeated small collective allocates nothing. */

/** Idle buffers kept per thread. */
export const scratchBuffersMax = 8;

/** Longer buffers are left to the garbage collector. */
export const scratchBytesMax = 1024 * 1024;

const idle: (Uint8Array | undefined)[] = new Array(scratchBuffersMax).fill(undefined);
let oldest = 0;

/**
 * A buffer of exactly `bytes` bytes that starts its own ArrayBuffer, hence aligned for every element type.
 * Its contents are arbitrary. It is taken, not shared: a user operation may run a collective of its own.
 */
export function takeScratch(bytes: number): Uint8Array {
  for (let i = 0; i < scratchBuffersMax; i++) {
    const buffer = idle[i];
    if (buffer !== undefined && buffer.length === bytes) {
      idle[i] = undefined;
      return buffer;
    }
  }
  return new Uint8Array(new ArrayBuffer(bytes));
}

/**
 * Gives a buffer back. Only after every transfer from or into it has completed; a collective that throws
 * keeps its buffers, since a peer may still be writing.
 */
export function giveScratch(buffer: Uint8Array): void {
  if (buffer.length > scratchBytesMax) return;
  idle[oldest] = buffer;
  oldest = (oldest + 1) % scratchBuffersMax;
}
