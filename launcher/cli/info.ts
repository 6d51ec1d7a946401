/** `mpi4ts info`: what is available here, and why something is not. */
import { availableParallelism } from 'node:os';
import { loadNative } from '../../src/native.js';
import { cgroupQuota, usableCores } from '../job/cores.js';
import { nodeStripsTypes } from '../program/survey.js';
import { print } from './say.js';
import { version } from './version.js';

/** What `mpi4ts info --json` prints. */
export interface Info {
  readonly mpi4ts: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: {
    /** What jobs use. */
    readonly usable: number;
    /** CPUs that this process may run on. */
    readonly affinity: number;
    /** The cgroup's quota in cores, null without one. */
    readonly cgroupQuota: number | null;
  };
  readonly addon: { readonly available: true } | { readonly available: false; readonly reason: string };
  /** Who turns TypeScript into JavaScript unless a program needs more. */
  readonly typescript: 'node' | 'launcher';
}

export function collectInfo(): Info {
  const native = loadNative();
  return {
    mpi4ts: version(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cores: {
      usable: usableCores(),
      affinity: native.native?.affinity().length ?? availableParallelism(),
      cgroupQuota: cgroupQuota() ?? null,
    },
    addon: native.native === null ? { available: false, reason: native.reason } : { available: true },
    typescript: nodeStripsTypes() ? 'node' : 'launcher',
  };
}

function describe({ mpi4ts, node, platform, cores, addon, typescript }: Info): string {
  const quota = cores.cgroupQuota === null ? 'no cgroup quota' : `cgroup quota ${cores.cgroupQuota}`;
  const stripping =
    typescript === 'node'
      ? 'by Node; by the launcher for syntax that is more than types, by tsx for what needs more'
      : 'by the launcher, for this Node does not strip types; by tsx for what needs more';
  return [
    `mpi4ts      ${mpi4ts}`,
    `node        ${node}`,
    `platform    ${platform}`,
    `cores       ${cores.usable} (affinity ${cores.affinity}, ${quota})`,
    `addon       ${addon.available ? 'available' : `not available: ${addon.reason}`}`,
    `ranks       ${addon.available ? 'threads; processes with --processes' : 'threads (processes need the addon)'}`,
    `transport   ${addon.available ? 'shared memory; tcp, unix or ws with --transport' : 'shared memory; ws with --transport (tcp and unix need the addon)'}`,
    `typescript  ${stripping}`,
    '',
  ].join('\n');
}

/** Prints the table, or one JSON object. */
export function printInfo(json: boolean): void {
  const info = collectInfo();
  print(json ? `${JSON.stringify(info, null, 2)}\n` : describe(info));
}
