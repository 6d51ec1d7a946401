/** Output in pieces that can be told one by one: none of them cuts a line. */

/** A piece is longer only if a line is. */
const pieceBytesMax = 1024 * 1024;

const NEWLINE = 10;

/** Where each piece ends. */
export function pieceEnds(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  for (let start = 0; start < bytes.length; start = ends[ends.length - 1]) {
    const most = start + pieceBytesMax;
    if (most >= bytes.length) ends.push(bytes.length);
    else {
      const last = bytes.lastIndexOf(NEWLINE, most - 1);
      const newline = last >= start ? last : bytes.indexOf(NEWLINE, most);
      ends.push(newline < 0 ? bytes.length : newline + 1);
    }
  }
  return ends;
}
