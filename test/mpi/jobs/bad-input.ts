/** Mistakes in arguments: a clear exception that names the call and the value, with nothing sent and nothing hung. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { defineCases } from '../../support/job/cases.js';
import { assertFrom, bad, raises } from '../../support/job/tools.js';

const one = new Int32Array(1);

/** Every call that takes a destination and a tag, with the rest of its arguments right. */
const sends: Record<string, (comm: MPI.Comm, buf: never, dest: never, tag: never) => unknown> = {
  Send: (comm, buf, dest, tag) => comm.Send(buf, dest, tag),
  Ssend: (comm, buf, dest, tag) => comm.Ssend(buf, dest, tag),
  Bsend: (comm, buf, dest, tag) => comm.Bsend(buf, dest, tag),
  Rsend: (comm, buf, dest, tag) => comm.Rsend(buf, dest, tag),
  Isend: (comm, buf, dest, tag) => comm.Isend(buf, dest, tag),
  Issend: (comm, buf, dest, tag) => comm.Issend(buf, dest, tag),
  Ibsend: (comm, buf, dest, tag) => comm.Ibsend(buf, dest, tag),
  Irsend: (comm, buf, dest, tag) => comm.Irsend(buf, dest, tag),
  Send_init: (comm, buf, dest, tag) => comm.Send_init(buf, dest, tag),
  Ssend_init: (comm, buf, dest, tag) => comm.Ssend_init(buf, dest, tag),
  Bsend_init: (comm, buf, dest, tag) => comm.Bsend_init(buf, dest, tag),
  Rsend_init: (comm, buf, dest, tag) => comm.Rsend_init(buf, dest, tag),
  Sendrecv: (comm, buf, dest, tag) => comm.Sendrecv(buf, dest, tag, one, MPI.PROC_NULL, 1),
  Isendrecv: (comm, buf, dest, tag) => comm.Isendrecv(buf, dest, tag, one, MPI.PROC_NULL, 1),
  Sendrecv_replace: (comm, buf, dest, tag) => comm.Sendrecv_replace(buf, dest, tag, MPI.PROC_NULL, 1),
  Isendrecv_replace: (comm, buf, dest, tag) => comm.Isendrecv_replace(buf, dest, tag, MPI.PROC_NULL, 1),
};

const objectSends: Record<string, (comm: MPI.Comm, dest: never, tag: never) => unknown> = {
  send: (comm, dest, tag) => comm.send({}, dest, tag),
  ssend: (comm, dest, tag) => comm.ssend({}, dest, tag),
  bsend: (comm, dest, tag) => comm.bsend({}, dest, tag),
  isend: (comm, dest, tag) => comm.isend({}, dest, tag),
  issend: (comm, dest, tag) => comm.issend({}, dest, tag),
  ibsend: (comm, dest, tag) => comm.ibsend({}, dest, tag),
  sendrecv: (comm, dest, tag) => comm.sendrecv({}, dest, tag, MPI.PROC_NULL, 1),
};

/** Every call that takes a buffer, a source and a tag. */
const receives: Record<string, (comm: MPI.Comm, buf: never, source: never, tag: never) => unknown> = {
  Recv: (comm, buf, source, tag) => comm.Recv(buf, source, tag),
  Irecv: (comm, buf, source, tag) => comm.Irecv(buf, source, tag),
  Recv_init: (comm, buf, source, tag) => comm.Recv_init(buf, source, tag),
  Sendrecv: (comm, buf, source, tag) => comm.Sendrecv(one, MPI.PROC_NULL, 1, buf, source, tag),
  Isendrecv: (comm, buf, source, tag) => comm.Isendrecv(one, MPI.PROC_NULL, 1, buf, source, tag),
};

/** Every call that takes a source and a tag only. */
const matches: Record<string, (comm: MPI.Comm, source: never, tag: never) => unknown> = {
  Probe: (comm, source, tag) => comm.Probe(source, tag),
  Iprobe: (comm, source, tag) => comm.Iprobe(source, tag),
  Mprobe: (comm, source, tag) => comm.Mprobe(source, tag),
  Improbe: (comm, source, tag) => comm.Improbe(source, tag),
  recv: (comm, source, tag) => comm.recv(source, tag),
  irecv: (comm, source, tag) => comm.irecv(source, tag),
  Sendrecv_replace: (comm, source, tag) => comm.Sendrecv_replace(one, MPI.PROC_NULL, 1, source, tag),
};

