/** Ranks on several hosts: each host's agent starts its own, and what becomes of them comes together here. */
import { hostname } from 'node:os';
import type { RankWait } from '../../src/bootstrap/control.js';
import type { Look } from '../../src/bootstrap/stall.js';
import type { Begin, Exit, FromAgent } from '../agent/messages.js';
import { nameRanks } from '../job/failure.js';
import type { Control, RankEvents, RankHandle, RankPlan, Ranks } from '../job/ranks.js';
import { betweenThreads, WORD_COLUMNS, WORD_ROWS } from '../output/words.js';
import { reviveError } from '../rank/channel.js';
import type { RankMessage, RankOrders } from '../rank/orders.js';
import type { Link } from './link.js';
import type { Screen } from './screen.js';

/** How long the hosts have to tell what their ranks are blocked in. */
const waitsMsMax = 150;

/** How long output that was told may take to be written after a failed job. */
const flushMsMax = 1000;

/** One host's part. */
export interface Share extends Omit<Begin, 'ranks' | 'terminal'> {
  readonly link: Link;
}

class HostControl implements Control {
  abortCode: number | undefined;
  readonly #shares: readonly Share[];
  readonly #shareOf: readonly Share[];
  readonly #finalized = new Set<number>();
  /** What ranks were blocked in when another of their host ended. */
  readonly #waits: RankWait[] = [];
  /** Takes the answers of the hosts that were asked what their ranks are blocked in. */
  #answer: (waits: readonly RankWait[]) => void = () => {};
  readonly #stillShares = new Set<Share>();
  #answerLook: (looks: readonly Look[] | null) => void = () => {};

  constructor(shares: readonly Share[], shareOf: readonly Share[]) {
    this.#shares = shares;
    this.#shareOf = shareOf;
  }

