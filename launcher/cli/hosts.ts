/** `--host` and `--hostfile`. Ranks are threads of this machine's process: hosts only limit how many there may be. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { usableCores } from '../job/cores.js';
import { UsageError } from '../usage.js';

/** A host and how many ranks it takes; undefined where the user gave no number. */
export interface Host {
  readonly name: string;
  readonly slots: number | undefined;
}

function isHere(name: string): boolean {
  const own = hostname().toLowerCase();
  const asked = name.toLowerCase();
  return (
    asked === 'localhost' ||
    asked === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(asked) ||
    asked === own ||
    asked === own.split('.')[0]
  );
}

function checked(name: string, slots: string | undefined, where: string): Host {
  if (!isHere(name))
    throw new UsageError(
      `${where}: the host '${name}' is not this machine; other hosts are not supported yet`,
    );
  if (slots === undefined) return { name, slots: undefined };
  if (!/^[1-9]\d{0,8}$/.test(slots))
    throw new UsageError(`${where}: '${slots}' is no number of slots, 1 or more`);
  return { name, slots: Number(slots) };
}

/** Splits `name:slots`; a name with several colons is an IPv6 address, with slots after `]:`. */
function splitSlots(text: string): [string, string | undefined] {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) return [bracketed[1], bracketed[2]];
  const parts = text.split(':');
  return parts.length === 2 ? [parts[0], parts[1]] : [text, undefined];
}

/** `--host a:4,b`. Like Open MPI, a host without a number has one slot each time it is named. */
export function parseHosts(text: string, option: string): Host[] {
  return text.split(',').map((item) => {
    const [name, slots] = splitSlots(item.trim());
    if (name === '') throw new UsageError(`${option} ${text}: give hosts as NAME:SLOTS,NAME:SLOTS`);
    return checked(name, slots ?? '1', `${option} ${text}`);
  });
}

/** `--hostfile`: lines of `name slots=4` (Open MPI) or `name:4` (Hydra); `#` starts a comment. */
export function parseHostfile(path: string, option: string): Host[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${option} ${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const hosts: Host[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    if (words[0] === '') continue;
    const [name, colon] = splitSlots(words[0]);
    const named = words.find((word) => word.startsWith('slots='))?.slice('slots='.length);
    hosts.push(checked(name, named ?? colon, `${path} line ${index + 1}`));
  }
  if (hosts.length === 0) throw new UsageError(`${option} ${path}: the file names no host`);
  return hosts;
}

/** How many ranks may run here: what `--host` says, else what the hostfile says; undefined without a limit. */
export function slotsHere(hosts: readonly Host[], hostfile: readonly Host[]): number | undefined {
  const limits = hosts.length > 0 ? hosts : hostfile;
  if (limits.length === 0) return undefined;
  return limits.reduce((sum, { slots }) => sum + (slots ?? usableCores()), 0);
}
