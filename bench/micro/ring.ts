/** One record through a ring, written and read by the same thread: two transports of one segment. */
import { createSegment } from '../../src/bootstrap/threads.js';
import type { InRing } from '../../src/transport/ring/in-ring.js';
import { Kind, linesOf, PAYLOAD } from '../../src/transport/ring/records.js';
import { ThreadSharing } from '../../src/transport/ring/sharing.js';
import { RingTransport, type Sink } from '../../src/transport/ring/transport.js';
import type { Operation } from './operation.js';

/** Copies each record's payload out, as an eager receive does. */
class Reader implements Sink {
  readonly #transport: RingTransport;
  readonly #target: Uint8Array;

  constructor(transport: RingTransport, target: Uint8Array) {
    this.#transport = transport;
    this.#target = target;
  }

  land(): number {
    return 0;
  }

  record(_ring: InRing, at: number): void {
    this.#transport.copier.fromSegment(at * 4 + PAYLOAD, this.#target, 0, this.#target.byteLength);
  }
}

/** Writing and reading records of `size` bytes; the last byte read is the result. */
export function ringOperations(sizes: readonly number[]): Operation[] {
  const segment = createSegment(2, 2);
  const sharing = new ThreadSharing(segment);
  // The addon knows one transport of a thread, the first: its copies serve both directions.
  const writer = new RingTransport(segment, 0, sharing);
  const reader = new RingTransport(segment, 1, sharing);
  const out = writer.out(1);
  const inward = reader.in(0);
  return sizes.map((size) => {
    const source = Uint8Array.from({ length: size }, (_, i) => i + 1);
    const target = new Uint8Array(size);
    const sink = new Reader(writer, target);
    const lines = linesOf(PAYLOAD + size);
    return {
      name: `ring: write and read ${size} bytes`,
      expected: size & 0xff,
      run: () => {
        writer.copier.intoSegment(out.reserve(lines) + PAYLOAD, source, 0, size);
        writer.commit(out, Kind.EAGER, lines);
        reader.drain(inward, sink);
        return target[size - 1];
      },
    };
  });
}
