/** What a call does with what the user gave it: buffers to bytes, objects to bytes and back. */
import type { Scope } from '../../src/engine/ops.js';
import { type BufferSpec, Resolved, resolve } from '../../src/mpi/buffer.js';
import { DOUBLE } from '../../src/mpi/datatype/index.js';
import { decode, encode } from '../../src/mpi/objects.js';
import type { Operation } from './operation.js';

const scope: Scope = {
  label: 'MPI_COMM_WORLD',
  rank: 0,
  size: 1,
  peers: 1,
  toWorld: (rank) => rank,
  fromWorld: (world) => world,
};

/** Resolving buffers as users give them; the result is their length in bytes. */
export function bufferOperations(): Operation[] {
  const array = new Float64Array(16);
  const specs: readonly [string, BufferSpec, number][] = [
    ['a Float64Array', array, 128],
    ['[buf, count, datatype]', [array, 8, DOUBLE], 64],
    ['[buf, [count, displ], datatype]', [array, [8, 4], DOUBLE], 64],
    ['an ArrayBuffer', array.buffer, 128],
  ];
  const into = new Resolved();
  return specs.map(([name, spec, expected]) => ({
    name: `buffer: resolve ${name}`,
    expected,
    run: () => resolve(into, spec, 'Send', scope, 'buf').bytes,
  }));
}

/** Objects to bytes (the result is their number) and back. */
export function objectOperations(): Operation[] {
  const objects: readonly [string, object][] = [
    ['a small object', { id: 1, name: 'rank', values: [1, 2, 3] }],
    ['a Float64Array of 1 KiB', new Float64Array(128)],
  ];
  return objects.flatMap(([name, object]) => {
    const bytes = encode(object, 'send', scope);
    return [
      {
        name: `object: encode ${name}`,
        expected: bytes.byteLength,
        run: () => encode(object, 'send', scope).byteLength,
      },
      {
        name: `object: decode ${name}`,
        expected: Object.keys(object).length,
        run: () => Object.keys(decode(bytes) as object).length,
      },
    ];
  });
}
