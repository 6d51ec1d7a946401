/** The pumps between rings and sockets: every record arrives once, whole and in order; anything else is refused. */
import test from 'ava';
import fc from 'fast-check';
import { wireEagerBytesMax } from '../../../src/base/limits.js';
import { createSegment } from '../../../src/bootstrap/threads.js';
import { loadNative, type Native } from '../../../src/native.js';
import { Copier } from '../../../src/transport/ring/copy.js';
import { InRing } from '../../../src/transport/ring/in-ring.js';
import { LINE_BYTES } from '../../../src/transport/ring/layout.js';
import { OutRing } from '../../../src/transport/ring/out-ring.js';
import {
  KIND_MASK,
  Kind,
  LINES_SHIFT,
  linesOf,
  longId,
  lowWord,
  PAYLOAD,
  REC_A,
  REC_B,
  REC_C,
} from '../../../src/transport/ring/records.js';
import { Segment } from '../../../src/transport/ring/segment.js';
import type { Sink } from '../../../src/transport/ring/transport.js';
import { Arrival, CorruptStream, InPump } from '../../../src/transport/wire/in-pump.js';
import { OutPump } from '../../../src/transport/wire/out-pump.js';
import { testAll, testSeed } from '../../support/ranks.js';

const status = loadNative();

/** Two ends of a Unix-domain connection, in this thread. */
function connect(native: Native): [number, number] {
  const name = `@mpi4ts-test-${process.pid}-${Math.random()}`;
  const listener = native.socketListen(name, 0);
  const one = native.socketConnect(name, 0);
  const other = native.socketAccept(listener);
  native.socketClose(listener);
  return [one, other];
}

/** One side of a connection between ranks 0 and 1, with fresh rings. */
function side(native: Native, rank: number) {
  const segment = new Segment(createSegment(2, 2));
  const copier = new Copier(segment, null);
  const peer = 1 - rank;
  const ring = new InRing(segment, peer, rank, copier);
  return {
    segment,
    out: new OutRing(segment, rank, peer, copier),
    outPump: new OutPump(native, segment, rank, peer),
    ring,
    inPump: new InPump(native, segment, ring, rank),
  };
}

/** What is sent: a record of so many payload bytes, or payload outside of the ring, asked for or not. */
interface Item {
  readonly kind: number;
  readonly bytes: number;
}

const items: fc.Arbitrary<Item> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(Kind.EAGER, Kind.BULK),
    bytes: fc.oneof(fc.nat(48), fc.nat(4096), fc.nat(15_000)),
  }),
  fc.record({ kind: fc.constant(Kind.EAGER_LONG), bytes: fc.nat(wireEagerBytesMax - 1).map((n) => n + 1) }),
);

const byteAt = (index: number, i: number): number => (index * 31 + i * 7) & 255;

