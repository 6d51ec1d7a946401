/** Starting a job on several hosts: an agent on each, the ranks spread over them, and one address of each. */
import { resolve } from 'node:path';
import type { Hello } from '../agent/messages.js';
import { planHouseholds } from '../job/households.js';
import { Job } from '../job/job.js';
import type { RunOptions } from '../job/options.js';
import { countRanks, planJob, planPrograms, sizeOf } from '../job/plan.js';
import { checkZerocopy } from '../job/wire-plan.js';
import { UsageError } from '../usage.js';
import { type Host, isHere, merge } from './host.js';
import { HostRanks, type Share } from './host-ranks.js';
import { Link } from './link.js';
import { checkSlots, mapRanks } from './mapping.js';
import { chooseAddresses } from './network.js';
import { Screen } from './screen.js';

const startSecondsDefault = 30;
const heartbeatSecondsDefault = 2;

function heartbeatMsOf({ heartbeatSeconds = heartbeatSecondsDefault }: RunOptions): number {
  return heartbeatSeconds * 1000;
}

/** What others than ranks say there goes to standard error. */
function open(hosts: readonly Host[], options: RunOptions, stray: (text: string) => void): Link[] {
  const { rshAgent = 'ssh' } = options;
  const shell = rshAgent.split(' ').filter((word) => word !== '');
  if (shell.length === 0) throw new UsageError('--rsh-agent: give the command of a remote shell');
  const startMsMax = (options.startSeconds ?? startSecondsDefault) * 1000;
  const needsAddon = options.processes === true || options.transport !== 'ws' || options.bindTo === 'core';
  const common = { heartbeatMs: heartbeatMsOf(options), startMsMax, needsAddon, stray };
  return hosts.map(({ name }) => new Link(name, { ...common, shell: isHere(name) ? undefined : shell }));
}

/** The programs with their ranks, and the host of each rank. @throws UsageError */
function plan(options: RunOptions, hosts: readonly Host[], hellos: readonly Hello[] = []) {
  const slots = hosts.map((host, index) => host.slots ?? hellos[index].cores);
  const total = slots.reduce((sum, count) => sum + count, 0);
  const programs = countRanks(options.programs, () => total);
  const size = sizeOf(programs);
  checkSlots(size, total, options.oversubscribe ?? false);
  return { programs, hostOf: mapRanks(size, slots, options.mapBy ?? 'slot') };
}

/** Those of the hosts that get a rank, where that is known before they answer. @throws UsageError */
function needed(options: RunOptions, hosts: readonly Host[]): readonly Host[] {
  if (hosts.some(({ slots }) => slots === undefined)) return hosts;
  const { hostOf } = plan(options, hosts);
  return hosts.filter((_, host) => hostOf.includes(host));
}

function checkTransport({ transport }: RunOptions): void {
  if (transport === 'unix')
    throw new UsageError('--transport unix: its sockets do not reach other hosts; give tcp');
}

/** What must be the same for all ranks: the environment of a remote shell knows nothing of it. */
function ownVariables(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => name.startsWith('MPI4TS_'));
  return Object.fromEntries(own) as Record<string, string>;
}

async function prepare(options: RunOptions, hosts: readonly Host[], links: readonly Link[], screen: Screen) {
  // In the time that the hosts take to answer.
  const [plans, ...hellos] = await Promise.all([planPrograms(options), ...links.map(({ hello }) => hello)]);
  const { programs, hostOf } = plan(options, hosts, hellos);
  const own = ownVariables();
  const forwarded = plans.map((program) => ({ ...program, env: { ...own, ...program.env } }));
  const addresses = chooseAddresses(
    hosts.map(({ name }, index) => ({ name, remote: !isHere(name), hello: hellos[index] })),
  );
  const places = hostOf.map((host) => ({ host, address: addresses[host] }));
  const jobPlan = planJob(options, programs, forwarded, places);
  const { processes = false, transport = 'shared', wdir } = options;
  const wired = jobPlan.wires !== undefined;
  const shares = hosts.map(({ name }, host): Share => {
    const members = [...hostOf.keys()].filter((rank) => hostOf[rank] === host);
    return {
      link: links[host],
      processes,
      bind: options.bindTo === 'core',
      households: planHouseholds(members, places.length, hellos[host].cores, transport, wired),
      wdir: { path: resolve(wdir ?? '.'), must: wdir !== undefined },
      others: hosts.flatMap((other, index) =>
        other.name === name || !hostOf.includes(index)
          ? []
          : [{ name: other.name, address: addresses[index] }],
      ),
      heartbeatMs: heartbeatMsOf(options),
    };
  });
  // A host without ranks has nothing to do.
  const idle = shares.filter((_, host) => !hostOf.includes(host));
  await Promise.all(idle.map(({ link }) => link.close()));
  const busy = shares.filter((_, host) => hostOf.includes(host));
  const ranks = new HostRanks(
    busy,
    hostOf.map((host) => shares[host]),
    screen,
  );
  return new Job({ ...jobPlan, hosts: hostOf.map((host) => hosts[host].name) }, ranks);
}

/** @throws UsageError that names the host in question; nothing is left running anywhere then. */
export async function startOnHosts(options: RunOptions, named: readonly Host[]): Promise<Job> {
  checkTransport(options);
  const all = merge(named);
  checkZerocopy(options, all.length);
  const hosts = needed(options, all);
  const screen = new Screen();
  const links = open(hosts, options, (text) => screen.put(2, Buffer.from(text)));
  const stop = () => {
    for (const link of links) void link.close();
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    return await prepare(options, hosts, links, screen);
  } catch (error) {
    await Promise.all(links.map((link) => link.close()));
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
}
