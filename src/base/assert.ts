/** Thrown by `assert`: a broken invariant of the runtime itself, never a user's mistake. */
export class AssertionError extends Error {
  override name = 'AssertionError';
}

/** States an invariant of the runtime. Not for user input, which gets an `MPI.Exception`. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionError(`mpi4ts internal invariant broken: ${what}`);
}
