/** Error classes and codes that the program has added (MPI-4.1 §9.5). Local to this rank. */

interface Added {
  /** Its class; a class is its own. */
  readonly errorClass: number;
  text: string;
  /** Codes of this class, for a class. */
  codes: number;
}

const added = new Map<number, Added>();
let last = -1;

/** The largest code in use; `predefined` is the last of those that were there before. */
export function lastUsedCode(predefined: number): number {
  return Math.max(last, predefined);
}

/** A new code above all in use. Without a class it is one itself. */
export function addError(predefined: number, errorClass?: number): number {
  last = lastUsedCode(predefined) + 1;
  added.set(last, { errorClass: errorClass ?? last, text: '', codes: 0 });
  const parent = errorClass === undefined ? undefined : added.get(errorClass);
  if (parent !== undefined) parent.codes++;
  return last;
}

export function removeError(code: number): void {
  const entry = added.get(code);
  const parent = entry === undefined || entry.errorClass === code ? undefined : added.get(entry.errorClass);
  if (parent !== undefined) parent.codes--;
  added.delete(code);
}

/** The class of an added class or code; undefined if it is none. */
export function addedClassOf(code: number): number | undefined {
  return added.get(code)?.errorClass;
}

/** How many codes an added class has. */
export function codesOf(errorClass: number): number {
  return added.get(errorClass)?.codes ?? 0;
}

/** The text of an added class or code, empty until it is given one; undefined if it is none. */
export function addedString(code: number): string | undefined {
  return added.get(code)?.text;
}

export function setAddedString(code: number, text: string): void {
  const entry = added.get(code);
  if (entry !== undefined) entry.text = text;
}
