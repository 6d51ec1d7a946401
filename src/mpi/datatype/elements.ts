/** Basic elements of packed bytes, which may end inside an element of the datatype (MPI-4.1 §5.1.11). */
import type { Form } from './form.js';

/** How many basic elements so many packed bytes are; null if they end within one. */
export function elementsIn(form: Form, bytes: number): number | null {
  const rest = bytes % form.size;
  const inside = rest === 0 ? 0 : partial(form, rest);
  return inside === null ? null : ((bytes - rest) / form.size) * form.elements + inside;
}

/** The same inside one form: fewer bytes than it has. */
function partial(form: Form, bytes: number): number | null {
  if (form.op === 'run') return bytes % form.basic.bytes === 0 ? bytes / form.basic.bytes : null;
  if (form.op !== 'list') return elementsIn(form.body, bytes);
  let elements = 0;
  let left = bytes;
  for (const item of form.items) {
    if (left < item.size) {
      const inside = left === 0 ? 0 : partial(item, left);
      return inside === null ? null : elements + inside;
    }
    left -= item.size;
    elements += item.elements;
  }
  return elements;
}

/** How many packed bytes so many basic elements are. */
export function prefixBytes(form: Form, elements: number): number {
  const rest = elements % form.elements;
  return ((elements - rest) / form.elements) * form.size + (rest === 0 ? 0 : partialBytes(form, rest));
}

function partialBytes(form: Form, elements: number): number {
  if (form.op === 'run') return elements * form.basic.bytes;
  if (form.op !== 'list') return prefixBytes(form.body, elements);
  let bytes = 0;
  let left = elements;
  for (const item of form.items) {
    if (left < item.elements) return bytes + (left === 0 ? 0 : partialBytes(item, left));
    left -= item.elements;
    bytes += item.size;
  }
  return bytes;
}
