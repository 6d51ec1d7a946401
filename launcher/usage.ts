/** A request that cannot be carried out as it stands. Nothing has been started. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