  /** Every host has to have answered before the next look. */
  look(): Promise<readonly Look[] | undefined> | undefined {
    if (this.#stillShares.size < this.#shares.length) return undefined;
    return new Promise((resolve) => {
      const found: Look[] = [];
      let missing = this.#shares.length;
      let anyBusy = false;
      this.#answerLook = (looks) => {
        if (looks === null) anyBusy = true;
        else found.push(...looks);
        if (--missing === 0) resolve(anyBusy ? undefined : found);
      };
      for (const { link } of this.#shares) link.send('look');
    });
  }

  /** What a host says of its ranks by itself. */
  still(share: Share, still: boolean): void {
    if (still) this.#stillShares.add(share);
    else this.#stillShares.delete(share);
  }

  looked(looks: readonly Look[] | null): void {
    this.#answerLook(looks);
  }

  setPort(rank: number, port: number): void {
    for (const { link } of this.#others(rank)) link.send({ rank, port });
  }

  markEnded(rank: number, finalized = this.#finalized.has(rank)): void {
    const ended = { finalized };
    for (const { link } of this.#others(rank)) link.send({ rank, ended });
  }

  findWaits(): Promise<readonly RankWait[]> {
    return new Promise((resolve) => {
      const found: RankWait[] = [...this.#waits];
      let missing = this.#shares.length;
      const done = () => {
        clearTimeout(timer);
        resolve(found);
      };
      const timer = setTimeout(done, waitsMsMax);
      this.#answer = (waits) => {
        found.push(...waits.filter(({ rank }) => found.every((known) => known.rank !== rank)));
        if (--missing === 0) done();
      };
      for (const { link } of this.#shares) link.send('waits');
    });
  }

  answered(waits: readonly RankWait[]): void {
    this.#answer(waits);
  }

  ended(rank: number, { finalized, abortCode, waits }: Exit): void {
    if (finalized) this.#finalized.add(rank);
    this.abortCode ??= abortCode;
    this.#waits.push(...waits);
  }

  #others(rank: number): Share[] {
    return this.#shares.filter((share) => share !== this.#shareOf[rank]);
  }
}

export class HostRanks implements Ranks {
  readonly control: HostControl;
  readonly output = betweenThreads();
  readonly #shares: readonly Share[];
  readonly #shareOf: readonly Share[];
  readonly #screen: Screen;
  readonly #ranks = new Map<number, { readonly plan: RankPlan; readonly orders: RankOrders }>();
  readonly #running = new Map<number, RankEvents>();
  /** Ends the wait for output to be written. */
  #giveUp: () => void = () => {};
  /** Hosts that were lost before their ranks were known here. */
  readonly #early: (() => void)[] = [];
  #begun = false;
  unwritten = false;

  /** `shareOf`: where each rank runs. */
  constructor(shares: readonly Share[], shareOf: readonly Share[], screen: Screen) {
    this.#shares = shares;
    this.#shareOf = shareOf;
    this.control = new HostControl(shares, shareOf);
    this.#screen = screen;
    screen.watch({
      hold: (on) => {
        for (const { link } of shares) link.pause(on);
      },
      broken: (code) => {
        // EIO: the terminal was closed.
        const gone = code === 'EPIPE' || code === 'EIO';
        for (const events of this.#running.values())
          gone
            ? events.message('broken pipe')
            : events.lost(hostname(), `the output cannot be written (${code})`);
      },
    });
    for (const share of shares)
      share.link.listen({
        message: (message) => this.#hear(share, message),
        lost: (why) => this.#lost(share, why),
      });
  }

  start(plan: RankPlan, orders: RankOrders, events: RankEvents): RankHandle {
    const { rank } = orders;
    const { link } = this.#shareOf[rank];
    this.#ranks.set(rank, { plan, orders });
    this.#running.set(rank, events);
    return {
      end: () => {
        if (this.#begun) link.send({ rank, end: true });
        else setImmediate(() => this.#exit(rank, 0)); // no host knows of it
      },
      feed: (chunk) => link.send({ rank, feed: chunk }),
    };
  }

  started(): void {
    for (const lose of this.#early.splice(0)) lose();
    if (this.#running.size < this.#ranks.size) return; // some are lost: there is nothing to begin
    this.#begun = true;
    const { words } = this.output;
    const terminal = [words[WORD_COLUMNS], words[WORD_ROWS]] as const;
    for (const share of this.#shares) {
      const { link, ...part } = share;
      const ranks = share.households.flatMap(({ members }) =>
        members.flatMap((rank) => this.#ranks.get(rank) ?? []),
      );
      link.send({ begin: { ...part, ranks, terminal } });
    }
    this.#ranks.clear();
  }

  async close(failed: boolean): Promise<void> {
    await Promise.all(this.#shares.map(({ link }) => link.close()));
    for (const rank of [...this.#running.keys()]) this.#exit(rank, 0);
    const hurried = new Promise<void>((resolve) => {
      this.#giveUp = resolve;
    });
    const timer = failed ? setTimeout(this.#giveUp, flushMsMax) : undefined;
    await Promise.race([this.#screen.flushed(), hurried]);
    clearTimeout(timer);
    this.unwritten = this.#screen.busy;
  }

  hurry(): void {
    this.#giveUp();
  }

  #hear(share: Share, message: FromAgent): void {
    if (message === 'beat') return;
    if ('refused' in message) this.#lost(share, message.refused);
    else if ('waits' in message) this.control.answered(message.waits);
    else if ('still' in message) this.control.still(share, message.still);
    else if ('looks' in message) this.control.looked(message.looks);
    else if ('message' in message) this.#told(message.rank, message.message);
    else if ('exit' in message) this.#ended(message.rank, message.exit);
    else {
      this.control.abortCode ??= message.abortCode;
      this.#running.get(message.rank)?.error(reviveError(message.error), message.begun);
    }
  }

  #told(rank: number, message: RankMessage): void {
    if (typeof message === 'object' && 'output' in message) this.#screen.put(message.output, message.bytes);
    else this.#running.get(rank)?.message(message);
  }

  #ended(rank: number, exit: Exit): void {
    this.control.ended(rank, exit);
    this.#exit(rank, exit.code, exit.signal);
  }

  #exit(rank: number, code: number, signal?: NodeJS.Signals): void {
    const events = this.#running.get(rank);
    this.#running.delete(rank);
    events?.exit(code, signal);
  }

  #lost(share: Share, why: string): void {
    if (this.#running.size < this.#shareOf.length && !this.#begun) {
      this.#early.push(() => this.#lost(share, why));
      return;
    }
    const ranks = share.households
      .flatMap(({ members }) => members)
      .filter((rank) => this.#running.has(rank));
    const told = `${why}\n  (${nameRanks(ranks)} of the job)`;
    for (const rank of ranks) this.#running.get(rank)?.lost(share.link.name, told);
    for (const rank of ranks) this.#exit(rank, 1);
  }
}
