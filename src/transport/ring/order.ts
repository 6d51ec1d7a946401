/** What the processor guarantees without being asked. */

/**
 * x86 never lets a load pass an earlier load or an earlier locked store: where a commit word or a mode word is read,
 * a plain load does there what `Atomics.load` does, for 1 ns instead of 6 to 8. Elsewhere the rings use `Atomics`.
 */
export const loadsInOrder: boolean = process.arch === 'x64';

/**
 * Nor does it let a store pass an earlier store: a plain store of the commit word publishes all that was written
 * before, without the 10 ns and more that `Atomics.store` waits for the line to arrive. But later loads may pass it:
 * a sender could look at the mode before its record can be seen, and a reader that stops polling must fence it.
 */
export const storesInOrder: boolean = process.arch === 'x64';
