/**
 * How collectives see the user's buffers: as bytes to send and bytes to fill. The only place where they are resolved;
 * `land` is run once when the bytes to fill are complete.
 */
import { ERR_BUFFER, ERR_COUNT, Exception } from '../../../base/errors.js';
import { equalViews } from '../../../coll/blocks.js';
import type { Schedule } from '../../../coll/index.js';
import { place } from '../../../engine/ops.js';
import type { View } from '../../../transport/ring/aliases.js';
import { type BufferSpec, landing as landingOf, packed, Resolved, resolve } from '../../buffer.js';
import { IN_PLACE, type InPlace } from '../../constants.js';
import type { Datatype } from '../../datatype/index.js';
import { resolveVector, type VectorSpec } from '../../vector-buffer.js';
import type { CollectiveChannel } from '../channel.js';

/** A buffer as a collective uses it: bytes that lie side by side. */
export class Part {
  readonly view: View;
  readonly offset: number;
  readonly length: number;
  readonly datatype: Datatype;
  /** Brings the bytes to where the user wants them; null where they are there already. */
  readonly land: (() => void) | null;
  #bytes: Uint8Array | undefined;

  constructor(
    view: View,
    offset: number,
    length: number,
    datatype: Datatype,
    land: (() => void) | null = null,
  ) {
    this.view = view;
    this.offset = offset;
    this.length = length;
    this.datatype = datatype;
    this.land = land;
  }

  /** Made when it is first asked for: that takes as long as a short collective in shared memory. */
  get bytes(): Uint8Array {
    this.#bytes ??= new Uint8Array(this.view.buffer, this.view.byteOffset + this.offset, this.length);
    return this.#bytes;
  }
}

/** A buffer with one block for each rank. */
export interface Blocks {
  readonly views: readonly Uint8Array[];
  readonly land: (() => void) | null;
  /** The datatype of a rank's block. */
  typeOf(rank: number): Datatype;
}

const resolved = new Resolved();

/** The user's memory itself; null where the datatype has gaps, of which `resolved` then tells. */
function direct(ch: CollectiveChannel, spec: BufferSpec | null, role: string): Part | null {
  refuseInPlace(ch, spec, role);
  const { view, offset, bytes, datatype, packing } = resolve(
    resolved,
    spec as BufferSpec,
    ch.call,
    ch.scope,
    role,
  );
  return packing === null ? new Part(view, offset, bytes, datatype) : null;
}

/** Bytes to send. */
export function outgoing(ch: CollectiveChannel, spec: BufferSpec | null, role: string): Part {
  return direct(ch, spec, role) ?? new Part(packed(resolved), 0, resolved.bytes, resolved.datatype);
}

/** Bytes to fill; `filled`: what they hold already counts. */
export function incoming(ch: CollectiveChannel, spec: BufferSpec | null, role: string, filled = false): Part {
  const own = direct(ch, spec, role);
  if (own !== null) return own;
  const aside = landingOf(resolved);
  if (filled) aside.bytes.set(packed(resolved));
  return new Part(aside.bytes, 0, resolved.bytes, resolved.datatype, () => aside.land());
}

/** A part as equal blocks. */
export function equalBlocks(part: Part, count: number): Uint8Array[] {
  return equalViews(part.bytes, count);
}

/** A part as blocks for the ranks. */
export function equalParts(part: Part, count: number): Blocks {
  return { views: equalBlocks(part, count), land: part.land, typeOf: () => part.datatype };
}

/** Blocks to send; by default one a rank. */
export function outgoingBlocks(
  ch: CollectiveChannel,
  spec: VectorSpec | null,
  role: string,
  blocks = ch.size,
): Blocks {
  return { ...blocksOf(ch, spec, role, blocks, true), land: null };
}

/** Blocks to fill; `filled`: what they hold already counts. */
export function incomingBlocks(
  ch: CollectiveChannel,
  spec: VectorSpec | null,
  role: string,
  filled = false,
  blocks = ch.size,
): Blocks {
  return blocksOf(ch, spec, role, blocks, filled);
}

/** `sends`: what the memory holds counts. */
function blocksOf(
  ch: CollectiveChannel,
  spec: VectorSpec | null,
  role: string,
  blocks: number,
  sends: boolean,
): Blocks {
  refuseInPlace(ch, spec, role);
  const { bytes, counts, displs, datatype, land } = resolveVector(
    spec as VectorSpec,
    ch.call,
    ch.scope,
    role,
    blocks,
    sends,
  );
  const views = counts.map((count, i) => bytes.subarray(displs[i], displs[i] + count));
  return { views, land, typeOf: () => datatype };
}

