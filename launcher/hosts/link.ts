/** One host of a job, from the launcher's side: its agent, started through a remote shell or beside the launcher. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Heartbeat } from '../agent/heartbeat.js';
import { type FromAgent, GREETING, type Hello, type ToAgent } from '../agent/messages.js';
import { version } from '../cli/version.js';
import { FrameReader, frame } from '../rank/channel.js';
import { UsageError } from '../usage.js';

/** From the end of a job to the end of its agents, which then are left to their heartbeat. */
const closeMsMax = 500;

/** So much of what a remote shell said is shown with a failure. */
const linesMax = 5;

const agentPath = fileURLToPath(new URL('../agent/main.js', import.meta.url));

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * What runs there: this copy of the package if it is in the same place, else the `mpi4ts` that the host knows. The
 * agent speaks through descriptor 3; what others print goes to standard error.
 */
function agentCommand(): string {
  const script = [
    `n=${quoted(process.execPath)}; [ -x "$n" ] || n=node; a=${quoted(agentPath)}`,
    `[ -f "$a" ] || exec mpi4ts agent 3>&1 1>&2`,
    `exec "$n" "$a" 3>&1 1>&2`,
  ].join('; ');
  return `exec /bin/sh -c ${quoted(script)}`;
}

/** What is heard of a host. */
export interface LinkEvents {
  message(message: FromAgent): void;
  /** Nothing more will be heard. */
  lost(why: string): void;
}

export interface LinkOptions {
  /** The words of the remote shell's command; undefined for this machine. */
  readonly shell: readonly string[] | undefined;
  readonly heartbeatMs: number;
  /** How long its agent has to report. */
  readonly startMsMax: number;
  readonly needsAddon: boolean;
  /** Takes what the remote shell, or anyone there but the ranks, says. */
  readonly stray: (text: string) => void;
}

export class Link {
  readonly name: string;
  /** Rejects with a UsageError that names the host. */
  readonly hello: Promise<Hello>;
  readonly #options: LinkOptions;
  readonly #child: ChildProcess;
  readonly #stdin: Writable;
  readonly #stdout: Readable;
  readonly #ended: Promise<void>;
  readonly #said: string[] = [];
  readonly #reader = new FrameReader((message) => this.#hear(message as FromAgent));
  #events: LinkEvents | undefined;
  #heartbeat: Heartbeat | undefined;
  #greeted = false;
  #paused = false;
  #closed = false;

