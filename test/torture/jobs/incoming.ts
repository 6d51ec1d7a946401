/** The receiving side of a rank in an exchange: receives and probes at random, and what they must have received. */
import assert from 'node:assert/strict';
import { MPI } from 'mpi4ts';
import { allocate, check, guard, type Memory } from './contents.js';
import type { Counts } from './counts.js';
import { type Message, type Random, TAGS, VERDICT, VERDICT_BYTES } from './schedule.js';

/** Receives posted at a time. */
const POSTED_MAX = 12;

/** What a receive or probe asks for, and its place in the order of this rank's receives. */
interface Aim {
  readonly source: number;
  readonly tag: number;
  readonly order: number;
}

interface Wanted extends Aim {
  readonly memory: Memory;
}

interface Receipt extends Wanted {
  readonly from: number;
  readonly fromTag: number;
  readonly length: number;
}

type Posted = Wanted & { readonly request: MPI.Request };

const covers = (wanted: Aim, receipt: Receipt): boolean =>
  (wanted.source === MPI.ANY_SOURCE || wanted.source === receipt.from) &&
  (wanted.tag === MPI.ANY_TAG || wanted.tag === receipt.fromTag);

export class Incoming {
  readonly #comm: MPI.Comm;
  readonly #seed: number;
  readonly #random: Random;
  readonly #counts: Counts;
  readonly #messages: readonly Message[];
  readonly #bytesMax: number;
  readonly #receipts: Receipt[] = [];
  /** Indices of messages that were to be cancelled: whether they were delivered. */
  readonly #delivered = new Map<number, boolean>();
  #posted: Posted[] = [];
  #order = 0;

  constructor(
    comm: MPI.Comm,
    seed: number,
    random: Random,
    counts: Counts,
    messages: Message[],
    bytesMax: number,
  ) {
    this.#comm = comm;
    this.#seed = seed;
    this.#random = random;
    this.#counts = counts;
    this.#messages = messages;
    this.#bytesMax = bytesMax;
  }

  get received(): number {
    return this.#receipts.length;
  }

