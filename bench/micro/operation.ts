/** A local operation: what a message costs in one thread, without the other side. */
export interface Operation {
  readonly name: string;
  /** What `run` returns if it did its work. */
  readonly expected: number;
  /** Does it once and returns something that depends on it, so that it cannot be left out. */
  run(): number;
}
