/** `--host` and `--hostfile`, in the syntax of Open MPI and of Hydra. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../usage.js';
import type { Host } from './host.js';

/** A name, or an IPv4 or IPv6 address; after a user's name or not. Never what a remote shell takes for an option. */
const HOST = /^([\w.+][\w.+-]*@)?([A-Za-z0-9_][\w.-]*|[\da-fA-F]*:[\da-fA-F:.]+)$/;

function slotsFrom(text: string, where: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError(`${where}: '${text}' is no number of slots, 1 or more`);
  return Number(text);
}

/** `name:slots`; a name with several colons is an IPv6 address, with slots after `]:`. */
function hostFrom(text: string, where: string): Host {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  const parts = bracketed?.slice(1) ?? text.split(':');
  const [name, slots] = bracketed !== null || parts.length === 2 ? parts : [text];
  if (!HOST.test(name)) throw new UsageError(`${where}: '${name}' is no name of a host`);
  return { name, ...(slots !== undefined && { slots: slotsFrom(slots, where) }) };
}

/** `--host a:4,b`. Like Open MPI, a host without a number has one slot each time it is named. */
export function parseHosts(text: string, option: string): Host[] {
  return text.split(',').map((item) => {
    if (item.trim() === '') throw new UsageError(`${option} ${text}: give hosts as NAME:SLOTS,NAME:SLOTS`);
    const { name, slots = 1 } = hostFrom(item.trim(), `${option} ${text}`);
    return { name, slots };
  });
}

/** What may follow a host's name. Those without a function mean nothing here. */
const WORDS: Readonly<Record<string, ((host: Host, value: string, where: string) => Host) | undefined>> = {
  slots: (host, value, where) => ({ ...host, slots: slotsFrom(value, where) }),
  // There can be no more ranks than slots but by --oversubscribe, which is the user's word.
  max_slots: undefined,
  'max-slots': undefined,
  user: ({ name, ...rest }, value, where) => ({ ...hostFrom(`${value}@${name}`, where), ...rest }),
};

function withWord(host: Host, word: string, where: string): Host {
  const [, name, value] = /^([\w-]+)\s*=\s*(\S+)$/.exec(word) ?? [];
  if (name === undefined || !Object.hasOwn(WORDS, name))
    throw new UsageError(`${where}: '${word}' is unknown; give NAME slots=N or NAME:N`);
  return WORDS[name]?.(host, value, where) ?? host;
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
    const [name, ...words] = line
      .replace(/#.*/, '')
      .trim()
      .replace(/\s*=\s*/g, '=')
      .split(/\s+/);
    if (name === '') continue;
    const where = `${path} line ${index + 1}`;
    hosts.push(words.reduce((host, word) => withWord(host, word, where), hostFrom(name, where)));
  }
  if (hosts.length === 0) throw new UsageError(`${option} ${path}: the file names no host`);
  return hosts;
}
