/**
 * When a job is deadlocked. Two rounds of looks at all ranks (see `Look`), the second begun after the first has ended,
 * must find the same: each rank has ended or finalized, or is blocked without a deadline and has said so; nothing has
 * come to any of these that it has not looked at; and nothing is on its way between two of them. Time plays no part: a
 * rank may be stopped or starved anywhere.
 *
 * Why this is never a false alarm. Let T be a moment between the rounds, and for a blocked rank R let q(R) be its last
 * look before its report, which found nothing, and `seen` its doorbell before that look. Both rounds saw the same stamp,
 * which counts up with every report and withdrawal, and the same `seen`: the report held, and R stayed in this one wait,
 * from before T until after it. In it R does nothing but what something that comes makes it do.
 *
 * Suppose that some ranks took something that came, after their q and before T. Let X be the first that did, and W the
 * one that it came from.
 * - If W is blocked, it sent before q(W), for after it W would have had to take something itself, before X.
 *   - W shares memory with X. What it did was over at q(W), and with it the ring at X's doorbell, for X listens from
 *     before `seen` was read until its report is withdrawn. This ring came after `seen` was read, or X's last look would
 *     have found what was sent. So the second round saw a doorbell other than `seen`: a contradiction.
 *   - Else it went through a socket, and the lines that W had sent at q(W) include it, those that X had taken at q(X) do
 *     not. They differ: a contradiction. (Payload beside the rings, connections that are being made, and what waits for
 *     a peer's system rather than for the peer keep a rank from reporting at all.)
 * - If W has finalized: `left` is stored after all doorbells of its memory have been rung, as above. With other memory
 *   X must know that nothing more comes from it, and has acted on that before its report.
 * - If W has ended, the launcher has rung all doorbells of all memories, and so knows of the end, before it looks.
 * So at T nobody has anything to do, and nothing is on its way: that remains so.
 *
 * Ranks that compute, sleep, await, test, wait with a timeout, or have not begun, have no report.
 */
import type { Look } from '../../src/bootstrap/stall.js';

/** What two rounds must have in common. */
export function signatureOf(looks: readonly Look[]): string {
  return looks
    .map(({ rank, stamp }) => `${rank}:${stamp}`)
    .sort()
    .join(' ');
}

/** True if one of these is blocked, and nothing is on its way between them. `looks`: at all ranks that have not ended. */
export function isStill(looks: readonly Look[]): boolean {
  const blocked = new Map(looks.flatMap((look) => (look.stall === undefined ? [] : [[look.rank, look]])));
  const sent = new Map<string, number>();
  for (const { rank, traffic } of blocked.values())
    for (const { peer, sent: lines } of traffic) sent.set(`${rank} ${peer}`, lines);
  const allCame = (look: Look) =>
    look.traffic.every(({ peer, taken, over }) =>
      blocked.has(peer) ? sent.get(`${peer} ${look.rank}`) === taken : over,
    );
  return blocked.size > 0 && [...blocked.values()].every(allCame);
}
