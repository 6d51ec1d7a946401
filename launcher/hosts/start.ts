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

/** What others than ranks say there goes to standard error. */
function open(hosts: readonly Host[], options: RunOptions, stray: (text: string) => void): Link[] {
  const { rshAgent = 'ssh', heartbeatSeconds = heartbeatSecondsDefault } = options;
  const shell = rshAgent.split(' ').filter((word) => word !== '');
  if (shell.length === 0) throw new UsageError('--rsh-agent: give the command of a remote shell');
  const startMsMax = (options.startSeconds ?? startSecondsDefault) * 1000;
  const needsAddon = options.processes === true || options.transport !== 'ws' || options.bindTo === 'core';
  const common = { heartbeatMs: heartbeatSeconds * 1000, startMsMax, needsAddon, stray };
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

function checkTransport({ transport }: RunOptions): void {
  if (transport === 'unix')
    throw new UsageError('--transport unix: its sockets do not reach other hosts; give tcp');
}

async function prepare(options: RunOptions, hosts: readonly Host[], links: readonly Link[], screen: Screen) {
  // In the time that the hosts take to answer.
  const [plans, ...hellos] = await Promise.all([planPrograms(options), ...links.map(({ hello }) => hello)]);
  const { programs, hostOf } = plan(options, hosts, hellos);
  const addresses = chooseAddresses(
    hosts.map(({ name }, index) => ({ name, remote: !isHere(name), hello: hellos[index] })),
  );
  const places = hostOf.map((host) => ({ host, address: addresses[host] }));
  const jobPlan = planJob(options, programs, plans, places);
  const {
    processes = false,
    transport = 'shared',
    heartbeatSeconds = heartbeatSecondsDefault,
    wdir,
  } = options;
  const shares = hosts.map(({ name }, host): Share => {
    const members = [...hostOf.keys()].filter((rank) => hostOf[rank] === host);
    return {
      link: links[host],
      processes,
      bind: options.bindTo === 'core',
      households: planHouseholds(members, places.length, hellos[host].cores, transport, true),
      wdir: { path: resolve(wdir ?? '.'), must: wdir !== undefined },
      others: hosts.flatMap((other, index) =>
        other.name === name || !hostOf.includes(index)
          ? []
          : [{ name: other.name, address: addresses[index] }],
      ),
      heartbeatMs: heartbeatSeconds * 1000,
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
  const hosts = merge(named);
  checkZerocopy(options, hosts.length);
  // What is wrong whatever the hosts say.
  if (hosts.every(({ slots }) => slots !== undefined)) plan(options, hosts);
  const screen = new Screen();
  const links = open(hosts, options, (text) => screen.put(2, Buffer.from(text)));
  try {
    return await prepare(options, hosts, links, screen);
  } catch (error) {
    await Promise.all(links.map((link) => link.close()));
    throw error;
  }
}
