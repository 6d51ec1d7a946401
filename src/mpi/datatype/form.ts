/**
 * The normal form of a type map (MPI-4.1 §5.1): where the bytes of one element lie, in the order in which they are
 * packed. Runs of bytes, in loops over equal strides, at lists of displacements, or one after the other:
 *
 *     run    bytes at `at`
 *     loop   `body` at at, at + stride, … (`count` times)
 *     each   `body` at at + displs[0], at + displs[1], …
 *     list   `items`, each at at + its own `at`
 *
 * The functions below make forms, merging what touches: a contiguous type is a single run, whatever it was made of.
 * Forms never change, and are shared.
 */

/** What a run is made of, equal for all its elements. */
export interface Basic {
  /** Bytes of an element. */
  readonly bytes: number;
  /** Bytes of the numbers in it: half of a complex number. */
  readonly part: number;
  /** Bytes of such a number in external32 (MPI-4.1 §14.5.2). */
  readonly external: number;
  readonly signed: boolean;
  /** What type signatures tell it by: `float64`, `complex128`, `byte`, … */
  readonly kind: string;
}

interface Common {
  readonly at: number;
  /** Bytes packed. */
  readonly size: number;
  /** Basic elements. */
  readonly elements: number;
  /** Bytes in external32. */
  readonly external: number;
  /** Levels of nesting. */
  readonly depth: number;
}

export interface Run extends Common {
  readonly op: 'run';
  readonly basic: Basic;
}

export interface Loop extends Common {
  readonly op: 'loop';
  readonly count: number;
  readonly stride: number;
  readonly body: Form;
}

export interface Each extends Common {
  readonly op: 'each';
  readonly displs: Float64Array;
  readonly body: Form;
}

export interface List extends Common {
  readonly op: 'list';
  readonly items: readonly Form[];
}

export type Form = Run | Loop | Each | List;

/** Lists so short become part of the list around them: longer ones could double at every level of nesting. */
const INLINED_MAX = 16;

/** What packing needs: bytes without a meaning. */
const BYTES: Basic = { bytes: 1, part: 1, external: 1, signed: false, kind: 'byte' };

export function run(at: number, bytes: number, basic: Basic): Run {
  const elements = bytes / basic.bytes;
  const external = (bytes / basic.part) * basic.external;
  return { op: 'run', at, size: bytes, elements, external, depth: 1, basic };
}

export function moved(form: Form, by: number): Form {
  return by === 0 ? form : { ...form, at: form.at + by };
}

/** `count` (1 or more) times the form, `stride` bytes apart. */
export function repeat(count: number, stride: number, form: Form): Form {
  if (count === 1) return form;
  if (form.op === 'run' && stride === form.size) return run(form.at, count * form.size, form.basic);
  if (form.op === 'loop' && stride === form.count * form.stride)
    return loop(form.at, form.count * count, form.stride, form.body);
  return loop(form.at, count, stride, moved(form, -form.at));
}

function loop(at: number, count: number, stride: number, body: Form): Loop {
  return { op: 'loop', at, ...times(count, body), count, stride, body };
}

function times(count: number, body: Form): Omit<Common, 'at'> {
  return {
    size: count * body.size,
    elements: count * body.elements,
    external: count * body.external,
    depth: body.depth + 1,
  };
}

/** One form behind the other; null for none. */
export function sequence(forms: readonly Form[]): Form | null {
  const items = grouped(joined(forms.flatMap(inlined)));
  if (items.length <= 1) return items[0] ?? null;
  const total = (of: (form: Form) => number) => items.reduce((sum, form) => sum + of(form), 0);
  return {
    op: 'list',
    at: 0,
    size: total((form) => form.size),
    elements: total((form) => form.elements),
    external: total((form) => form.external),
    depth: items.reduce((deepest, form) => Math.max(deepest, form.depth), 0) + 1,
    items,
  };
}

function inlined(form: Form): Form | readonly Form[] {
  if (form.op !== 'list' || form.items.length > INLINED_MAX) return form;
  return form.items.map((item) => moved(item, form.at));
}

/** Runs that touch become one. */
function joined(forms: readonly Form[]): Form[] {
  const out: Form[] = [];
  for (const form of forms) {
    const last = out.at(-1);
    if (
      last?.op === 'run' &&
      form.op === 'run' &&
      last.at + last.size === form.at &&
      last.basic === form.basic
    )
      out[out.length - 1] = run(last.at, last.size + form.size, last.basic);
    else out.push(form);
  }
  return out;
}

/** Neighbours that differ in their place only become a loop, or one form at several displacements. */
function grouped(forms: readonly Form[]): Form[] {
  const out: Form[] = [];
  for (let first = 0; first < forms.length; ) {
    let end = first + 1;
    while (end < forms.length && alike(forms[first], forms[end])) end++;
    out.push(end - first === 1 ? forms[first] : together(forms.slice(first, end)));
    first = end;
  }
  return out;
}

function alike(a: Form, b: Form): boolean {
  if (a.op === 'run') return b.op === 'run' && a.size === b.size && a.basic === b.basic;
  if (a.op === 'loop')
    return b.op === 'loop' && a.count === b.count && a.stride === b.stride && same(a.body, b.body);
  if (a.op === 'each') return b.op === 'each' && a.displs === b.displs && a.body === b.body;
  return b.op === 'list' && a.items === b.items;
}

const same = (a: Form, b: Form): boolean => a === b || (a.at === b.at && alike(a, b));

function together(forms: readonly Form[]): Form {
  const [first, second] = forms;
  const stride = second.at - first.at;
  if (forms.every((form, i) => form.at === first.at + i * stride)) return repeat(forms.length, stride, first);
  const body = moved(first, -first.at);
  const displs = Float64Array.from(forms, (form) => form.at);
  return { op: 'each', at: 0, ...times(forms.length, body), displs, body };
}

/** The form for packing: as bytes, so that runs of different elements merge too. */
export function fused(form: Form, known = new Map<Form, Form>()): Form {
  const found = known.get(form);
  if (found !== undefined) return found;
  const result = fuse(form, known);
  known.set(form, result);
  return result;
}

function fuse(form: Form, known: Map<Form, Form>): Form {
  switch (form.op) {
    case 'run':
      return run(form.at, form.size, BYTES);
    case 'loop':
      return moved(repeat(form.count, form.stride, fused(form.body, known)), form.at);
    case 'each': {
      const body = fused(form.body, known);
      return moved(sequence(Array.from(form.displs, (displ) => moved(body, displ))) as Form, form.at);
    }
    case 'list':
      return moved(sequence(form.items.map((item) => fused(item, known))) as Form, form.at);
  }
}
