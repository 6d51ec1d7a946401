/**
 * LAND, LOR and LXOR give 0 or 1 and take every other value for true. BAND, BOR and BXOR do not see element
 * boundaries: they run on words, or on bytes where a message does not consist of aligned words.
 *
 * One loop per operation and element width, each its own function in the source: closures made from one function
 * share V8's type feedback, so a loop that several array types have passed through runs several times slower.
 * Argument order is MPI's: `b[i] = a[i] op b[i]`.
 */

export function land8(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] !== 0 && b[i] !== 0 ? 1 : 0;
}

export function land16(a: Uint16Array, b: Uint16Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] !== 0 && b[i] !== 0 ? 1 : 0;
}

export function land32(a: Uint32Array, b: Uint32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] !== 0 && b[i] !== 0 ? 1 : 0;
}

export function land64(a: BigUint64Array, b: BigUint64Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] !== 0n && b[i] !== 0n ? 1n : 0n;
}

export function lor8(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = (a[i] | b[i]) !== 0 ? 1 : 0;
}

export function lor16(a: Uint16Array, b: Uint16Array): void {
  for (let i = 0; i < b.length; i++) b[i] = (a[i] | b[i]) !== 0 ? 1 : 0;
}

export function lor32(a: Uint32Array, b: Uint32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = (a[i] | b[i]) !== 0 ? 1 : 0;
}

export function lor64(a: BigUint64Array, b: BigUint64Array): void {
  for (let i = 0; i < b.length; i++) b[i] = (a[i] | b[i]) !== 0n ? 1n : 0n;
}

export function lxor8(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = (a[i] !== 0) !== (b[i] !== 0) ? 1 : 0;
}

export function lxor16(a: Uint16Array, b: Uint16Array): void {
  for (let i = 0; i < b.length; i++) b[i] = (a[i] !== 0) !== (b[i] !== 0) ? 1 : 0;
}

export function lxor32(a: Uint32Array, b: Uint32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = (a[i] !== 0) !== (b[i] !== 0) ? 1 : 0;
}

export function lxor64(a: BigUint64Array, b: BigUint64Array): void {
  for (let i = 0; i < b.length; i++) b[i] = (a[i] !== 0n) !== (b[i] !== 0n) ? 1n : 0n;
}

export function bandBytes(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] & b[i];
}

export function bandWords(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] & b[i];
}

export function borBytes(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] | b[i];
}

export function borWords(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] | b[i];
}

export function bxorBytes(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] ^ b[i];
}

export function bxorWords(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] ^ b[i];
}