/** Buffers that are none, each with its class and what the message has to mention. */
const wrongBuffers: [string, unknown, readonly number[], RegExp][] = [
  ['a number[]', [1, 2, 3], [MPI.ERR_BUFFER, MPI.ERR_TYPE, MPI.ERR_ARG], /Float64Array/],
  ['an empty array', [], [MPI.ERR_BUFFER, MPI.ERR_TYPE, MPI.ERR_ARG], /array/i],
  ['a string', 'text', [MPI.ERR_BUFFER, MPI.ERR_TYPE, MPI.ERR_ARG], /string|text/],
  ['a number', 5, [MPI.ERR_BUFFER, MPI.ERR_TYPE, MPI.ERR_ARG], /number|5/],
  ['undefined', undefined, [MPI.ERR_BUFFER, MPI.ERR_TYPE, MPI.ERR_ARG], /undefined/],
  ['an object', { a: 1 }, [MPI.ERR_BUFFER, MPI.ERR_TYPE, MPI.ERR_ARG], /object/i],
  ['a count beyond the array', [new Float64Array(4), 5, MPI.DOUBLE], [MPI.ERR_COUNT, MPI.ERR_BUFFER], /5/],
  ['a negative count', [new Float64Array(4), -1, MPI.DOUBLE], [MPI.ERR_COUNT], /-1/],
  ['a fractional count', [new Float64Array(4), 1.5, MPI.DOUBLE], [MPI.ERR_COUNT, MPI.ERR_ARG], /1\.5/],
  ['a NaN count', [new Float64Array(4), Number.NaN, MPI.DOUBLE], [MPI.ERR_COUNT, MPI.ERR_ARG], /NaN/],
  [
    'a displacement that ends beyond the array',
    [new Float64Array(4), [2, 3], MPI.DOUBLE],
    [MPI.ERR_COUNT, MPI.ERR_BUFFER, MPI.ERR_ARG],
    /4/,
  ],
  [
    'a negative displacement',
    [new Float64Array(4), [2, -1], MPI.DOUBLE],
    [MPI.ERR_COUNT, MPI.ERR_BUFFER, MPI.ERR_ARG],
    /-1/,
  ],
  ['a datatype of another array', [new Float64Array(4), 2, MPI.INT32_T], [MPI.ERR_TYPE], /Float64Array/],
  ['a datatype of another array, no count', [new Int32Array(4), MPI.DOUBLE], [MPI.ERR_TYPE], /Int32Array/],
  [
    'memory that is no whole number of elements',
    [new ArrayBuffer(12), MPI.DOUBLE],
    [MPI.ERR_TYPE, MPI.ERR_BUFFER, MPI.ERR_COUNT],
    /12/,
  ],
  ['a spec without datatype', [new Float64Array(4), 2], [MPI.ERR_TYPE, MPI.ERR_ARG, MPI.ERR_BUFFER], /./],
  [
    'a spec with a string',
    [new Float64Array(4), 'double'],
    [MPI.ERR_TYPE, MPI.ERR_ARG, MPI.ERR_BUFFER],
    /double/,
  ],
  ['IN_PLACE', MPI.IN_PLACE, [MPI.ERR_BUFFER, MPI.ERR_ARG], /./],
];

