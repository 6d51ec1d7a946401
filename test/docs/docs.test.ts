/** The documentation names all that is public, nothing that is not, and its links lead somewhere. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import test from 'ava';
import { mpi4tsHelp, mpirunHelp } from '../../launcher/cli/help.js';
import * as limits from '../../src/base/limits.js';
import { algorithms } from '../../src/coll/algorithms.js';
import { MPI } from '../../src/index.js';
import { layoutFor } from '../../src/transport/ring/layout.js';
import { exportsOf, listFiles, type Member, membersOf, read, root } from './sources.js';

const files = listFiles();
const pages = files.filter((file) => file.endsWith('.md'));
const sources = files.filter((file) => /^src\/(mpi|base)\/.*\.ts$/.test(file)).map(read);

/** The classes of the interface, the sources that make them up, and where the reference describes them. */
const classes = [
  { name: 'Comm', parts: parts('Comm'), heading: 'Communicators', type: MPI.Comm },
  { name: 'Intracomm', parts: ['Intracomm'], heading: 'Making communicators', type: MPI.Intracomm },
  { name: 'Intercomm', parts: ['Intercomm'], heading: 'Intercommunicators', type: MPI.Intercomm },
  { name: 'Group', parts: ['Group'], heading: 'Groups', type: MPI.Group },
  { name: 'Request', parts: ['Request'], heading: 'Requests', type: MPI.Request },
  { name: 'Prequest', parts: ['Prequest'], heading: 'Requests', type: MPI.Prequest },
  { name: 'Status', parts: ['Status'], heading: 'Status', type: MPI.Status },
  { name: 'Message', parts: ['Message'], heading: 'Messages', type: MPI.Message },
  { name: 'Datatype', parts: parts('Datatype'), heading: 'Datatypes', type: MPI.Datatype },
  { name: 'Op', parts: ['Op'], heading: 'Operations', type: MPI.Op },
  { name: 'Info', parts: ['Info'], heading: 'Info objects', type: MPI.Info },
  { name: 'Errhandler', parts: ['Errhandler'], heading: 'Error handlers', type: MPI.Errhandler },
  {
    name: 'Topocomm',
    parts: ['Topocomm', 'NeighbourCollectives'],
    heading: 'Topologies',
    type: MPI.Topocomm,
  },
  { name: 'Cartcomm', parts: ['Cartcomm'], heading: 'Topologies', type: MPI.Cartcomm },
  { name: 'Graphcomm', parts: ['Graphcomm'], heading: 'Topologies', type: MPI.Graphcomm },
  { name: 'Distgraphcomm', parts: ['Distgraphcomm'], heading: 'Topologies', type: MPI.Distgraphcomm },
  { name: 'Exception', parts: ['Exception'], heading: 'Errors', type: MPI.Exception },
];

/** A class and those it extends, as far as these sources declare them. */
function parts(name: string): string[] {
  const base = sources.map(
    (text) => new RegExp(`^export (?:abstract )?class ${name} extends (\\w+)`, 'm').exec(text)?.[1],
  );
  const next = base.find((found) => found !== undefined);
  return next === undefined ? [name] : [name, ...parts(next)];
}

const members = (names: readonly string[]): Member[] =>
  names.flatMap((name) => sources.flatMap((text) => membersOf(text, name)));

/** The text of a page's code, in lines and in blocks. */
function codeOf(text: string): string {
  return [...text.matchAll(/```\w*\n([\s\S]*?)```|`([^`\n]+)`/g)]
    .map(([, block, inline]) => block ?? inline)
    .join('\n');
}

const namesIn = (text: string) => new Set(text.match(/[A-Za-z_]\w*/g));

/** The section of a page under a second-level heading. */
function section(text: string, heading: string): string {
  const [, after] = text.split(`\n## ${heading}\n`);
  return after?.split('\n## ')[0] ?? '';
}

const api = read('docs/api.md');
const documented = namesIn(codeOf(api));

test('the reference names every export', (t) => {
  t.true(Object.keys(MPI).length > 80);
  t.deepEqual(
    Object.keys(MPI).filter((name) => !documented.has(name)),
    [],
  );
});

test('every export has a docstring', (t) => {
  const declared = new Map(sources.flatMap(exportsOf).map(({ name, doc }) => [name, doc]));
  t.deepEqual(
    Object.keys(MPI).filter((name) => !declared.get(name)),
    [],
  );
});

