/** Signs of life between the launcher and an agent. */

/** So many of them in the time after which the other side is lost. */
const BEATS = 4;

export class Heartbeat {
  readonly #timer: NodeJS.Timeout | undefined;
  #silentBeats = 0;

  /**
   * Calls `beat` regularly, and `lost` once nothing has been heard for `ms`; never with 0. Beats are counted, not time:
   * if this process was stopped meanwhile, what came is heard first.
   */
  constructor(ms: number, beat: () => void, lost: () => void) {
    if (ms === 0) return;
    this.#timer = setInterval(() => {
      beat();
      if (++this.#silentBeats <= BEATS) return;
      this.stop();
      lost();
    }, ms / BEATS);
  }

  /** Something was heard, or what could be is left unread. */
  heard(): void {
    this.#silentBeats = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
