/**
 * SUM and PROD. Integers wrap modulo 2^width, which is the same for signed and unsigned. Complex numbers are pairs of
 * reals, so that their sum is one of reals.
 *
 * One loop per operation and element width, each its own function in the source: closures made from one function
 * share V8's type feedback, so a loop that several array types have passed through runs several times slower.
 * Argument order is MPI's: `b[i] = a[i] op b[i]`.
 */

export function sum8(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] + b[i];
}

export function sum16(a: Uint16Array, b: Uint16Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] + b[i];
}

export function sum32(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = (a[i] + b[i]) | 0;
}

export function sum64(a: BigInt64Array, b: BigInt64Array): void {
  for (let i = 0; i < b.length; i++) b[i] = BigInt.asIntN(64, a[i] + b[i]);
}

export function sumFloat32(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] + b[i];
}

export function sumFloat64(a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] + b[i];
}

export function prod8(a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] * b[i];
}

export function prod16(a: Uint16Array, b: Uint16Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] * b[i];
}

export function prod32(a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = Math.imul(a[i], b[i]);
}

export function prod64(a: BigInt64Array, b: BigInt64Array): void {
  for (let i = 0; i < b.length; i++) b[i] = BigInt.asIntN(64, a[i] * b[i]);
}

export function prodFloat32(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] * b[i];
}

export function prodFloat64(a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < b.length; i++) b[i] = a[i] * b[i];
}

/** (a + bi)(c + di) by the definition, each operation rounded: infinities and NaN are not put right afterwards. */
export function prodComplex64(a: Float32Array, b: Float32Array): void {
  const { fround } = Math;
  for (let i = 0; i < b.length; i += 2) {
    const real = fround(a[i] * b[i]) - fround(a[i + 1] * b[i + 1]);
    const imaginary = fround(a[i] * b[i + 1]) + fround(a[i + 1] * b[i]);
    b[i] = real;
    b[i + 1] = imaginary;
  }
}

export function prodComplex128(a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < b.length; i += 2) {
    const real = a[i] * b[i] - a[i + 1] * b[i + 1];
    const imaginary = a[i] * b[i + 1] + a[i + 1] * b[i];
    b[i] = real;
    b[i + 1] = imaginary;
  }
}
