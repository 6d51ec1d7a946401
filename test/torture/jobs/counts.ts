/** What a run did, by name. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(name: string, amount = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + amount);
  }

  merge(counts: readonly (readonly [string, number])[]): void {
    for (const [name, amount] of counts) this.add(name, amount);
  }

  get entries(): [string, number][] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}