function detachedArray(): Float64Array {
  const array = new Float64Array(4);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** Nothing of the mistakes is under way: a plain exchange works and no stray message is there. */
function stillSane(comm: MPI.Comm, next: number, prev: number): void {
  comm.Barrier();
  assert.equal(comm.Iprobe(), false, 'a stray message');
  comm.Barrier();
  const got = new Int32Array(1);
  assertFrom(comm.Sendrecv(Int32Array.of(comm.rank), next, 1, got, prev, 1), prev, 1, 4);
  assert.equal(got[0], prev);
}

const raisesOneOf = (classes: readonly number[], body: () => unknown, ...texts: (string | RegExp)[]) => {
  const error = raises(undefined, body, ...texts);
  assert.ok(
    classes.includes(error.Get_error_class()),
    `class ${error.Get_error_class()} of: ${error.message}`,
  );
};

defineCases({
  'destination out of range: ERR_RANK': (comm, t) => {
    const wrong = [t.size, t.size + 100, -5, 1.5, Number.NaN, '0', MPI.ANY_SOURCE];
    for (const dest of wrong) {
      for (const [name, call] of Object.entries(sends)) {
        raises(MPI.ERR_RANK, () => call(comm, bad(one), bad(dest), bad(1)), name, String(dest));
      }
      for (const [name, call] of Object.entries(objectSends)) {
        raises(MPI.ERR_RANK, () => call(comm, bad(dest), bad(1)), name, String(dest));
      }
    }
    stillSane(comm, t.next, t.prev);
  },

  'source out of range: ERR_RANK': (comm, t) => {
    for (const source of [t.size, t.size + 100, -7, 0.5, Number.NaN, '0']) {
      for (const [name, call] of Object.entries(receives)) {
        raises(MPI.ERR_RANK, () => call(comm, bad(one), bad(source), bad(1)), name, String(source));
      }
      for (const [name, call] of Object.entries(matches)) {
        raises(MPI.ERR_RANK, () => call(comm, bad(source), bad(1)), name, String(source));
      }
    }
    stillSane(comm, t.next, t.prev);
  },

  'tag negative, beyond TAG_UB, or no whole number: ERR_TAG': (comm, t) => {
    const upper = comm.Get_attr(MPI.TAG_UB) as number;
    for (const tag of [-2, -100, upper + 1, 2 ** 40, 0.5, Number.NaN, '1']) {
      for (const [name, call] of Object.entries(sends)) {
        raises(MPI.ERR_TAG, () => call(comm, bad(one), bad(t.next), bad(tag)), name, String(tag));
      }
      for (const [name, call] of Object.entries(objectSends)) {
        raises(MPI.ERR_TAG, () => call(comm, bad(t.next), bad(tag)), name, String(tag));
      }
      for (const [name, call] of Object.entries(receives)) {
        raises(MPI.ERR_TAG, () => call(comm, bad(one), bad(t.prev), bad(tag)), name, String(tag));
      }
      for (const [name, call] of Object.entries(matches)) {
        raises(MPI.ERR_TAG, () => call(comm, bad(t.prev), bad(tag)), name, String(tag));
      }
    }
    stillSane(comm, t.next, t.prev);
  },

  'ANY_TAG is no tag to send with: ERR_TAG': (comm, t) => {
    for (const [name, call] of Object.entries(sends)) {
      raises(MPI.ERR_TAG, () => call(comm, bad(one), bad(t.next), bad(MPI.ANY_TAG)), name);
    }
    stillSane(comm, t.next, t.prev);
  },

  'what is no buffer, or does not fit its spec, to send': (comm, t) => {
    for (const [what, buffer, classes, text] of wrongBuffers) {
      for (const [name, call] of Object.entries(sends)) {
        const body = () => call(comm, bad(buffer), bad(t.next), bad(1));
        try {
          raisesOneOf(classes, body, name, text);
        } catch (error) {
          throw new Error(`${name} of ${what}: ${(error as Error).message}`, { cause: error });
        }
      }
    }
    stillSane(comm, t.next, t.prev);
  },

  'what is no buffer, or does not fit its spec, to receive into': (comm, t) => {
    for (const [what, buffer, classes, text] of wrongBuffers) {
      for (const [name, call] of Object.entries(receives)) {
        const body = () => call(comm, bad(buffer), bad(t.prev), bad(1));
        try {
          raisesOneOf(classes, body, name, text);
        } catch (error) {
          throw new Error(`${name} into ${what}: ${(error as Error).message}`, { cause: error });
        }
      }
    }
    stillSane(comm, t.next, t.prev);
  },

  'a detached buffer is an exception': (comm, t) => {
    for (const [name, call] of Object.entries(sends)) {
      raises(undefined, () => call(comm, bad(detachedArray()), bad(t.next), bad(1)), name, /detached/i);
    }
    for (const [name, call] of Object.entries(receives)) {
      raises(undefined, () => call(comm, bad(detachedArray()), bad(t.prev), bad(1)), name, /detached/i);
    }
    stillSane(comm, t.next, t.prev);
  },

  'the text names the call, the rank and the communicator': (comm, t) => {
    const error = raises(MPI.ERR_RANK, () => comm.Send(one, 99, 1), 'Send', '99', 'MPI_COMM_WORLD');
    assert.match(error.message, new RegExp(`rank ${t.rank}\\b`));
    assert.ok(error instanceof Error);
    assert.ok(Number.isInteger(error.Get_error_code()));
    assert.ok(error.Get_error_string().length > 0);
    assert.match(error.stack ?? '', /bad-input/);
  },

  'requests that are none': (comm, t) => {
    const classes = [MPI.ERR_REQUEST, MPI.ERR_ARG];
    for (const wrong of [undefined, null, {}, 5]) {
      raisesOneOf(classes, () => MPI.Request.Waitall([bad(wrong)]), 'Waitall');
      raisesOneOf(classes, () => MPI.Request.Waitany([bad(wrong)]), 'Waitany');
      raisesOneOf(classes, () => MPI.Request.Testsome([bad(wrong)]), 'Testsome');
    }
    raisesOneOf(classes, () => MPI.Request.Waitall(bad(undefined)), 'Waitall');
    stillSane(comm, t.next, t.prev);
  },

  'a freed request in a list: ERR_REQUEST': (comm, t) => {
    const request = comm.Recv_init(new Int32Array(1), t.prev, 1);
    request.Free();
    raises(MPI.ERR_REQUEST, () => MPI.Request.Waitall([request]), 'Waitall');
    raises(MPI.ERR_REQUEST, () => MPI.Request.Waitany([request]), 'Waitany');
  },

  'attached buffers that are none': () => {
    for (const wrong of ['text', 5, [1, 2], {}]) {
      raises(undefined, () => MPI.Attach_buffer(bad(wrong)), 'Attach_buffer');
    }
    raises(MPI.ERR_BUFFER, () => MPI.Detach_buffer());
  },

  'PROC_NULL does not excuse a wrong tag or buffer': (comm) => {
    raises(MPI.ERR_TAG, () => comm.Send(one, MPI.PROC_NULL, -3), 'Send', '-3');
    raises(undefined, () => comm.Send(bad('text'), MPI.PROC_NULL, 1), 'Send');
  },
});
