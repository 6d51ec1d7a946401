/** What the sources declare, and whether a docstring stands above it. Reads the house's formatting, not TypeScript. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Files of the tree, tracked or new, but not ignored. */
export function listFiles(): string[] {
  const output = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return output.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
}

export interface Declared {
  readonly name: string;
  /** The docstring above it, or above the run of lines without a gap that it belongs to; empty if there is none. */
  readonly doc: string;
}

/** The comment that ends on the line before `at`, past what Biome is told there; undefined where there is none. */
function docAbove(lines: readonly string[], at: number): string | undefined {
  let end = at - 1;
  while (end >= 0 && /^\s*\/\/ biome-ignore/.test(lines[end])) end--;
  if (end < 0 || !lines[end].endsWith('*/')) return undefined;
  let start = end;
  while (start > 0 && !lines[start].includes('/**')) start--;
  return lines.slice(start, end + 1).join('\n');
}

/** Names declared on the lines that `pattern` matches (its first group), with their docstrings. */
function declarations(lines: readonly string[], pattern: RegExp): Declared[] {
  const found: Declared[] = [];
  let last = '';
  for (const [at, line] of lines.entries()) {
    const name = pattern.exec(line)?.[1];
    if (name === undefined) continue;
    const gap = at === 0 || lines[at - 1].trim() === '' || lines[at - 1].endsWith('{');
    last = docAbove(lines, at) ?? (gap ? '' : last);
    found.push({ name, doc: last });
  }
  return found;
}

/** What a module exports by declaring it. */
export function exportsOf(text: string): Declared[] {
  return declarations(
    text.split('\n'),
    /^export (?:const|function|(?:abstract )?class|type|interface) (\w+)/,
  );
}

/** A member of a class. */
export interface Member extends Declared {
  /** Not for users: protected, internal, or documented where a base class first declares it. */
  readonly hidden: boolean;
}

/** Members that one class declares: methods, accessors and fields. */
export function membersOf(text: string, name: string): Member[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^export (?:abstract )?class ${name}\\b`).test(line));
  if (start < 0) return [];
  const end = lines.indexOf('}', start);
  const body = lines.slice(start, end < 0 ? start + 1 : end);
  const modifiers = '(?:static |readonly |protected |abstract |override |get |set )*';
  const pattern = new RegExp(`^ {2}${modifiers}(\\w+)(?=[(<:!?]| =)`);
  const kept = new Set(
    body.map((line) => /^ {2}.*\b(?:protected|override)\b.*?(\w+)(?=[(<:]| =)/.exec(line)?.[1]),
  );
  return declarations(body, pattern)
    .filter((member) => member.name !== 'constructor')
    .map((member) => ({ ...member, hidden: kept.has(member.name) || member.doc.includes('@internal') }));
}
