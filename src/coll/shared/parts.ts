/** Cutting a reduction into one part for each member. */

/** Where each member's part begins, at multiples of 8 bytes and of `grain`; the last one is the end. */
export function boundaries(bytes: number, parts: number, grain: number): number[] {
  const step = 8 % grain === 0 ? 8 : 8 * grain;
  const start = (part: number) => Math.floor((bytes * part) / parts / step) * step;
  return Array.from({ length: parts + 1 }, (_, part) => (part === parts ? bytes : start(part)));
}
