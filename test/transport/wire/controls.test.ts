/** Records without a message: what waits for room in a full ring leaves in the order in which it was asked for. */
import test from 'ava';
import { createSegment } from '../../../src/bootstrap/threads.js';
import { loadNative } from '../../../src/native.js';
import { Copier } from '../../../src/transport/ring/copy.js';
import { InRing } from '../../../src/transport/ring/in-ring.js';
import { RANK_PORT } from '../../../src/transport/ring/layout.js';
import { OutRing } from '../../../src/transport/ring/out-ring.js';
import { KIND_MASK, Kind } from '../../../src/transport/ring/records.js';
import { Segment } from '../../../src/transport/ring/segment.js';
import type { Sink } from '../../../src/transport/ring/transport.js';
import { Wire } from '../../../src/transport/wire/wire.js';

const status = loadNative();

if (status.native === null) test('controls', (t) => t.pass(`skipped: ${status.reason}`));
else {
  const { native } = status;

  const names = [0, 1].map((rank) => `@mpi4ts-test-${process.pid}-${Math.random()}-${rank}`);

  /** One of two ranks in this thread. */
  function side(rank: number) {
    const segment = new Segment(createSegment(2, 2));
    const copier = new Copier(segment, null);
    const out = [0, 1].map((peer) => new OutRing(segment, rank, peer, copier));
    const into = [0, 1].map((peer) => new InRing(segment, peer, rank, copier));
    // No message has a slot here.
    const rings = {
      out: (peer: number) => out[peer],
      in: (peer: number) => into[peer],
      slots: null as never,
    };
    const hosts = names.map((name, peer) => (peer === rank ? undefined : name));
    const options = { sockets: 'native', secret: new Uint8Array(32), host: names[rank], hosts } as const;
    const wire = new Wire(native, segment, rank, rings, options, {
      tellPort: () => {},
      tellUnreachable: () => {},
    });
    Atomics.store(segment.words, segment.rankWord(1 - rank, RANK_PORT), 1);
    return { segment, wire, out: out[1 - rank] };
  }

  test('LEAVING is behind a CTS that found the ring full', (t) => {
    const [from, to] = [side(0), side(1)];
    const kinds: number[] = [];
    let tooSoon = 0;
    const sink: Sink = {
      record: (_, at) => {
        kinds.push(to.segment.words[at] & KIND_MASK);
        if (to.wire.leaving(0)) tooSoon++;
      },
      land: () => 0,
    };
    const until = (done: () => boolean) => {
      for (let i = 0; i < 100_000 && !done(); i++) {
        from.wire.poll(sink);
        to.wire.poll(sink);
      }
      t.true(done());
    };
    const put = () => {
      if (from.out.reserve(1) < 0) return false;
      from.out.commit(Kind.EAGER, 1);
      from.wire.flush(1);
      return true;
    };
    put();
    until(() => kinds.length === 1);
    let sent = 1;
    while (put()) sent++;
    from.wire.request(1, 7, 8, 1_000_000);
    from.wire.leave();
    until(() => to.wire.leaving(0));
    t.is(tooSoon, 0);
    t.is(kinds.length, sent + 1);
    t.is(kinds.at(-1), Kind.CTS);
    from.wire.close();
    to.wire.close();
  });
}
