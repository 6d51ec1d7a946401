/**
 * The representation `external32` (MPI-4.1 §5.3 and §14.5.2): packed without gaps, numbers big-endian and in the
 * sizes that the standard lists, in which `MPI_LONG` has 4 bytes and `MPI_WCHAR` 2.
 */
import { ERR_ARG, Exception, show } from '../../base/errors.js';
import { type BufferLike, bytesOf, wrap } from '../memory.js';
import * as check from './checks.js';
import type { Datatype } from './datatype.js';
import type { Form, Run } from './form.js';
import { bytesIn, countOf, window } from './pack.js';

export function pack(
  datatype: Datatype,
  datarep: string,
  inbuf: BufferLike,
  outbuf: BufferLike,
  position: number,
): number {
  const call = 'Pack_external';
  const form = formOf(datatype, datarep, call);
  const memory = bytesOf(wrap(inbuf, call, null, 'inbuf'));
  const count = countOf(datatype, memory, call, 'inbuf');
  const target = wrap(outbuf, call, null, 'outbuf');
  const packed = window(target, position, count * (form?.external ?? 0), call, 'outbuf');
  convert(datatype, form, count, new Conversion(memory, packed, false, call));
  return position + packed.length;
}

export function unpack(
  datatype: Datatype,
  datarep: string,
  inbuf: BufferLike,
  position: number,
  outbuf: BufferLike,
): number {
  const call = 'Unpack_external';
  const form = formOf(datatype, datarep, call);
  const memory = bytesOf(wrap(outbuf, call, null, 'outbuf'));
  const count = countOf(datatype, memory, call, 'outbuf');
  const source = wrap(inbuf, call, null, 'inbuf');
  const packed = window(source, position, count * (form?.external ?? 0), call, 'inbuf');
  convert(datatype, form, count, new Conversion(memory, packed, true, call));
  return position + packed.length;
}

export function size(datatype: Datatype, datarep: string, count: number): number {
  const call = 'Pack_external_size';
  checkRepresentation(datarep, call);
  datatype.checkUsable(call);
  return bytesIn(check.count(count, call, 'count'), datatype.layout.form?.external ?? 0, call);
}

function formOf(datatype: Datatype, datarep: string, call: string): Form | null {
  checkRepresentation(datarep, call);
  datatype.packing(() => `${call}: the datatype is`);
  return datatype.layout.form;
}

function checkRepresentation(datarep: string, call: string): void {
  if (datarep === 'external32') return;
  throw new Exception(ERR_ARG, `${call}: datarep is ${show(datarep)}; 'external32' is the only one`);
}

function convert(datatype: Datatype, form: Form | null, count: number, conversion: Conversion): void {
  if (form === null) return;
  for (let i = 0; i < count; i++) conversion.walk(form, i * datatype.extent);
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** One call's way through the type map. */
class Conversion {
  readonly #memory: Uint8Array;
  readonly #packed: Uint8Array;
  readonly #unpacking: boolean;
  readonly #call: string;
  #at = 0;

  constructor(memory: Uint8Array, packed: Uint8Array, unpacking: boolean, call: string) {
    this.#memory = memory;
    this.#packed = packed;
    this.#unpacking = unpacking;
    this.#call = call;
  }

  walk(form: Form, base: number): void {
    const at = base + form.at;
    switch (form.op) {
      case 'run':
        for (let from = at; from < at + form.size; from += form.basic.part) this.#number(form, from);
        break;
      case 'loop':
        for (let i = 0; i < form.count; i++) this.walk(form.body, at + i * form.stride);
        break;
      case 'each':
        for (const displ of form.displs) this.walk(form.body, at + displ);
        break;
      case 'list':
        for (const item of form.items) this.walk(item, at);
    }
  }

  /** Numbers keep their order of significance: bytes are reversed, and those beyond the shorter form cut or extended. */
  #number({ basic }: Run, at: number): void {
    const { part, external, signed } = basic;
    const inner = (significance: number) => at + (littleEndian ? significance : part - 1 - significance);
    const outer = (significance: number) => this.#at + external - 1 - significance;
    if (this.#unpacking) {
      for (let i = 0; i < external; i++) this.#memory[inner(i)] = this.#packed[outer(i)];
      const filler = signed && this.#packed[this.#at] >= 128 ? 255 : 0;
      for (let i = external; i < part; i++) this.#memory[inner(i)] = filler;
    } else {
      for (let i = 0; i < external; i++) this.#packed[outer(i)] = this.#memory[inner(i)];
      const filler = signed && this.#packed[this.#at] >= 128 ? 255 : 0;
      for (let i = external; i < part; i++)
        if (this.#memory[inner(i)] !== filler) this.#refuse(part, external);
    }
    this.#at += external;
  }

  #refuse(part: number, external: number): never {
    throw new Exception(
      ERR_ARG,
      `${this.#call}: a number of ${part} bytes does not fit the ${external} that external32 has for it; ` +
        'use a datatype such as MPI.INT64_T',
    );
  }
}
