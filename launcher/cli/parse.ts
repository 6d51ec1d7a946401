/** The command line of mpirun. Options end at the first word that is none: what follows belongs to the program. */
import { ranksMax } from '../../src/base/limits.js';
import type { Host } from '../hosts/host.js';
import { parseHostfile, parseHosts } from '../hosts/hostfile.js';
import { mappings } from '../hosts/mapping.js';
import { deadlockOptions, type Program, type RunOptions } from '../job/options.js';
import { transportNames } from '../job/wire-plan.js';
import { UsageError } from '../usage.js';

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly run: RunOptions };

/** Values collected while reading options; those of one program start anew after each `:`. */
interface Draft {
  ranks?: number;
  env: Record<string, string>;
  hosts: Host[];
  hostfile: Host[];
  stop?: 'help' | 'version';
  run: { -readonly [K in keyof RunOptions]?: RunOptions[K] };
}

interface Option {
  readonly names: readonly string[];
  /** Reads the option's value, or '' for a flag. */
  readonly read: (draft: Draft, value: string, name: string) => void;
  readonly takesValue: boolean;
}

function flag(names: string, read: (draft: Draft) => void): Option {
  return { names: names.split(' '), read, takesValue: false };
}

function value(names: string, read: Option['read']): Option {
  return { names: names.split(' '), read, takesValue: true };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function readRanks(text: string, name: string): number {
  const ranks = wholeNumber(text);
  if (ranks === undefined || ranks < 1 || ranks > ranksMax)
    throw new UsageError(`${name} ${text}: give a number of ranks from 1 to ${ranksMax}`);
  return ranks;
}

/** `least`: 0 where that has a meaning. */
function readSeconds(text: string, name: string, least: 'above 0' | '0' = 'above 0'): number {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  const secondsMax = 2 ** 31 / 1000 - 1; // what a timer can hold
  if (!(seconds < secondsMax && (seconds > 0 || (least === '0' && seconds === 0))))
    throw new UsageError(
      `${name} ${text}: give a number of seconds ${least === '0' ? 'from 0' : 'greater than 0'}, up to ${Math.floor(secondsMax)}`,
    );
  return seconds;
}

function readVariable(draft: Draft, text: string, name: string): void {
  const equals = text.indexOf('=');
  const variable = equals < 0 ? text : text.slice(0, equals);
  if (variable === '') throw new UsageError(`${name} ${text}: give NAME or NAME=VALUE`);
  const inherited = process.env[variable];
  if (equals < 0 && inherited === undefined)
    throw new UsageError(`${name} ${text}: no such variable in the environment; give ${text}=VALUE`);
  draft.env[variable] = equals < 0 ? inherited! : text.slice(equals + 1);
}

function oneOf<T extends string>(text: string, name: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new UsageError(`${name} ${text}: give ${choices.join(' or ')}`);
  return choice;
}

function readStdin(text: string, name: string): number | 'all' | 'none' {
  return wholeNumber(text) ?? oneOf(text, name, ['all', 'none'] as const);
}

const OPTIONS: readonly Option[] = [
  value('n np c', (draft, text, name) => {
    draft.ranks = readRanks(text, name);
  }),
  value('x', readVariable),
  value('wdir wd', (draft, text, name) => {
    const { wdir } = draft.run;
    if (wdir !== undefined && wdir !== text)
      throw new UsageError(`${name} ${text}: a job has one working directory (also '${wdir}')`);
    draft.run.wdir = text;
  }),
  flag('tag-output', (draft) => {
    draft.run.tagOutput = true;
  }),
  flag('timestamp-output', (draft) => {
    draft.run.timestampOutput = true;
  }),
  value('output-filename', (draft, text) => {
    draft.run.outputFilename = text;
  }),
  value('timeout', (draft, text, name) => {
    draft.run.timeoutSeconds = readSeconds(text, name);
  }),
  value('stdin', (draft, text, name) => {
    draft.run.stdin = readStdin(text, name);
  }),
  value('bind-to', (draft, text, name) => {
    draft.run.bindTo = oneOf(text, name, ['core', 'none'] as const);
  }),
  flag('oversubscribe', (draft) => {
    draft.run.oversubscribe = true;
  }),
  value('host H', (draft, text, name) => {
    draft.hosts.push(...parseHosts(text, name));
  }),
  value('hostfile machinefile', (draft, text, name) => {
    draft.hostfile.push(...parseHostfile(text, name));
  }),
  value('map-by', (draft, text, name) => {
    draft.run.mapBy = oneOf(text, name, mappings);
  }),
  value('rsh-agent launcher-exec', (draft, text) => {
    draft.run.rshAgent = text;
  }),
  value('heartbeat', (draft, text, name) => {
    draft.run.heartbeatSeconds = readSeconds(text, name, '0');
  }),
  value('start-timeout', (draft, text, name) => {
    draft.run.startSeconds = readSeconds(text, name);
  }),
  flag('threads', (draft) => {
    draft.run.processes = false;
  }),
  flag('processes', (draft) => {
    draft.run.processes = true;
  }),
  value('transport', (draft, text, name) => {
    draft.run.transport = oneOf(text, name, transportNames);
  }),
  flag('zerocopy', (draft) => {
    draft.run.zerocopy = true;
  }),
  value('deadlock', (draft, text, name) => {
    draft.run.deadlock = oneOf(text, name, deadlockOptions);
  }),
  flag('check', (draft) => {
    draft.run.check = true;
  }),
  flag('h help', (draft) => {
    draft.stop = 'help';
  }),
  flag('V version', (draft) => {
    draft.stop = 'version';
  }),
];

const BY_NAME = new Map(OPTIONS.flatMap((option) => option.names.map((name) => [name, option] as const)));

/** Reads options from the front of `words`; returns how many words they took. */
function readOptions(draft: Draft, words: readonly string[]): number {
  let i = 0;
  while (i < words.length && draft.stop === undefined) {
    const word = words[i];
    if (word === '--') return i + 1;
    if (!/^-./.test(word)) break;
    const [, dashes, name, inline] = /^(--?)([^=]*)(?:=([\s\S]*))?$/.exec(word)!;
    const option = BY_NAME.get(name);
    if (option === undefined) throw new UsageError(`unknown option ${dashes}${name} (see mpirun --help)`);
    i++;
    if (!option.takesValue) {
      if (inline !== undefined) throw new UsageError(`${dashes}${name} takes no value (got '${inline}')`);
      option.read(draft, '', dashes + name);
      continue;
    }
    const text = inline ?? words[i++];
    if (text === undefined) throw new UsageError(`${dashes}${name} needs a value (see mpirun --help)`);
    option.read(draft, text, dashes + name);
  }
  return i;
}

function splitPrograms(words: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === ':') parts.push([]);
    else parts[parts.length - 1].push(word);
  }
  return parts;
}

/**
 * Reads a command line, without the name of the command.
 * @throws UsageError naming the word that is wrong, and what to do.
 */
export function parseCommandLine(words: readonly string[]): Request {
  const parts = splitPrograms(words);
  const draft: Draft = { env: {}, hosts: [], hostfile: [], run: {} };
  const programs: Program[] = [];
  for (const part of parts) {
    delete draft.ranks;
    draft.env = {};
    const rest = part.slice(readOptions(draft, part));
    if (draft.stop !== undefined) return { kind: draft.stop };
    const [program, ...args] = rest;
    if (program === undefined)
      throw new UsageError(
        parts.length === 1
          ? 'no program given: mpirun -n 4 job.ts (see mpirun --help)'
          : "no program given before or after ':' (see mpirun --help)",
      );
    const { ranks } = draft;
    programs.push({ program, args, env: draft.env, ...(ranks !== undefined && { ranks }) });
  }
  const hosts = draft.hosts.length > 0 ? draft.hosts : draft.hostfile;
  return { kind: 'run', run: { ...draft.run, programs, ...(hosts.length > 0 && { hosts }) } };
}
