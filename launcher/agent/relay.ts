/** Gathers the output of ranks for a moment: many short lines are one message. */
import { backlogOf } from '../output/words.js';
import type { RankMessage } from '../rank/orders.js';

/** So much is told at once. */
const gatheredBytesMax = 256 * 1024;

export class Relay {
  readonly #tell: (rank: number, message: RankMessage, backlog: number) => void;
  #rank = -1;
  #output: 1 | 2 = 1;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #backlog = 0;
  #due = false;

  /** `backlog`: what the ranks have counted for the message. */
  constructor(tell: (rank: number, message: RankMessage, backlog: number) => void) {
    this.#tell = tell;
  }

  put(rank: number, output: 1 | 2, bytes: Uint8Array): void {
    if (rank !== this.#rank || output !== this.#output || this.#bytes > gatheredBytesMax) this.flush();
    this.#rank = rank;
    this.#output = output;
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    this.#backlog += backlogOf(bytes.length);
    if (!this.#due) setImmediate(() => this.flush());
    this.#due = true;
  }

  flush(): void {
    this.#due = false;
    if (this.#parts.length === 0) return;
    const bytes = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    const backlog = this.#backlog;
    this.#parts = [];
    this.#bytes = this.#backlog = 0;
    this.#tell(this.#rank, { output: this.#output, bytes }, backlog);
  }
}
