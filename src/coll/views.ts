/** Messages, which are bytes, seen as the elements that a kernel takes. */
import type { ArrayType, NumericArray } from './kinds.js';

/** Runs a kernel on bytes, through aligned copies where the user's buffer is not aligned for the elements. */
export function applyAs<A extends NumericArray>(
  array: ArrayType<A>,
  kernel: (input: A, inout: A) => void,
  input: Uint8Array,
  inout: Uint8Array,
): void {
  const bytes = array.BYTES_PER_ELEMENT;
  if (inout.byteOffset % bytes !== 0) {
    const copy = inout.slice();
    applyAs(array, kernel, input, copy);
    inout.set(copy);
    return;
  }
  if (input.byteOffset % bytes !== 0) input = input.slice();
  const length = inout.length / bytes;
  kernel(
    new array(input.buffer, input.byteOffset, length),
    new array(inout.buffer, inout.byteOffset, length),
  );
}