for (const { name, parts, heading, type } of classes) {
  const declared = members(parts);
  const open = declared.filter(({ hidden }) => !hidden);

  test(`${name}: the scan of the sources finds every method there is`, (t) => {
    const found = new Set(declared.map((member) => member.name));
    const methods = Object.getOwnPropertyNames(type.prototype).concat(
      Object.getOwnPropertyNames(type).filter((key) => typeof type[key as keyof typeof type] === 'function'),
    );
    t.deepEqual(
      methods.filter((method) => method !== 'prototype' && method !== 'constructor' && !found.has(method)),
      [],
    );
    t.true(open.length > 0);
  });

  test(`${name}: the reference names every member`, (t) => {
    const names = namesIn(codeOf(section(api, heading)));
    t.deepEqual(
      open.map((member) => member.name).filter((member) => !names.has(member)),
      [],
    );
  });

  test(`${name}: every member has a docstring`, (t) => {
    t.deepEqual(
      open.filter(({ doc }) => doc === '').map((member) => member.name),
      [],
    );
  });
}

test('the reference names nothing that does not exist', (t) => {
  const index = read('src/mpi/index.ts');
  const known = new Set([...Object.keys(MPI), ...(index.match(/\w+/g) ?? [])]);
  for (const { name } of exportsOf(read('src/mpi/constants.ts'))) known.add(name);
  for (const { name } of exportsOf(read('src/mpi/op.ts'))) known.add(name);
  const mentioned = [...codeOf(api).matchAll(/\bMPI\.(\w+)/g)].map(([, name]) => name);
  t.deepEqual(
    mentioned.filter((name) => !known.has(name)),
    [],
  );
  const calls = [...codeOf(api).matchAll(/\bcomm\.(\w+)/g)].map(([, name]) => name);
  t.deepEqual(
    calls.filter((name) => !(name in MPI.COMM_WORLD) && !(name in MPI.Intercomm.prototype)),
    [],
  );
});

test('every option that --help prints is documented', (t) => {
  const code = codeOf(read('docs/mpirun.md'));
  const printed = mpirunHelp.match(/(?<=^ {2}|, )--?[A-Za-z][\w-]*/gm) ?? [];
  t.true(printed.length > 15);
  t.deepEqual(
    printed.filter((option) => !new RegExp(`(^|[\\s\`])${option}(?![\\w-])`, 'm').test(code)),
    [],
  );
  const commands = [...mpi4tsHelp.matchAll(/^ {2}(mpi4ts (?:--)?\w+)/gm)].map(([, command]) => command);
  t.deepEqual(
    commands.filter((command) => !code.includes(command)),
    [],
  );
});

test('every variable and every algorithm is documented', (t) => {
  const rows = read('docs/mpirun.md').split('\n');
  for (const [collective, known] of Object.entries(algorithms)) {
    const row = rows.find((line) => line.startsWith(`| \`MPI4TS_COLL_${collective.toUpperCase()}\``)) ?? '';
    for (const name of Object.keys(known)) t.true(row.includes(`\`${name}\``), `${collective}: ${name}`);
  }
});

test('the limits are those of the code', (t) => {
  const rows = read('docs/limits.md')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  for (const [name, value] of Object.entries(limits)) {
    const row = rows.find((line) => line.includes(`\`${name}\``));
    t.regex(row ?? '', new RegExp(`\\| ${value}\\b`), `${name} is ${value}`);
  }
  for (const size of [64, 128, 256, 512]) {
    const { ringBytes, slotsPerRank } = layoutFor(size);
    const row = rows.find((line) => line.includes(` to ${size} |`)) ?? '';
    t.true(row.includes(`| ${ringBytes} bytes | ${slotsPerRank} |`), `${size} ranks: ${row}`);
  }
});

/** The anchors of a page's headings, as they are made on the web. */
function anchorsOf(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('relative links lead to files and headings that exist', (t) => {
  t.true(pages.length > 3, 'no pages found: is this a git checkout?');
  const broken: string[] = [];
  for (const page of pages) {
    const text = read(page).replace(/```[\s\S]*?```|`[^`\n]+`/g, '');
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [path, anchor] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      const exists = existsSync(join(root, target));
      if (!exists || (anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor)))
        broken.push(`${page}: ${link}`);
    }
  }
  t.deepEqual(broken, []);
});
