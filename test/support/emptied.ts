/** Waiting for what is to go away. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What is still in the list after at most `ms`. */
export async function emptied(list: () => string[], ms: number): Promise<string[]> {
  const deadline = performance.now() + ms;
  for (;;) {
    const left = list();
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(20);
  }
}
