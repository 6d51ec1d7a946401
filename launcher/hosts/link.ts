/** One host of a job, from the launcher's side: its agent, started through a remote shell or beside the launcher. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Heartbeat } from '../agent/heartbeat.js';
import { type FromAgent, GREETING, type Hello, type ToAgent } from '../agent/messages.js';
import { version } from '../cli/version.js';
import { FrameReader, frame } from '../rank/channel.js';
import { UsageError } from '../usage.js';

/** From the end of a job to the end of its agents, which then are left to their heartbeat. */
const closeMsMax = 500;

/** What an agent has said before its end arrives soon after; others may keep its streams open. */
const lastWordsMsMax = 200;

/** So much of what a remote shell said is shown with a failure. */
const linesMax = 5;

const agentPath = fileURLToPath(new URL('../agent/main.js', import.meta.url));

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * What runs there: this copy of the package if it is in the same place, else the `mpi4ts` that the host knows. The
 * agent speaks through descriptor 3 and hears through 4; what others print goes to standard error, and who reads standard
 * input finds nothing.
 */
function agentCommand(): string {
  const script = [
    `n=${quoted(process.execPath)}; [ -x "$n" ] || n=node; a=${quoted(agentPath)}`,
    `[ -f "$a" ] || exec mpi4ts agent 3>&1 1>&2 4<&0 </dev/null`,
    `exec "$n" "$a" 3>&1 1>&2 4<&0 </dev/null`,
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
  /** Resolves to how it ended. */
  readonly #ended: Promise<string>;
  readonly #said: string[] = [];
  readonly #reader = new FrameReader((message) => this.#hear(message as FromAgent));
  #events: LinkEvents | undefined;
  #heartbeat: Heartbeat | undefined;
  #greeted = false;
  #alive = false;
  #paused = false;
  #closed = false;

  constructor(name: string, options: LinkOptions) {
    this.name = name;
    this.#options = options;
    const { shell } = options;
    const [file, ...words] = shell === undefined ? ['/bin/sh', '-c'] : [...shell, name];
    // In a group of its own: Ctrl-C is the launcher's to answer. It ends with its standard input.
    this.#child = spawn(file, [...words, agentCommand()], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#stdin = this.#child.stdin!;
    this.#stdout = this.#child.stdout!;
    this.#stdin.on('error', () => {}); // its end tells
    this.#ended = this.#watchEnd();
    // Not imported: jobs of one host start sooner.
    const { createInterface } = process.getBuiltinModule('node:readline');
    createInterface({ input: this.#child.stderr! }).on('line', (line) => this.#stray(line));
    this.hello = this.#greet();
  }

  /** From now on, what is heard goes to `events`. */
  listen(events: LinkEvents): void {
    this.#events = events;
    const { heartbeatMs, startMsMax } = this.#options;
    const beginUntil = performance.now() + startMsMax;
    const beat = () => {
      this.send('beat');
      const begins = !this.#alive && performance.now() < beginUntil;
      if (this.#paused || begins) this.#heartbeat!.heard();
    };
    this.#heartbeat = new Heartbeat(heartbeatMs, beat, () =>
      this.#lose(`no sign of life for ${heartbeatMs / 1000} s`),
    );
    void this.#ended.then((how) => this.#lose(how));
    this.#stdout.on('data', (chunk: Buffer) => {
      this.#alive = true;
      this.#heartbeat?.heard();
      try {
        this.#reader.add(chunk);
      } catch (error) {
        this.#lose(`it says what no agent says (${(error as Error).message})`);
      }
    });
    this.#stdout.resume();
  }

  send(message: ToAgent): void {
    if (!this.#closed) this.#stdin.write(frame(message));
  }

  /** Leaves what it says unread, or reads on. Meanwhile it is not lost. */
  pause(on: boolean): void {
    if (this.#closed) return;
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
        const fail = (why: string) => reject(this.#unfit(why));
        const { startMsMax } = this.#options;
        timer = setTimeout(
          () => fail(`no answer from ${this.#shellName} within ${startMsMax / 1000} s${this.#quote()}`),
          startMsMax,
        );
        void this.#ended.then(fail);
        this.#readGreeting(resolve);
      });
      const hello = this.#parse(line);
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

  /** Resolves once it has ended and has said all it will, or others keep its streams open. */
  #watchEnd(): Promise<string> {
    const child = this.#child;
    return new Promise((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) =>
        resolve(`'${this.#shellName}' cannot be started (${error.code})`),
      );
      child.once('exit', (code, signal) => {
        const done = () => {
          clearTimeout(timer);
          child.stdout?.destroy();
          child.stderr?.destroy();
          resolve(this.#describeEnd(code, signal));
        };
        const timer = setTimeout(done, lastWordsMsMax);
        child.once('close', done);
      });
    });
  }

  #parse(line: string): Hello {
    try {
      return JSON.parse(line) as Hello;
    } catch {
      throw this.#unfit(`it does not greet as an agent does ('${line.slice(0, 80)}')`);
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
