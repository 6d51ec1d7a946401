/**
 * The buffers exposed last, kept held: taking hold of a backing store costs 280 to 525 ns, a look here a few. The
 * cache pins memory, so it is short and bounded in bytes.
 */
import type { Native } from '../../native.js';
import type { View } from './aliases.js';
import { changesSize } from './memory.js';

const ENTRIES_MAX = 8;
const PINNED_BYTES_MAX = 256 * 1024 * 1024;

/** A buffer that is held, and the idle slots that still expose bytes of it to nobody: an offer makes one live. */
export class Held {
  readonly buffer: ArrayBufferLike;
  readonly hold: number;
  readonly bytes: number;
  readonly keptSlots: number[] = [];
  /** What the kept slots expose: bytes from the start of the buffer, and how many. */
  keptOffset = -1;
  keptBytes = -1;
  /** Counts the changes of the two. */
  shape = 0;
  /** False once the cache has let go of it. */
  cached = true;

  constructor(buffer: ArrayBufferLike, hold: number, bytes: number) {
    this.buffer = buffer;
    this.hold = hold;
    this.bytes = bytes;
  }
}

export class HoldCache {
  readonly #native: Native;
  /** Most recently used first. */
  readonly #forget: (held: Held) => void;
  readonly #entries: Held[] = [];
  #pinnedBytes = 0;

  /** `forget` frees the kept slots of a buffer that the cache lets go of. */
  constructor(native: Native, forget: (held: Held) => void) {
    this.#native = native;
    this.#forget = forget;
  }

  /** The memory under `view`, held, or null where it cannot be. */
  of(view: View): Held | null {
    const buffer = view.buffer;
    const entries = this.#entries;
    if (entries.length > 0 && entries[0].buffer === buffer) return entries[0];
    for (let i = 1; i < entries.length; i++) {
      const entry = entries[i];
      if (entry.buffer !== buffer) continue;
      entries.splice(i, 1);
      entries.unshift(entry);
      return entry;
    }
    return changesSize(buffer) ? null : this.#add(view);
  }

  /** Frees all kept slots. */
  freeSlots(): void {
    for (const held of this.#entries) this.#forget(held);
  }

  clear(): void {
    while (this.#entries.length > 0) this.#evict();
  }

  #add(view: View): Held | null {
    const hold = this.#native.hold(view);
    if (hold === 0) return null;
    const held = new Held(view.buffer, hold, view.buffer.byteLength);
    this.#pinnedBytes += held.bytes;
    this.#entries.unshift(held);
    // The newest stays even when it alone is over the bound: its exposure needs it.
    while (
      this.#entries.length > ENTRIES_MAX ||
      (this.#pinnedBytes > PINNED_BYTES_MAX && this.#entries.length > 1)
    ) {
      this.#evict();
    }
    return held;
  }

  #evict(): void {
    const held = this.#entries.pop();
    if (held === undefined) return;
    held.cached = false;
    this.#forget(held);
    this.#pinnedBytes -= held.bytes;
    this.#native.drop(held.hold);
  }
}
