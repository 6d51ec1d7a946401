/**
 * A collective as a schedule: it starts transfers on its channel and yields where it needs all of them to be complete.
 * Who drives it decides how to wait: a blocking call waits at each yield, a request comes back when the transfers are
 * done. What is still under way when a schedule ends is completed by its driver; a schedule that runs another inside of
 * it yields before it touches the other's buffers.
 */
export type Schedule = Generator<undefined, void, undefined>;

/** A schedule with nothing to do. */
export function* nothing(): Schedule {
  yield;
}
