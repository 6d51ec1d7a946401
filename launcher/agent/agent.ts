/** Carries out one host's part of a job for a launcher that is elsewhere: starts ranks, and tells what becomes of them. */
import { existsSync } from 'node:fs';
import { lookMs } from '../deadlock/watch.js';
import { needNative } from '../job/addon.js';
import { cpuOf } from '../job/cores.js';
import type { LocalRanks, RankEvents, RankHandle, RankPlan } from '../job/ranks.js';
import { WORD_COLUMNS, WORD_ROWS } from '../output/words.js';
import { ownExports } from '../program/package.js';
import { reportError } from '../rank/channel.js';
import type { RankMessage, RankOrders } from '../rank/orders.js';
import { Heartbeat } from './heartbeat.js';
import type { Begin, FromAgent, ToAgent } from './messages.js';
import { Relay } from './relay.js';
import { findRoutes } from './routes.js';

/** To the launcher; `written` is called when it has left. */
export type Say = (message: FromAgent, written?: () => void) => void;

async function makeRanks({ processes, households }: Begin): Promise<LocalRanks> {
  if (processes) {
    const { ProcessRanks } = await import('../job/process-ranks.js');
    return new ProcessRanks(needNative(), households, { fed: true, relayed: true });
  }
  const { ThreadRanks } = await import('../job/thread-ranks.js');
  return new ThreadRanks(households, households[0].sockets === 'native' ? needNative() : null, true);
}

export class Agent {
  readonly #say: Say;
  readonly #leave: () => void;
  readonly #running = new Map<number, RankHandle>();
  #ranks: LocalRanks | undefined;
  #begun = false;
  /** What the launcher was told last. */
  #still = false;
  readonly #relay = new Relay((rank, message, backlog) =>
    this.#say({ rank, message }, () => this.#ranks!.taken(backlog)),
  );
  /** What was heard before there were ranks: those of other hosts may have begun sooner. */
  readonly #early: ToAgent[] = [];
  #heartbeat: Heartbeat | undefined;

  /** `leave`: ends this process, and with it all ranks. */
  constructor(say: Say, leave: () => void) {
    this.#say = say;
    this.#leave = leave;
  }

  hear(message: ToAgent): void {
    this.#heartbeat?.heard();
    if (message === 'over') this.#leave();
    else if (message === 'waits') this.#say({ waits: this.#findWaits() });
    else if (message === 'look') this.#say({ looks: this.#look() ?? null });
    else if (message === 'beat') return;
    else if ('begin' in message) void this.#begin(message.begin);
    else if (this.#ranks === undefined || !this.#begun) this.#early.push(message);
    else if ('end' in message) this.#running.get(message.rank)?.end();
    else if ('feed' in message) this.#running.get(message.rank)?.feed?.(message.feed);
    else if ('port' in message) this.#ranks.control.setPort(message.rank, message.port);
    else this.#ranks.control.markEnded(message.rank, message.ended.finalized);
  }

  async #begin(begin: Begin): Promise<void> {
    this.#heartbeat = new Heartbeat(begin.heartbeatMs, () => this.#say('beat'), this.#leave);
    try {
      this.#enter(begin.wdir);
      this.#checkPrograms(begin);
      this.#ranks = await makeRanks(begin);
      const { words } = this.#ranks.output;
      [words[WORD_COLUMNS], words[WORD_ROWS]] = begin.terminal;
      const cpus = begin.bind ? needNative().affinity() : undefined;
      for (const [index, { plan, orders }] of begin.ranks.entries()) {
        // In between, signs of life come and go: on a crowded machine a process takes a quarter of a second to start.
        await new Promise(setImmediate);
        this.#start(plan, { ...orders, ...cpuOf(cpus, index) });
      }
      this.#ranks.started();
      this.#begun = true;
      setInterval(() => this.#watch(), lookMs).unref();
      for (const message of this.#early.splice(0)) this.hear(message);
      await findRoutes(begin.others);
    } catch (error) {
      this.#say({ refused: (error as Error).message });
    }
  }

  #enter({ path, must }: Begin['wdir']): void {
    try {
      process.chdir(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (must) throw new Error(`the working directory '${path}' cannot be entered there (${code})`);
    }
  }

  #checkPrograms({ ranks }: Begin): void {
    for (const program of new Set(ranks.map(({ orders }) => orders.program)))
      if (!existsSync(program)) throw new Error(`the program '${program}' does not exist there`);
  }

  #start(plan: RankPlan, orders: RankOrders): void {
    const { rank } = orders;
    const events: RankEvents = {
      error: (error, begun) => this.#erred(rank, error, begun),
      exit: (code, signal) => this.#ended(rank, code, signal),
      message: (message) => this.#told(rank, message),
      lost: () => {}, // they are here
    };
    // Where the package lies here, not where it lies with the launcher.
    const own = orders.fallback === undefined ? orders : { ...orders, fallback: ownExports() };
    this.#running.set(rank, this.#ranks!.start(plan, own, events));
  }

  #erred(rank: number, error: unknown, begun: boolean): void {
    const { abortCode } = this.#ranks!.control;
    this.#say({ rank, error: reportError(error), begun, ...(abortCode !== undefined && { abortCode }) });
  }

  #told(rank: number, message: RankMessage): void {
    // The launcher tells the other hosts. Those here may share no memory either.
    if (message === 'finalized') this.#ranks!.control.markEnded(rank, true);
    if (typeof message === 'object' && 'port' in message) this.#ranks!.control.setPort(rank, message.port);
    if (typeof message === 'object' && 'output' in message)
      this.#relay.put(rank, message.output, message.bytes);
    else this.#say({ rank, message });
  }

  #ended(rank: number, code: number, signal?: NodeJS.Signals): void {
    this.#relay.flush();
    const { control } = this.#ranks!;
    const finalized = control.hasFinalized(rank);
    this.#running.delete(rank);
    const clean = finalized && code === 0;
    const { abortCode } = control;
    const waits = clean ? [] : this.#findWaits();
    // Those who wait for it here need not wait for the launcher's word.
    control.markEnded(rank, finalized);
    const exit = {
      code,
      finalized,
      waits,
      ...(signal && { signal }),
      ...(abortCode !== undefined && { abortCode }),
    };
    this.#say({ rank, exit });
  }

  #look() {
    return this.#begun ? this.#ranks?.control.look(this.#running.keys()) : undefined;
  }

  /** The launcher asks for looks only while all hosts say so. */
  #watch(): void {
    const still = this.#look() !== undefined;
    if (still !== this.#still) this.#say({ still });
    this.#still = still;
  }

  #findWaits() {
    return this.#ranks?.control.findWaits(this.#running.keys()) ?? [];
  }
}
