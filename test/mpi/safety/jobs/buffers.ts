/**
 * No JavaScript can crash the process: buffers are transferred, shrunk, dropped and collected while messages of
 * every size are under way in them, on the sending and on the receiving side. Either side may get a clean
 * MPI.Exception or success; what is received must then be what was sent.
 */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageChannel, Worker } from 'node:worker_threads';
import { MPI } from 'mpi4ts';
import { type CaseBody, defineCases, type NeedingCase, needs } from '../../../support/job/cases.js';
import { assertPattern, pattern, sequence } from '../../../support/job/tools.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const whole = process.env.MPI4TS_TEST_ALL === '1';
const rounds = whole ? 60 : 12;
const LENGTHS = [8, 60, 200, 5000, 70_000, 400_000, 2_000_000];
const DATA = 1;
/** Nothing is ever lost: a wait that ends by this is a failure. A collection of a large heap may take half a minute. */
const patience = { timeout: whole ? 120_000 : 20_000 };

/** Memory with a message in it, whose last reference the destroyer may drop. */
interface Held {
  buffer: ArrayBuffer | undefined;
  view: Uint8Array | undefined;
}

type Movable = ArrayBuffer & {
  transfer?(length?: number): ArrayBuffer;
  resize?(length: number): void;
  readonly resizable?: boolean;
};

interface Destroyer {
  make(length: number): ArrayBuffer;
  destroy(held: Held): void;
  /** The bytes may legally be anything afterwards. */
  readonly scrambles?: true;
}

const plain = (length: number) => new ArrayBuffer(length);
const ResizableBuffer = ArrayBuffer as new (length: number, options: { maxByteLength: number }) => Movable;

const destroyers: Record<string, Destroyer> = {
  transfer: {
    make: plain,
    destroy: ({ buffer }) => void structuredClone(buffer, { transfer: [buffer!] }),
  },
  'transfer and collect': {
    make: plain,
    destroy(held) {
      structuredClone(held.buffer, { transfer: [held.buffer!] });
      held.buffer = held.view = undefined;
      gc();
    },
  },
  'ArrayBuffer.transfer to another length': {
    make: plain,
    destroy({ buffer }) {
      const movable = buffer as Movable;
      if (movable.transfer !== undefined) movable.transfer(movable.byteLength >> 1).slice(0);
      else structuredClone(buffer, { transfer: [buffer!] });
    },
  },
  'transfer into a closed port': {
    make: plain,
    destroy({ buffer }) {
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(buffer, [buffer!]);
      port2.close();
    },
  },
  'drop and collect': {
    make: plain,
    destroy(held) {
      held.buffer = held.view = undefined;
      gc();
    },
  },
  shrink: {
    make: (length) => new ResizableBuffer(length, { maxByteLength: length + 4096 }),
    destroy: ({ buffer }) => (buffer as Movable).resize?.(buffer!.byteLength >> 1),
    scrambles: true,
  },
  'shrink to nothing and grow': {
    make: (length) => new ResizableBuffer(length, { maxByteLength: length + 4096 }),
    destroy({ buffer }) {
      const length = buffer!.byteLength;
      (buffer as Movable).resize?.(0);
      (buffer as Movable).resize?.(length);
    },
    scrambles: true,
  },
  'grow a WebAssembly memory': {
    make(length) {
      const memory = new WebAssembly.Memory({ initial: Math.ceil(length / 65536) + 1 });
      grow.set(memory.buffer, memory);
      return memory.buffer;
    },
    destroy: ({ buffer }) => void grow.get(buffer!)?.grow(1),
  },
};

const grow = new WeakMap<ArrayBuffer, { grow(pages: number): number }>();

