/** What has come in and is awaited. */
export class Inbox<T> {
  private readonly items: T[] = [];
  private take: ((item: T) => void) | undefined;

  push(item: T): void {
    const { take } = this;
    this.take = undefined;
    if (take === undefined) this.items.push(item);
    else take(item);
  }

  /** The next item; one call at a time. */
  next(): Promise<T> {
    if (this.items.length > 0) return Promise.resolve(this.items.shift() as T);
    return new Promise((resolve) => {
      this.take = resolve;
    });
  }
}