  constructor(name: string, options: LinkOptions) {
    this.name = name;
    this.#options = options;
    const { shell } = options;
    const [file, ...words] = shell === undefined ? ['/bin/sh', '-c'] : [...shell, name];
    this.#child = spawn(file, [...words, agentCommand()], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#stdin = this.#child.stdin!;
    this.#stdout = this.#child.stdout!;
    this.#stdin.on('error', () => {}); // its end tells
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => resolve());
      this.#child.once('error', () => resolve());
    });
    createInterface({ input: this.#child.stderr! }).on('line', (line) => this.#stray(line));
    this.hello = this.#greet();
  }

  /** From now on, what is heard goes to `events`. */
  listen(events: LinkEvents): void {
    this.#events = events;
    const { heartbeatMs } = this.#options;
    const beat = () => {
      this.send('beat');
      if (this.#paused) this.#heartbeat!.heard();
    };
    this.#heartbeat = new Heartbeat(heartbeatMs, beat, () =>
      this.#lose(`no sign of life for ${heartbeatMs / 1000} s`),
    );
    this.#child.once('close', (code, signal) => this.#lose(this.#describeEnd(code, signal)));
    this.#stdout.on('data', (chunk: Buffer) => {
      this.#heartbeat?.heard();
      this.#reader.add(chunk);
    });
    this.#stdout.resume();
  }

  send(message: ToAgent): void {
    if (!this.#closed) this.#stdin.write(frame(message));
  }

  /** Leaves what it says unread, or reads on. Meanwhile it is not lost. */
  pause(on: boolean): void {
    this.#paused = on;
    if (on) this.#stdout.pause();
    else this.#stdout.resume();
  }

  /** Has the agent leave. Resolves when it has, or should have. */
  async close(): Promise<void> {
    this.send('over');
    this.#closed = true;
    this.#heartbeat?.stop();
    this.#stdin.end();
    this.#stdout.resume();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), closeMsMax);
    await this.#ended;
    clearTimeout(timer);
  }

  #hear(message: FromAgent): void {
    if (message !== 'beat') this.#events?.message(message);
  }

  #lose(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#heartbeat?.stop();
    this.#child.kill('SIGKILL');
    this.#events?.lost(why);
  }

  /** Kept until the agent has greeted, for it may tell why it does not. */
  #stray(line: string): void {
    if (this.#greeted) this.#options.stray(`${line}\n`);
    else if (this.#said.push(line) > linesMax) this.#said.shift();
  }

  async #greet(): Promise<Hello> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const line = await new Promise<string>((resolve, reject) => {
        const fail = (why: string) => reject(new UsageError(`host ${this.name}: ${why}`));
        const { startMsMax } = this.#options;
        timer = setTimeout(
          () => fail(`no answer from ${this.#shellName} within ${startMsMax / 1000} s${this.#quote()}`),
          startMsMax,
        );
        this.#child.once('error', (error: NodeJS.ErrnoException) =>
          fail(`'${this.#shellName}' cannot be started (${error.code})`),
        );
        this.#child.once('close', (code, signal) => fail(this.#describeEnd(code, signal)));
        this.#readGreeting(resolve);
      });
      const hello = JSON.parse(line) as Hello;
      this.#check(hello);
      this.#greeted = true;
      for (const said of this.#said.splice(0)) this.#stray(said);
      return hello;
    } catch (error) {
      this.#closed = true;
      this.#child.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Finds the greeting's line, and leaves what follows to `listen`. */
  #readGreeting(found: (json: string) => void): void {
    let text = Buffer.alloc(0);
    const take = (chunk: Buffer) => {
      text = Buffer.concat([text, chunk]);
      const start = text.indexOf(GREETING);
      const end = start < 0 ? -1 : text.indexOf('\n', start);
      if (end < 0) return;
      this.#stdout.off('data', take);
      this.#stdout.pause();
      if (start > 0) this.#said.push(...text.subarray(0, start).toString().trimEnd().split('\n'));
      if (end + 1 < text.length) this.#stdout.unshift(text.subarray(end + 1));
      found(text.subarray(start + GREETING.length, end).toString());
    };
    this.#stdout.on('data', take);
  }

  #check({ mpi4ts, node, addonMissing }: Hello): void {
    const major = (text: string) => text.split('.')[0];
    const here = process.versions.node;
    if (mpi4ts !== version()) throw this.#unfit(`it has mpi4ts ${mpi4ts}, and the launcher ${version()}`);
    if (major(node) !== major(here))
      throw this.#unfit(
        `it has Node.js ${node}, and the launcher ${here}: the first number must be the same`,
      );
    if (addonMissing !== null && this.#options.needsAddon)
      throw this.#unfit(`the native addon is needed, and is absent there (${addonMissing})`);
  }

  #unfit(why: string): UsageError {
    return new UsageError(`host ${this.name}: ${why}`);
  }

  get #shellName(): string {
    return this.#options.shell?.[0] ?? 'its agent';
  }

  #describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const missing =
      code === 127 ? `; it needs Node.js, and mpi4ts at ${agentPath} or as the command mpi4ts` : '';
    return `${this.#shellName} ${how}${missing}${this.#quote()}`;
  }

  #quote(): string {
    return this.#said.length === 0 ? '' : `:\n  ${this.#said.join('\n  ')}`;
  }
}
