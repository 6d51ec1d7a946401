/** Kinds of collectives by number, as the members of a meeting show each other what they came for. */

export interface Purpose {
  readonly name: string;
  readonly code: number;
}

const purposes: Purpose[] = [];

/** A kind of collective; each has one, made when its file is loaded. */
export function purposeOf(name: string): Purpose {
  const purpose = { name, code: purposes.length };
  purposes.push(purpose);
  return purpose;
}

/** Undefined for a number that no kind has. */
export function nameOf(code: number): string | undefined {
  return purposes[code]?.name;
}
