/**
 * Plain data on the wire: numbers, texts, booleans, null, undefined, and arrays and objects of these. An object of 1 KiB (a
 * number, a text, 56 doubles) is encoded and decoded in 1.9 µs; `node:v8` takes 8.1, msgpackr 3.4, which keeps neither -0 nor
 * holes nor what two properties share. Whatever is not plain is for `node:v8`, as a whole: data becomes the same in both
 * ways. (Getters may run twice; an object of another kind that was given `Object.prototype` counts as plain.)
 *
 *     message:  MARK | value
 *     value:    tag
 *               tag | int32 or double, little-endian
 *               tag | length | bytes of a text
 *               tag | length | doubles                       an array of numbers
 *               tag | length | values                        an array
 *               tag | length | text, value, text, value …    an object
 *     length:   a byte below 255, or 255 | uint32
 */

import { types } from 'node:util';
import { plainBytesMax, plainDepthMax, plainItemsMax } from '../base/limits.js';

/** The first byte; that of `node:v8` is 255. */
export const MARK = 254;

const Tag = {
  UNDEFINED: 0,
  NULL: 1,
  FALSE: 2,
  TRUE: 3,
  INT32: 4,
  DOUBLE: 5,
  ASCII: 6,
  UTF8: 7,
  NUMBERS: 8,
  ARRAY: 9,
  OBJECT: 10,
} as const;

/** A tag and a length. */
const HEAD_BYTES = 6;
const LONG = 255;
/** Shorter texts are written character by character: a call takes as long as 16. */
const SHORT_TEXT = 16;

/** Writes one message at a time. Each `put` returns false where the value is not plain, or too long. */
class Writer {
  readonly #bytes = Buffer.allocUnsafeSlow(plainBytesMax);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #seen = new Set<object>();
  #at = 0;
  #busy = false;

