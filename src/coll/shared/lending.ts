/** What collectives by lending have in common: members read each other's buffers where they lie, or write to them. */
import { copyOf } from '../../engine/lending.js';
import type { Meeting, Piece } from '../../engine/meeting.js';
import type { Reducer } from '../reducer.js';
import { giveScratch, takeScratch } from '../scratch.js';

/** From so many bytes on, one copy from buffer to buffer beats two through the arena, though all have to wait for each other. */
export const LENDING_BYTES_MIN = 2048;

/** Combined at once: what is combined again with another member's is still in the cache. */
const CHUNK_BYTES = 128 * 1024;

/**
 * The operands to lend: a copy of them where the result would take their place before all have read them. To be given to
 * `doneWith` in the end.
 */
export function operands(send: Piece, recv: Piece | null): Piece {
  const inPlace = recv !== null && recv.view === send.view && recv.offset === send.offset;
  return inPlace ? copied(send) : send;
}

/** A part of a piece. */
export function partOf({ view, offset }: Piece, at: number, length: number): Piece {
  return { view, offset: offset + at, length };
}

export function copied({ view, offset, length }: Piece): Piece {
  const copy = takeScratch(length);
  copy.set(new Uint8Array(view.buffer, view.byteOffset + offset, length));
  return { view: copy, offset: 0, length };
}

/**
 * Where others are to write a piece: in its own memory, or in a copy where the addon cannot hold that.
 */
export function writable(meeting: Meeting, piece: Piece): Piece {
  if (meeting.holds(piece.view)) return piece;
  const { view, offset, length } = piece;
  return { view: copyOf(view, offset, length), offset: 0, length };
}

/** What was lent in place of `own` is free again. */
export function doneWith(lent: Piece, own: Piece | null): void {
  if (lent !== own) giveScratch(lent.view as Uint8Array);
}

/**
 * Like `fold`, of what the members lend: x0 op (x1 op (... op x[P-1])) of `bytes`, from `at` of each operand on, to `into`. They
 * have all shown it.
 */
export function foldLent(
  meeting: Meeting,
  reducer: Reducer,
  { view, offset, length: bytes }: Piece,
  at: number,
  members = meeting.size,
): void {
  const addon = reducer.addon!;
  const chunk = CHUNK_BYTES - (CHUNK_BYTES % reducer.grain);
  const last = members - 1;
  for (let done = 0; done < bytes; done += chunk) {
    const part = Math.min(chunk, bytes - done);
    meeting.combine(addon, last - 1, last, at + done, view, offset + done, part);
    for (let member = last - 2; member >= 0; member--)
      meeting.combine(addon, member, null, at + done, view, offset + done, part);
  }
}
