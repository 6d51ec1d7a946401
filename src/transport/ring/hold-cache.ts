/**
 * The buffers exposed last, kept held: taking hold of a backing store costs 280 to 525 ns, a look here a few. The
 * cache pins memory, so it is short and bounded in bytes.
 */
import type { Native } from '../../native.js';
import type { View } from './aliases.js';
import { changesSize } from './memory.js';

const ENTRIES_MAX = 8;
const PINNED_BYTES_MAX = 256 * 1024 * 1024;

interface Entry {
  buffer: ArrayBufferLike;
  hold: number;
  bytes: number;
}

export class HoldCache {
  readonly #native: Native;
  /** Most recently used first. */
  readonly #entries: Entry[] = [];
  #pinnedBytes = 0;

  constructor(native: Native) {
    this.#native = native;
  }

  /** A hold on the memory under `view`, or 0 where it cannot be held. */
  of(view: View): number {
    const buffer = view.buffer;
    const entries = this.#entries;
    if (entries.length > 0 && entries[0].buffer === buffer) return entries[0].hold;
    for (let i = 1; i < entries.length; i++) {
      const entry = entries[i];
      if (entry.buffer !== buffer) continue;
      entries.splice(i, 1);
      entries.unshift(entry);
      return entry.hold;
    }
    return changesSize(buffer) ? 0 : this.#add(view);
  }

  clear(): void {
    while (this.#entries.length > 0) this.#evict();
  }

  #add(view: View): number {
    const hold = this.#native.hold(view);
    if (hold === 0) return 0;
    const bytes = view.buffer.byteLength;
    this.#pinnedBytes += bytes;
    this.#entries.unshift({ buffer: view.buffer, hold, bytes });
    // The newest stays even when it alone is over the bound: its exposure needs it.
    while (
      this.#entries.length > ENTRIES_MAX ||
      (this.#pinnedBytes > PINNED_BYTES_MAX && this.#entries.length > 1)
    ) {
      this.#evict();
    }
    return hold;
  }

  #evict(): void {
    const entry = this.#entries.pop();
    if (entry === undefined) return;
    this.#pinnedBytes -= entry.bytes;
    this.#native.drop(entry.hold);
  }
}