  /** The message of a value, or null. */
  encode(value: unknown): Uint8Array | null {
    // A getter may send an object of its own.
    if (this.#busy) return null;
    this.#busy = true;
    try {
      this.#bytes[0] = MARK;
      this.#at = 1;
      if (!this.#put(value, 0)) return null;
      const message = Buffer.allocUnsafe(this.#at);
      this.#bytes.copy(message, 0, 0, this.#at);
      return message;
    } finally {
      this.#seen.clear();
      this.#busy = false;
    }
  }

  #put(value: unknown, depth: number): boolean {
    if (this.#at + HEAD_BYTES + Float64Array.BYTES_PER_ELEMENT > plainBytesMax) return false;
    switch (typeof value) {
      case 'number':
        this.#putNumber(value);
        return true;
      case 'string':
        return this.#putText(value);
      case 'boolean':
        this.#bytes[this.#at++] = value ? Tag.TRUE : Tag.FALSE;
        return true;
      case 'undefined':
        this.#bytes[this.#at++] = Tag.UNDEFINED;
        return true;
      case 'object':
        if (value !== null) return this.#putObject(value, depth + 1);
        this.#bytes[this.#at++] = Tag.NULL;
        return true;
      default:
        return false;
    }
  }

  #putNumber(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      this.#bytes[this.#at] = Tag.INT32;
      this.#view.setInt32(this.#at + 1, value, true);
      this.#at += 5;
    } else {
      this.#bytes[this.#at] = Tag.DOUBLE;
      this.#view.setFloat64(this.#at + 1, value, true);
      this.#at += 9;
    }
  }

  #putHead(tag: number, length: number): void {
    const bytes = this.#bytes;
    bytes[this.#at++] = tag;
    if (length < LONG) bytes[this.#at++] = length;
    else {
      bytes[this.#at] = LONG;
      this.#view.setUint32(this.#at + 1, length, true);
      this.#at += 5;
    }
  }

  #putText(text: string): boolean {
    const { length } = text;
    if (this.#at + HEAD_BYTES + 3 * length > plainBytesMax) return false;
    if (length < SHORT_TEXT && this.#putShort(text)) return true;
    const start = this.#at + HEAD_BYTES;
    const written = this.#bytes.write(text, start, 'utf8');
    // UTF-8 has no place for half a pair.
    if (written !== length && !(text as string & { isWellFormed(): boolean }).isWellFormed()) return false;
    this.#putHead(written === length ? Tag.ASCII : Tag.UTF8, written);
    if (this.#at !== start) this.#bytes.copyWithin(this.#at, start, start + written);
    this.#at += written;
    return true;
  }

  #putShort(text: string): boolean {
    const bytes = this.#bytes;
    const { length } = text;
    const start = this.#at + 2;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[start + i] = code;
    }
    bytes[this.#at] = Tag.ASCII;
    bytes[this.#at + 1] = length;
    this.#at = start + length;
    return true;
  }

  #putObject(value: object, depth: number): boolean {
    // What is there twice, or contains itself, is to be so on the other side.
    if (depth > plainDepthMax || this.#seen.has(value) || types.isProxy(value)) return false;
    this.#seen.add(value);
    const prototype = Object.getPrototypeOf(value);
    if (Array.isArray(value)) return prototype === Array.prototype && this.#putArray(value, depth);
    return prototype === Object.prototype && this.#putProperties(value, depth);
  }

  #putProperties(value: object, depth: number): boolean {
    const keys = Object.keys(value);
    this.#putHead(Tag.OBJECT, keys.length);
    for (const key of keys) {
      if (key === '__proto__' || !this.#putText(key)) return false;
      const item = (value as Record<string, unknown>)[key];
      // A getter may have deleted it.
      if (item === undefined && !Object.hasOwn(value, key)) return false;
      if (!this.#put(item, depth)) return false;
    }
    return true;
  }

  #putArray(value: readonly unknown[], depth: number): boolean {
    const { length } = value;
    // Holes are less keys, and properties beside the items more.
    if (length > plainItemsMax || Object.keys(value).length !== length) return false;
    if (this.#putNumbers(value)) return true;
    this.#putHead(Tag.ARRAY, length);
    for (let i = 0; i < length; i++) {
      const item = value[i];
      if (item === undefined && !Object.hasOwn(value, i)) return false;
      if (!this.#put(item, depth)) return false;
    }
    return true;
  }

  /** An array of numbers, if it is one. */
  #putNumbers(value: readonly unknown[]): boolean {
    const { length } = value;
    if (length === 0 || this.#at + HEAD_BYTES + length * Float64Array.BYTES_PER_ELEMENT > plainBytesMax)
      return false;
    for (let i = 0; i < length; i++) if (typeof value[i] !== 'number') return false;
    this.#putHead(Tag.NUMBERS, length);
    const view = this.#view;
    let at = this.#at;
    for (let i = 0; i < length; i++) {
      view.setFloat64(at, value[i] as number, true);
      at += Float64Array.BYTES_PER_ELEMENT;
    }
    this.#at = at;
    return true;
  }
}

const writer = new Writer();

/** The message of plain data, or null for any other value. */
export function encodePlain(value: unknown): Uint8Array | null {
  return writer.encode(value);
}

/** Reads one message; throws RangeError where it is none. */
class Reader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at = 1;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    this.#view = new DataView(buffer, byteOffset, byteLength);
  }

  decode(): unknown {
    const value = this.#take();
    if (this.#at !== this.#bytes.length) throw new RangeError('there is more than a value');
    return value;
  }

  #take(): unknown {
    const tag = this.#view.getUint8(this.#at++);
    switch (tag) {
      case Tag.UNDEFINED:
        return undefined;
      case Tag.NULL:
        return null;
      case Tag.FALSE:
        return false;
      case Tag.TRUE:
        return true;
      case Tag.INT32:
        this.#at += 4;
        return this.#view.getInt32(this.#at - 4, true);
      case Tag.DOUBLE:
        this.#at += 8;
        return this.#view.getFloat64(this.#at - 8, true);
      case Tag.ASCII:
      case Tag.UTF8:
        this.#at--;
        return this.#takeText();
      case Tag.NUMBERS:
        return this.#takeNumbers();
      case Tag.ARRAY:
        return this.#takeArray();
      case Tag.OBJECT:
        return this.#takeObject();
      default:
        throw new RangeError(`no value begins with ${tag}`);
    }
  }

  /** A number of items of so many bytes, or more, each. */
  #takeLength(itemBytes: number): number {
    let length = this.#view.getUint8(this.#at++);
    if (length === LONG) {
      length = this.#view.getUint32(this.#at, true);
      this.#at += 4;
    }
    if (length * itemBytes > this.#bytes.length - this.#at) throw new RangeError('it is cut short');
    return length;
  }

  #takeText(): string {
    const tag = this.#view.getUint8(this.#at++);
    if (tag !== Tag.ASCII && tag !== Tag.UTF8) throw new RangeError(`no text begins with ${tag}`);
    const length = this.#takeLength(1);
    const start = this.#at;
    this.#at += length;
    return this.#bytes.toString(tag === Tag.ASCII ? 'latin1' : 'utf8', start, this.#at);
  }

  #takeNumbers(): number[] {
    const length = this.#takeLength(Float64Array.BYTES_PER_ELEMENT);
    const numbers = new Array<number>(length);
    const view = this.#view;
    let at = this.#at;
    for (let i = 0; i < length; i++) {
      numbers[i] = view.getFloat64(at, true);
      at += Float64Array.BYTES_PER_ELEMENT;
    }
    this.#at = at;
    return numbers;
  }

  #takeArray(): unknown[] {
    const length = this.#takeLength(1);
    const items = new Array<unknown>(length);
    for (let i = 0; i < length; i++) items[i] = this.#take();
    return items;
  }

  #takeObject(): object {
    const length = this.#takeLength(3);
    const object: Record<string, unknown> = {};
    for (let i = 0; i < length; i++) {
      const key = this.#takeText();
      const value = this.#take();
      // What is inherited may be frozen.
      if (key in object)
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      else object[key] = value;
    }
    return object;
  }
}

/** The value of a message that begins with MARK. @throws RangeError */
export function decodePlain(message: Uint8Array): unknown {
  return new Reader(message).decode();
}