if (status.native === null) test('the pumps', (t) => t.pass(`skipped: ${status.reason}`));
else {
  const { native } = status;

  test('records of any length arrive as they left, whatever the pace of the two sides', (t) => {
    const paces = fc.array(fc.constantFrom('write', 'push', 'pull', 'read'), {
      minLength: 50,
      maxLength: 400,
    });
    fc.assert(
      fc.property(fc.array(items, { minLength: 1, maxLength: 60 }), paces, (all, pace) => {
        const [from, to] = connect(native);
        const sender = side(native, 0);
        const receiver = side(native, 1);
        const got: Item[] = [];
        const landed = new Map<number, number>();
        const sink: Sink = {
          record: () => {},
          land: (landing, left, receive) => {
            // An EAGER_LONG has been read when its payload lands, and nothing else since.
            const id = landing === longId(0) ? got.length - 1 : landing;
            const view = new Uint8Array(left);
            const count = receive(view, 0, left);
            const before = landed.get(id) ?? 0;
            for (let i = 0; i < count; i++)
              if (view[i] !== byteAt(id, before + i)) t.fail(`byte ${before + i} of payload ${id}`);
            landed.set(id, before + Math.max(0, count));
            return count;
          },
        };
        let written = 0;
        let sent = 0;
        const steps = {
          write: () => {
            if (written === all.length) return;
            const { kind, bytes } = all[written];
            const payload = kind !== Kind.EAGER && bytes > 0;
            const lines = payload ? 1 : linesOf(PAYLOAD + bytes);
            const at = sender.out.reserve(lines);
            if (at < 0) return;
            const { words, bytes: memory } = sender.segment;
            const data = Uint8Array.from({ length: bytes }, (_, i) => byteAt(written, i));
            words[(at >> 2) + REC_A] = written;
            const counted = payload && kind === Kind.BULK;
            words[(at >> 2) + REC_B] = counted ? lowWord(bytes) : 0;
            words[(at >> 2) + REC_C] = counted ? 0 : bytes;
            if (payload) {
              const hold = native.hold(data);
              const done = () => {
                native.drop(hold);
                sent++;
              };
              sender.outPump.add({ hold, byteOffset: 0, bytes, sent: done });
              if (counted) receiver.inPump.expectedBulks++;
            } else memory.set(data, at + PAYLOAD);
            sender.out.commit(payload ? kind : Kind.EAGER, lines);
            written++;
          },
          push: () => t.true(sender.outPump.push(from)),
          pull: () => t.not(receiver.inPump.pull(to, sink, 1), Arrival.END),
          read: () => {
            const at = receiver.ring.peek();
            if (at < 0) return;
            const { words, bytes: memory } = receiver.segment;
            const commit = words[at];
            const kind = commit & KIND_MASK;
            const bulk = kind === Kind.BULK;
            const long = kind === Kind.EAGER_LONG;
            const bytes = bulk ? words[at + REC_B] : words[at + REC_C];
            if (words[at + REC_A] !== got.length) t.fail(`record ${words[at + REC_A]} came as ${got.length}`);
            if (bulk && landed.get(got.length) !== bytes) return; // its payload first
            if (!bulk && !long)
              for (let i = 0; i < bytes; i++)
                if (memory[at * 4 + PAYLOAD + i] !== byteAt(got.length, i))
                  t.fail(`byte ${i} of ${got.length}`);
            got.push({ kind, bytes });
            if (long) receiver.inPump.begin(longId(0), bytes);
            receiver.ring.advance(commit);
          },
        };
        for (const step of pace) steps[step as keyof typeof steps]();
        for (let i = 0; got.length < all.length && i < 100_000; i++)
          for (const step of Object.values(steps)) step();
        for (let i = 0; receiver.inPump.lands && i < 1000; i++) steps.pull();
        const expected = all.map(({ kind, bytes }) => ({ kind: bytes > 0 ? kind : Kind.EAGER, bytes }));
        t.deepEqual(got, expected);
        t.is(sent, expected.filter(({ kind }) => kind !== Kind.EAGER).length);
        for (const [index, { kind, bytes }] of expected.entries())
          if (kind !== Kind.EAGER) t.is(landed.get(index), bytes);
        t.true(sender.outPump.empty);
        native.socketClose(from);
        native.socketClose(to);
      }),
      { numRuns: testAll ? 2000 : 100, seed: testSeed },
    );
  });

  test('whatever arrives instead of records is refused, and nothing but the ring is written', (t) => {
    // 10^5 in a test run, 10^7 by hand: MPI4TS_TEST_INPUTS=10000000.
    const inputs = Number(process.env.MPI4TS_TEST_INPUTS ?? 100_000);
    const { segment } = side(native, 1);
    const copier = new Copier(segment, null);
    const place = segment.ringPlace(0, 1);
    const ringStart = place.data;
    const ringEnd = place.data + place.lines * LINE_BYTES;
    const canary = segment.bytes.fill(0xa5, 0, 4096).slice(0, 4096);
    segment.bytes.fill(0xa5, ringEnd, ringEnd + 256);
    let [from, to] = connect(native);
    let state = testSeed | 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const counts = { refused: 0, taken: 0 };
    const sink: Sink = { record: () => {}, land: (_, left) => left };
    const chunk = new Uint8Array(4 * LINE_BYTES);
    const words = new Int32Array(chunk.buffer);
    for (let input = 0; input < inputs; input++) {
      const bytes = 1 + random(chunk.length - 1);
      for (let i = 0; i < words.length; i++) words[i] = random(2 ** 32);
      // Half of them begin like a record.
      if (random(2) === 0) words[0] = (random(16) & KIND_MASK) | (random(5) << LINES_SHIFT);
      if (random(2) === 0) words[REC_C] = random(4096);
      native.socketSend(from, chunk, 0, bytes, 0, 0, 0);
      const ring = new InRing(segment, 0, 1, copier);
      const pump = new InPump(native, segment, ring, 1);
      pump.expectedBulks = random(2);
      try {
        for (let i = 0; i < 8 && pump.pull(to, sink, 1) === Arrival.SOME; i++);
        const at = ring.peek();
        if (at < 0) counts.taken++;
        else {
          const lines = segment.words[at] >>> LINES_SHIFT;
          t.true(lines >= 1 && at * 4 + lines * LINE_BYTES <= ringEnd);
        }
      } catch (error) {
        if (!(error instanceof CorruptStream)) throw error;
        counts.refused++;
        native.socketClose(from);
        native.socketClose(to);
        [from, to] = connect(native);
      }
      while (native.socketReceive(to, chunk, 0, chunk.length, 1) > 0);
      segment.bytes.fill(0, ringStart, ringStart + 8 * LINE_BYTES);
    }
    t.log(`${inputs} inputs, ${counts.refused} refused`);
    t.true(counts.refused > inputs / 2);
    t.deepEqual(segment.bytes.slice(0, 4096), canary);
    t.true(segment.bytes.subarray(ringEnd, ringEnd + 256).every((byte) => byte === 0xa5));
  });
}
