/** A computation of a given length, for the delays between messages: it reads no clock and allocates nothing. */

/** What keeps the optimiser from leaving the loop out. */
let sink = 1;

/** Computes for `turns` turns. */
export function spin(turns: number): void {
  let x = sink;
  for (let i = 0; i < turns; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
  sink = x;
}

/** Nanoseconds between two readings of the clock: what a timed stretch seems to take if it is empty. */
export function clockNs(): number {
  return quickest(() => {
    const start = performance.now();
    return performance.now() - start;
  }, 5000);
}

/** Nanoseconds a turn, from the difference of a long and a short spin. */
export function turnNs(): number {
  const timed = (turns: number) =>
    quickest(() => {
      const start = performance.now();
      spin(turns);
      return performance.now() - start;
    }, 50);
  const [short, long] = [10_000, 60_000];
  for (let i = 0; i < 20; i++) spin(long); // compiled from here on
  const difference = timed(long) - timed(short);
  // A machine that takes less time for more turns was disturbed: half a nanosecond is no bad guess then.
  return difference > 0 ? difference / (long - short) : 0.5;
}

/** The least of many, in nanoseconds: disturbances only ever add. */
function quickest(measure: () => number, tries: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) least = Math.min(least, measure());
  return least * 1e6;
}