/** `outgoing`, or null for IN_PLACE, where that is `allowed`. */
export function outgoingOrInPlace(
  ch: CollectiveChannel,
  spec: BufferSpec | InPlace,
  allowed: boolean,
): Part | null {
  return spec === IN_PLACE && allowed ? null : outgoing(ch, spec as BufferSpec, 'sendbuf');
}

/** The schedule, and then the landing of what it has brought. */
export function landing(schedule: Schedule, part: { readonly land: (() => void) | null } | null): Schedule {
  return part === null || part.land === null ? schedule : landAfter(schedule, part.land);
}

/** After a meeting, of which nothing is left to do: the landing. */
export function met(part: { readonly land: (() => void) | null } | null): null {
  part?.land?.();
  return null;
}

function* landAfter(schedule: Schedule, land: () => void): Schedule {
  yield* schedule;
  yield;
  land();
}

function refuseInPlace(ch: CollectiveChannel, spec: unknown, role: string): void {
  if (spec !== IN_PLACE) return;
  throw new Exception(ERR_BUFFER, `${place(ch.call, ch.scope)}: ${role} cannot be MPI.IN_PLACE here`);
}

/** A buffer must have exactly the bytes that the other arguments ask for. */
export function checkLength(
  ch: CollectiveChannel,
  role: string,
  bytes: Uint8Array,
  needed: number,
  why: string,
): void {
  if (bytes.length === needed) return;
  throw new Exception(
    ERR_COUNT,
    `${place(ch.call, ch.scope)}: ${role} has ${bytes.length} bytes where ${why} ask for ${needed}`,
  );
}

/** A buffer must be a block for each rank, or `count` of them; `own`: of the bytes of another buffer of this rank. */
export function checkBlocks(
  ch: CollectiveChannel,
  role: string,
  all: Uint8Array,
  own: Part | null,
  count = ch.size,
): void {
  const block = all.length / count;
  if (Number.isInteger(block) && (own === null || own.bytes.length === block)) return;
  const blocks = own === null ? `${count} equal blocks` : `${count} blocks of ${own.bytes.length} bytes`;
  throw new Exception(
    ERR_COUNT,
    `${place(ch.call, ch.scope)}: ${role} has ${all.length} bytes, which is not ${blocks}`,
  );
}

/** Blocks of a datatype must hold whole elements. */
export function checkElements(ch: CollectiveChannel, role: string, block: number, { datatype }: Part): void {
  if (block % datatype.size === 0) return;
  throw new Exception(
    ERR_COUNT,
    `${place(ch.call, ch.scope)}: ${role} has blocks of ${block} bytes, no whole number of ${datatype.name} of ` +
      `${datatype.size} bytes`,
  );
}

/** What is sent and what is filled must be different memory (MPI-4.1 §6.2.1). */
export function checkApart(
  ch: CollectiveChannel,
  out: readonly Uint8Array[],
  into: readonly Uint8Array[],
): void {
  if (!mayOverlap(out, into)) return;
  for (const a of out) for (const b of into) if (overlap(a, b)) throw overlapping(ch);
}

/** `checkApart` of one buffer each. */
export function checkApartParts(ch: CollectiveChannel, out: Part | null, into: Part | null): void {
  if (out !== null && into !== null && overlap(out.bytes, into.bytes)) throw overlapping(ch);
}

function overlapping(ch: CollectiveChannel): Exception {
  return new Exception(
    ERR_BUFFER,
    `${place(ch.call, ch.scope)}: sendbuf and recvbuf overlap: pass MPI.IN_PLACE where it is allowed, or other memory`,
  );
}

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  if (a.buffer !== b.buffer || a.length === 0 || b.length === 0) return false;
  return a.byteOffset < b.byteOffset + b.length && b.byteOffset < a.byteOffset + a.length;
}

/** False for certain if the memory from the first to the last block of one is apart from that of the other. */
function mayOverlap(out: readonly Uint8Array[], into: readonly Uint8Array[]): boolean {
  const [a, b] = [out.filter(({ length }) => length > 0), into.filter(({ length }) => length > 0)];
  if (a.length === 0 || b.length === 0) return false;
  const start = (views: Uint8Array[]): number => Math.min(...views.map(({ byteOffset }) => byteOffset));
  const end = (views: Uint8Array[]): number =>
    Math.max(...views.map((view) => view.byteOffset + view.length));
  return start(a) < end(b) && start(b) < end(a);
}
