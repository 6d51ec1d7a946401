/** What the processor guarantees without being asked. */

/**
 * x86 never lets a load pass an earlier load or an earlier locked store: where a commit word or a mode word is read,
 * a plain load does there what `Atomics.load` does, for 1 ns instead of 6 to 8. Elsewhere the rings use `Atomics`.
 */
export const loadsInOrder: boolean = process.arch === 'x64';