declare namespace WebAssembly {
  class Memory {
    constructor(options: { initial: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}

/** Runs `body`; a clean MPI.Exception is an outcome, anything else and a wait in vain is a failure. */
function survives(body: () => void): boolean {
  try {
    body();
    return true;
  } catch (error) {
    if (error instanceof MPI.Exception && error.Get_error_class() !== MPI.ERR_TIMEOUT) return false;
    throw error;
  }
}

function pause(comm: MPI.Comm, spins: number): void {
  for (let i = 0; i < spins; i++) comm.Iprobe(MPI.ANY_SOURCE, 7);
}

function hold(make: Destroyer['make'], length: number, seed: number): Held {
  const buffer = make(length);
  const view = new Uint8Array(buffer, 0, length);
  view.set(pattern(length, seed));
  return { buffer, view };
}

/** Pairs of ranks (even, odd); an odd one out has no part. */
const partner = (rank: number, size: number): number | undefined => {
  const peer = rank ^ 1;
  return peer < size ? peer : undefined;
};

function senderDestroys({ make, destroy, scrambles }: Destroyer): CaseBody {
  return (comm, t) => {
    const peer = partner(t.rank, t.size);
    if (peer === undefined) return;
    for (const length of LENGTHS) {
      const random = sequence(length + t.rank);
      for (let round = 0; round < rounds; round++) {
        if (t.rank % 2 === 0) {
          const held = hold(make, length, round);
          const request =
            round % 2 ? comm.Isend(held.view!, peer, DATA) : comm.Issend(held.view!, peer, DATA);
          pause(comm, random(4));
          destroy(held);
          survives(() => request.Wait(undefined, patience));
        } else {
          const got = new Uint8Array(length);
          pause(comm, random(8));
          const whole = survives(() => comm.Recv(got, peer, DATA, undefined, patience));
          if (whole && scrambles === undefined) assertPattern(got, round);
        }
      }
    }
  };
}

function receiverDestroys({ make, destroy }: Destroyer): CaseBody {
  return (comm, t) => {
    const peer = partner(t.rank, t.size);
    if (peer === undefined) return;
    for (const length of LENGTHS) {
      const random = sequence(length + t.rank);
      for (let round = 0; round < rounds; round++) {
        if (t.rank % 2 === 0) {
          const held = hold(make, length, 0);
          const request = comm.Irecv(held.view!, peer, DATA);
          pause(comm, random(4));
          destroy(held);
          survives(() => request.Wait(undefined, patience));
        } else {
          pause(comm, random(8));
          survives(() => comm.Send(pattern(length, round), peer, DATA, patience));
        }
      }
    }
  };
}

/** A Worker takes the memory over, and is then terminated with it. */
const givenToWorker: CaseBody = async (comm, t) => {
  const peer = partner(t.rank, t.size);
  if (peer === undefined) return;
  for (const length of LENGTHS) {
    if (t.rank % 2 === 0) {
      const held = hold(plain, length, 3);
      const request = comm.Isend(held.view!, peer, DATA);
      const worker = new Worker('require("node:worker_threads").parentPort.once("message", () => {})', {
        eval: true,
      });
      worker.postMessage(held.buffer, [held.buffer!]);
      await worker.terminate();
      survives(() => request.Wait(undefined, patience));
    } else {
      pause(comm, 2000);
      const got = new Uint8Array(length);
      if (survives(() => comm.Recv(got, peer, DATA, undefined, patience))) assertPattern(got, 3);
    }
  }
};

/** A persistent request whose buffer is detached between two starts. */
const persistent: CaseBody = (comm, t) => {
  for (const length of LENGTHS) {
    const out = hold(plain, length, 1);
    const into = hold(plain, length, 0);
    const send = comm.Send_init(out.view!, t.next, DATA);
    const receive = comm.Recv_init(into.view!, t.prev, DATA);
    MPI.Prequest.Startall([receive, send]);
    MPI.Request.Waitall([receive, send]);
    assertPattern(into.view!, 1);
    comm.Barrier();
    for (const held of [out, into]) structuredClone(held.buffer, { transfer: [held.buffer!] });
    const tried = (request: MPI.Prequest) => () => {
      request.Start();
      request.Wait(undefined, patience);
    };
    assert.equal(survives(tried(send)), false, 'a send from a detached buffer went well');
    const other = comm.Isend(pattern(length, 2), t.next, DATA);
    assert.equal(survives(tried(receive)), false, 'a receive into a detached buffer went well');
    // A receive refused at its start leaves the message where it was.
    comm.Barrier();
    if (comm.Iprobe(t.prev, DATA)) comm.Recv(new Uint8Array(length), t.prev, DATA);
    survives(() => void other.Wait(undefined, patience));
    comm.Barrier();
    send.Free();
    receive.Free();
  }
};

/** The attached buffer itself is taken away while messages lie in it. */
const attachedBuffer: CaseBody = (comm, t) => {
  const buffer = new ArrayBuffer(3_000_000);
  MPI.Attach_buffer(buffer);
  const first = survives(() => comm.Bsend(pattern(1_000_000, 1), t.next, DATA));
  structuredClone(buffer, { transfer: [buffer] });
  survives(() => comm.Bsend(pattern(1000, 2), t.next, 2));
  const got = new Uint8Array(1_000_000);
  assert.equal(first, true);
  if (survives(() => comm.Recv(got, t.prev, DATA, undefined, patience))) assertPattern(got, 1);
  comm.Barrier();
  if (comm.Iprobe(t.prev, 2)) comm.Recv(got, t.prev, 2, undefined, patience);
  survives(() => void MPI.Detach_buffer());
};

const cases: Record<string, CaseBody | NeedingCase> = {};
for (const [name, destroyer] of Object.entries(destroyers)) {
  cases[`sender: ${name}`] = needs(2, senderDestroys(destroyer));
  cases[`receiver: ${name}`] = needs(2, receiverDestroys(destroyer));
}
cases['sender: given to a Worker that is terminated'] = needs(2, givenToWorker);
cases['persistent requests of detached buffers'] = persistent;
cases['the attached buffer is detached'] = attachedBuffer;

defineCases(cases);
