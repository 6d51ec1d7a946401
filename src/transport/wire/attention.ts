/**
 * Which sockets a rank looks at by itself. Those of the peers that talk to it are `near`: it tries to receive from them
 * at each look, and epoll does not watch them, whose callback each packet that arrives would pay for: half round trips of
 * 8 bytes went from 3.8 to 3.2 µs with that and the looks that one call takes. All others are reported by epoll. A rank
 * that is to sleep, or to await in its event loop, leaves all to epoll: it reports what has come before as well
 * (level-triggered), so nothing is missed between the last look and the sleep.
 */
import { nearSocketsMax } from '../../base/limits.js';
import type { Connection } from './connection.js';

/** So often in a row a connection must have had news, and no near one, to take the place of one that is near. */
const runsMin = 16;

export class Attention {
  readonly near: Connection[] = [];
  #listening = false;
  #runner: Connection | null = null;
  #runs = 0;

  /** Something has come from this connection. Returns one that gave up its place to it. */
  heard(connection: Connection): Connection | undefined {
    if (connection.near) {
      this.#runner = null;
      return undefined;
    }
    if (this.#listening || connection.ended) return undefined;
    let left: Connection | undefined;
    if (this.near.length === nearSocketsMax) {
      this.#runs = this.#runner === connection ? this.#runs + 1 : 1;
      this.#runner = connection;
      if (this.#runs < runsMin) return undefined;
      left = this.near.shift();
      left?.leave();
    }
    this.#runner = null;
    connection.approach();
    this.near.push(connection);
    return left;
  }

  /** The connection has ended. */
  forget(connection: Connection): void {
    const at = this.near.indexOf(connection);
    if (at >= 0) this.near.splice(at, 1);
    if (this.#runner === connection) this.#runner = null;
  }

  /** From here to `ignore`, epoll watches all. Returns those that were near until now. */
  listen(): readonly Connection[] {
    this.#listening = true;
    const left = this.near.splice(0);
    for (const connection of left) connection.leave();
    return left;
  }

  ignore(): void {
    this.#listening = false;
  }
}
