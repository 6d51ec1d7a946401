/**
 * Hosts on one machine: network namespaces that a bridge joins, each with an sshd of its own and a throw-away key. The
 * launcher's host is the machine itself, with an address on the bridge.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptied } from './emptied.js';

const sshdPath = '/usr/sbin/sshd';

/** How long an sshd may take to accept connections. */
const readyMsMax = 10_000;

const run = (file: string, ...words: string[]) =>
  execFileSync(file, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const ip = (words: string) => run('ip', ...words.split(' '));

/** Why there can be no such hosts here; undefined if there can. */
export function hostsMissing(): string | undefined {
  if (userInfo().uid !== 0) return 'network namespaces are for root to make';
  if (!existsSync(sshdPath)) return 'no sshd here (Debian: apt-get install openssh-server)';
  const name = `mpi4ts-probe-${process.pid}`;
  try {
    ip(`netns add ${name}`);
    ip(`netns exec ${name} ip link set lo up`);
    ip(`netns del ${name}`);
    accessSync('/dev/null');
    return undefined;
  } catch (error) {
    return `no network namespaces here: ${(error as Error).message.split('\n').slice(0, 2).join(' ')}`;
  }
}

export interface TestHost {
  readonly namespace: string;
  /** Its end of the cable, with the machine. */
  readonly link: string;
  readonly address: string;
  readonly address6: string;
}

export interface HostsOptions {
  readonly count: number;
  /** Each host has a network of its own, between which nothing is forwarded. */
  readonly apart?: boolean;
  /** They have a route to each other, over a router that does not answer. */
  readonly routed?: boolean;
  /** Added to what names and networks are made of: for a second set of hosts. */
  readonly offset?: number;
}

export class TestHosts {
  readonly hosts: readonly TestHost[];
  /** For `--rsh-agent`. */
  readonly shell: string;
  readonly directory: string;
  readonly #bridges: string[] = [];
  readonly #daemons: ChildProcess[] = [];

  private constructor(hosts: readonly TestHost[], directory: string, bridges: readonly string[]) {
    this.hosts = hosts;
    this.directory = directory;
    this.shell = `ssh -F ${join(directory, 'client')}`;
    this.#bridges.push(...bridges);
  }

  /** Makes them, and waits until they can be reached. */
  static async make({ count, apart = false, routed = false, offset = 0 }: HostsOptions): Promise<TestHosts> {
    const id = (process.pid + offset) % 4096;
    const hosts: TestHost[] = [];
    const bridges: string[] = [];
    const network = (index: number) => `10.${64 + (id >> 6)}.${((id & 63) << 2) + (apart ? index : 0)}`;
    for (let index = 0; index < count; index++) {
      const bridge = `mbr${id}-${apart ? index : 0}`;
      if (!bridges.includes(bridge)) {
        bridges.push(bridge);
        ip(`link add ${bridge} type bridge`);
        ip(`addr add ${network(index)}.254/24 dev ${bridge}`);
        ip(`-6 addr add fd00:${id.toString(16)}:${index}::fe/64 dev ${bridge} nodad`);
        ip(`link set ${bridge} up`);
      }
      const namespace = `mns${id}-${index}`;
      const link = `mve${id}-${index}`;
      const address = `${network(index)}.${index + 1}`;
      const address6 = `fd00:${id.toString(16)}:${apart ? index : 0}::${index + 1}`;
      ip(`netns add ${namespace}`);
      ip(`link add ${link} type veth peer name eth0 netns ${namespace}`);
      ip(`link set ${link} master ${bridge} up`);
      ip(`netns exec ${namespace} ip addr add ${address}/24 dev eth0`);
      ip(`netns exec ${namespace} ip -6 addr add ${address6}/64 dev eth0 nodad`);
      ip(`netns exec ${namespace} ip link set lo up`);
      ip(`netns exec ${namespace} ip link set eth0 up`);
      if (routed) ip(`netns exec ${namespace} ip route add default via ${network(index)}.253`);
      hosts.push({ namespace, link, address, address6 });
    }
    const all = new TestHosts(hosts, mkdtempSync(join(tmpdir(), 'mpi4ts-hosts-')), bridges);
    await all.#serve();
    return all;
  }

  /** `--host` with so many slots each. */
  list(slots: number): string {
    return this.hosts.map(({ address }) => `${address}:${slots}`).join(',');
  }

  /** Nothing reaches the host any more, and nothing it says arrives. */
  cut(index: number): void {
    ip(`link set ${this.hosts[index].link} down`);
  }

  mend(index: number): void {
    ip(`link set ${this.hosts[index].link} up`);
  }

  /** What runs on a host, but for its sshd: process ids and command lines. */
  processes(index: number): { pid: number; command: string }[] {
    const own = new Set(this.#daemons.map(({ pid }) => pid));
    return ip(`netns pids ${this.hosts[index].namespace}`)
      .split('\n')
      .filter((line) => line !== '' && !own.has(Number(line)))
      .flatMap((line) => {
        try {
          return [{ pid: Number(line), command: run('ps', '-o', 'stat=,args=', '-p', line).trim() }];
        } catch {
          return []; // gone meanwhile
        }
      })
      .filter(({ command }) => !command.startsWith('Z'));
  }

  /** What still runs on the hosts after at most `ms`. */
  leftovers(ms: number): Promise<string[]> {
    const left = () => this.hosts.flatMap((_, index) => this.processes(index).map(({ command }) => command));
    return emptied(left, ms);
  }

  close(): void {
    for (const daemon of this.#daemons) daemon.kill('SIGKILL');
    for (const { namespace } of this.hosts) {
      for (const pid of ip(`netns pids ${namespace}`).split('\n').filter(Boolean)) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // It is gone.
        }
      }
      ip(`netns del ${namespace}`);
    }
    for (const bridge of this.#bridges) ip(`link del ${bridge}`);
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #serve(): Promise<void> {
    const file = (name: string) => join(this.directory, name);
    for (const key of ['host', 'user']) run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file(key));
    mkdirSync('/run/sshd', { recursive: true });
    mkdirSync(file('home'));
    const client = [
      `User ${userInfo().username}`,
      `IdentityFile ${file('user')}`,
      'StrictHostKeyChecking no',
      'UserKnownHostsFile /dev/null',
      'LogLevel ERROR',
      'BatchMode yes',
    ];
    writeFileSync(file('client'), `${client.join('\n')}\n`);
    for (const [index, { namespace }] of this.hosts.entries()) {
      const config = [
        `HostKey ${file('host')}`,
        `AuthorizedKeysFile ${file('user.pub')}`,
        'PidFile none',
        'UsePAM no',
        'StrictModes no',
        'PermitRootLogin yes',
        'MaxStartups 100',
        // What the user's own shell does at its start (and leaves behind when it is killed) is none of the tests'.
        `SetEnv HOME=${file('home')}`,
      ];
      writeFileSync(file(`server${index}`), `${config.join('\n')}\n`);
      const words = ['netns', 'exec', namespace, sshdPath, '-D', '-e', '-f', file(`server${index}`)];
      this.#daemons.push(spawn('ip', words, { stdio: 'ignore' }));
    }
    await Promise.all(this.hosts.map(({ address }) => reachable(address)));
  }
}

async function reachable(address: string): Promise<void> {
  const deadline = performance.now() + readyMsMax;
  for (;;) {
    const connected = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: address, port: 22 });
      socket.on('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (connected) return;
    if (performance.now() > deadline) throw new Error(`no sshd at ${address} within ${readyMsMax} ms`);
    await sleep(50);
  }
}