  /** Messages that are sure to come still: all that are not to be cancelled, and a verdict on each that is. */
  get owed(): number {
    const delivered = [...this.#delivered.values()].filter(Boolean).length;
    return this.#messages.length + delivered - this.#receipts.length;
  }

  get over(): boolean {
    return this.owed <= 0 && this.#delivered.size === this.#messages.filter(({ cancel }) => cancel).length;
  }

  get state(): string {
    return `${this.#receipts.length} received, ${this.owed} owed, ${this.#posted.length} receives posted`;
  }

  #aim(any: boolean): Aim {
    const source = any || this.#random(2) === 0 ? MPI.ANY_SOURCE : this.#random(this.#comm.size);
    const tag = any || this.#random(2) === 0 ? MPI.ANY_TAG : this.#random(TAGS);
    return { source, tag, order: this.#order++ };
  }

  /** A receive of any message of this exchange. */
  #want(any: boolean): Wanted {
    return { ...this.#aim(any), memory: this.#memory(this.#bytesMax) };
  }

  #memory(bytes: number): Memory {
    const memory = allocate(bytes, this.#random);
    guard(memory.bytes);
    return memory;
  }

  post(any = false): void {
    if (this.#posted.length >= POSTED_MAX && !any) return;
    const wanted = this.#want(any);
    const request = this.#comm.Irecv(wanted.memory.buffer, wanted.source, wanted.tag);
    this.#counts.add('Irecv');
    this.#posted.push({ ...wanted, request });
  }

  /** A receive that gives up after a moment. */
  receive(timeout: number): void {
    this.#receiveWithin(this.#want(false), timeout);
  }

  #receiveWithin(wanted: Wanted, timeout: number): void {
    try {
      const { source, tag, memory } = wanted;
      this.#take(wanted, this.#comm.Recv(memory.buffer, source, tag, null, { timeout }));
      this.#counts.add('Recv');
    } catch (error) {
      // What only the rank itself could send is given up at once.
      const harmless = wanted.source === this.#comm.rank ? MPI.ERR_PENDING : MPI.ERR_TIMEOUT;
      const given = error instanceof MPI.Exception ? error.Get_error_class() : undefined;
      if (given !== MPI.ERR_TIMEOUT && given !== harmless) throw error;
      this.#counts.add('Recv withdrawn');
    }
  }

  /** Looks for a message, and receives what is found. */
  probe(): void {
    const wanted = this.#aim(false);
    const status = new MPI.Status();
    if (this.#random(2) === 0) {
      if (!this.#comm.Iprobe(wanted.source, wanted.tag, status)) return;
      this.#counts.add('Iprobe');
      // Its sender may take it back meanwhile: hence the timeout.
      const { source, tag, count } = status;
      const memory = this.#memory(this.#mayChange(source, tag) ? this.#bytesMax : count);
      this.#receiveWithin({ ...wanted, source, tag, memory }, 20);
      return;
    }
    const message = this.#comm.Improbe(wanted.source, wanted.tag, status);
    if (message !== null) this.#receiveMatched(message, wanted, status);
  }

  /** A message probed may be taken back, and another of the same source and tag be the next. */
  #mayChange(from: number, fromTag: number): boolean {
    return this.#messages.some(({ source, tag, cancel }) => source === from && tag === fromTag && cancel);
  }

  #receiveMatched(message: MPI.Message, wanted: Aim, status: MPI.Status): void {
    const matched = { ...wanted, memory: this.#memory(status.count) };
    this.#counts.add('matched probes');
    if (this.#random(2) === 0) this.#take(matched, message.Recv(matched.memory.buffer));
    else this.#posted.push({ ...matched, request: message.Irecv(matched.memory.buffer) });
  }

  /** Blocks for the next message: one is sure to come, and this rank's sends are over. */
  wait(): void {
    const status = new MPI.Status();
    const statuses: MPI.Status[] = [];
    if (this.#posted.length > 0) {
      // One of them takes anything, so one of them ends.
      this.post(true);
      const requests = this.#posted.map(({ request }) => request);
      if (this.#random(2) === 0) this.#end([MPI.Request.Waitany(requests, status)], [status]);
      else this.#end(MPI.Request.Waitsome(requests, statuses) ?? [], statuses);
      return;
    }
    if (this.#random(2) === 0) {
      const wanted = this.#want(true);
      this.#counts.add('Recv');
      this.#take(wanted, this.#comm.Recv(wanted.memory.buffer));
    } else {
      const wanted = this.#aim(true);
      const message = this.#comm.Mprobe(MPI.ANY_SOURCE, MPI.ANY_TAG, status);
      this.#receiveMatched(message, wanted, status);
    }
  }

  /** Completes some, if they are complete. */
  test(): void {
    if (this.#posted.length === 0) return;
    const requests = this.#posted.map(({ request }) => request);
    const status = new MPI.Status();
    const statuses: MPI.Status[] = [];
    switch (this.#random(4)) {
      case 0: {
        const index = this.#random(requests.length);
        if (requests[index].Get_status() && requests[index].Test(status)) this.#end([index], [status]);
        break;
      }
      case 1: {
        const [index, flag] = MPI.Request.Testany(requests, status);
        if (flag) this.#end([index], [status]);
        break;
      }
      case 2:
        this.#end(MPI.Request.Testsome(requests, statuses) ?? [], statuses);
        break;
      default:
        if (MPI.Request.Testall(requests, statuses)) this.#end([...requests.keys()], statuses);
    }
  }

  /** Cancels one receive: it is cancelled or has its message. */
  cancel(): void {
    if (this.#posted.length === 0) return;
    const index = this.#random(this.#posted.length);
    const { request } = this.#posted[index];
    const status = new MPI.Status();
    request.Cancel();
    request.Wait(status);
    this.#end([index], [status]);
  }

  /** Ends what is left: everything has come, so that no receive can have a message. */
  close(): void {
    const { received } = this;
    while (this.#posted.length > 0) this.cancel();
    assert.equal(this.received, received, 'messages that came after all had come');
  }

  #end(indices: readonly number[], statuses: readonly MPI.Status[]): void {
    const ended = new Set(indices);
    indices.forEach((index, i) => {
      if (statuses[i].Is_cancelled()) this.#counts.add('receives cancelled');
      else this.#take(this.#posted[index], statuses[i]);
    });
    this.#posted = this.#posted.filter((_, index) => !ended.has(index));
  }

  #take(wanted: Wanted, status: MPI.Status): void {
    const { source: from, tag: fromTag, count: length } = status;
    const receipt = { ...wanted, from, fromTag, length };
    assert.ok(covers(wanted, receipt), `a receive of ${wanted.source}/${wanted.tag} got ${from}/${fromTag}`);
    this.#receipts.push(receipt);
    this.#counts.add('messages');
    this.#counts.add('bytes', length);
    if (fromTag === VERDICT) this.#hearVerdict(receipt);
  }

  #hearVerdict({ from, length, memory }: Receipt): void {
    assert.equal(length, VERDICT_BYTES);
    const [index, delivered] = new Int32Array(memory.bytes.slice(0, length).buffer);
    const message = this.#messages.find((one) => one.index === index);
    assert.ok(message?.cancel === true && message.source === from, `verdict on message ${index} of ${from}`);
    assert.ok(!this.#delivered.has(index), `a second verdict on message ${index} of ${from}`);
    this.#delivered.set(index, delivered === 1);
  }

  /** Holds what was received against what was sent: every message once, whole, and in order. */
  verify(): void {
    const sent = this.#messages.filter(({ index }) => this.#delivered.get(index) !== false);
    for (let from = 0; from < this.#comm.size; from++) {
      const seen = this.#receipts
        .filter((receipt) => receipt.from === from && receipt.fromTag !== VERDICT)
        .sort((a, b) => a.order - b.order);
      const places = new Map<Receipt, number>();
      for (let tag = 0; tag < TAGS; tag++) {
        const due = sent.filter((message) => message.source === from && message.tag === tag);
        const got = seen.filter((receipt) => receipt.fromTag === tag);
        assert.equal(got.length, due.length, `messages from ${from} with tag ${tag}`);
        due.forEach((message, i) => {
          this.#compare(message, got[i]);
          places.set(got[i], message.index);
        });
      }
      this.#checkOrder(seen, places);
    }
  }

  #compare(message: Message, { length, memory }: Receipt): void {
    const what = `${message.mode} ${message.index} from ${message.source} with tag ${message.tag}`;
    assert.equal(length, message.bytes, `bytes of ${what}`);
    check(memory.bytes, length, this.#seed, message.index, what);
  }

  /** Of two receives that could have had each other's message, the earlier has the earlier (MPI-4.1 section 3.5). */
  #checkOrder(receipts: readonly Receipt[], places: ReadonlyMap<Receipt, number>): void {
    receipts.forEach((later, i) => {
      for (const earlier of receipts.slice(0, i)) {
        if (places.get(earlier)! < places.get(later)!) continue;
        assert.ok(
          !(covers(earlier, later) && covers(later, earlier)),
          `message ${places.get(earlier)} from ${later.from} overtook message ${places.get(later)}`,
        );
      }
    });
  }
}
