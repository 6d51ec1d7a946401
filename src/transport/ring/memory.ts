/** What memory may do under a view. */

// The originals, so that a property defined on one buffer cannot pass it off as fixed in size.
const resizable = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'resizable')?.get;
const growable = Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, 'growable')?.get;

/** True where the buffer may change its size under a reader: its owner then copies instead. */
export function changesSize(buffer: ArrayBufferLike): boolean {
  const getter = buffer instanceof SharedArrayBuffer ? growable : resizable;
  return getter?.call(buffer) === true;
}
