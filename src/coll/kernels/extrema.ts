/**
 * MAX and MIN. Of floating-point numbers, NaN wins over every number and +0 is above −0, so that the result does
 * not depend on the order of the ranks.
 *
 * One loop per operation and element width, each its own function in the source: closures made from one function
 * share V8's type feedback, so a loop that several array types have passed through runs several times slower.
 * Argument order is MPI's: `b[i] = a[i] op b[i]`.
 */

export function maxInt8(a: Int8Array, b: Int8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.max(a[i], b[i]);
}

export function maxUint8(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.max(a[i], b[i]);
}

export function maxInt16(a: Int16Array, b: Int16Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.max(a[i], b[i]);
}

export function maxUint16(a: Uint16Array, b: Uint16Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.max(a[i], b[i]);
}

export function maxInt32(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.max(a[i], b[i]);
}

export function maxUint32(a: Uint32Array, b: Uint32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.max(a[i], b[i]);
}

export function maxInt64(a: BigInt64Array, b: BigInt64Array): void {
  for (let i = 0; i < b.length; i++) if (a[i] > b[i]) b[i] = a[i];
}

export function maxUint64(a: BigUint64Array, b: BigUint64Array): void {
  for (let i = 0; i < b.length; i++) if (a[i] > b[i]) b[i] = a[i];
}

export function maxFloat32(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.max(a[i], b[i]);
}

export function maxFloat64(a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.max(a[i], b[i]);
}

export function minInt8(a: Int8Array, b: Int8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.min(a[i], b[i]);
}

export function minUint8(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.min(a[i], b[i]);
}

export function minInt16(a: Int16Array, b: Int16Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.min(a[i], b[i]);
}

export function minUint16(a: Uint16Array, b: Uint16Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.min(a[i], b[i]);
}

export function minInt32(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.min(a[i], b[i]);
}

export function minUint32(a: Uint32Array, b: Uint32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.min(a[i], b[i]);
}

export function minInt64(a: BigInt64Array, b: BigInt64Array): void {
  for (let i = 0; i < b.length; i++) if (a[i] < b[i]) b[i] = a[i];
}

export function minUint64(a: BigUint64Array, b: BigUint64Array): void {
  for (let i = 0; i < b.length; i++) if (a[i] < b[i]) b[i] = a[i];
}

export function minFloat32(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.min(a[i], b[i]);
}

export function minFloat64(a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.min(a[i], b[i]);
}
