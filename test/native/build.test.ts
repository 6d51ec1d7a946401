/** How the addon is built: two equal lists of sources, a binary for old systems, and one line without a compiler. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runProgram } from '../support/nodes.js';

const binary = `prebuilds/${process.platform}-${process.arch}/mpi4ts.node`;

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1]).sort();

test('CMakeLists.txt and binding.gyp name the same sources, and all there are', async (t) => {
  const cmake = await readFile('native/CMakeLists.txt', 'utf8');
  const gyp = await readFile('binding.gyp', 'utf8');
  const sources = (await readdir('native')).filter((name) => name.endsWith('.cc')).sort();
  t.true(sources.length > 5);
  t.deepEqual(matches(cmake, /^ {2}([\w-]+\.cc)$/gm), sources);
  t.deepEqual(matches(gyp, /'native\/([\w-]+\.cc)'/g), sources);
});

test('CMakeLists.txt and binding.gyp use the same flags and definitions', async (t) => {
  const cmake = await readFile('native/CMakeLists.txt', 'utf8');
  const gyp = (await readFile('binding.gyp', 'utf8')).replace("'-std=c++17',", '');
  const flags = (text: string) => matches(text, /(?<![\w-])(-(?!-)[A-Za-z][\w,=+-]*)/g);
  const definitions = (text: string) => matches(text, /\b(N(?:API|ODE)_\w+(?:=\d+)?)\b/g);
  t.true(flags(cmake).includes('-static-libgcc'));
  const own = (flag: string) => flag !== '-p';
  t.deepEqual(flags(gyp).filter(own), flags(cmake));
  t.deepEqual(definitions(gyp), definitions(cmake));
});

test('the binary loads on glibc 2.28 and exports nothing but the module', async (t) => {
  const dump = await runProgram('objdump', ['-T', binary]).catch(() => undefined);
  if (!existsSync(binary) || dump === undefined) {
    t.log(existsSync(binary) ? 'skipped: no objdump' : 'skipped: the addon was not built');
    t.pass();
    return;
  }
  t.is(dump.code, 0, dump.stderr);
  const versions = matches(dump.stdout, /\bGLIBC_(\d+\.\d+)/g);
  t.true(versions.length > 0);
  for (const version of versions) t.true(Number(version.split('.')[1]) <= 28, `needs glibc ${version}`);
  t.notRegex(dump.stdout, /GLIBCXX|CXXABI|GCC_/);
  const symbols = dump.stdout
    .split('\n')
    .filter((line) => /^[0-9a-f]{16} /.test(line) && !line.includes('*UND*'));
  t.deepEqual(symbols.map((line) => line.split(' ').at(-1)).sort(), [
    'napi_register_module_v1',
    'node_api_module_get_api_version_v1',
  ]);
});

test('without a compiler the build says so in one line and succeeds', async (t) => {
  const bin = await mkdtemp(join(tmpdir(), 'mpi4ts-path-'));
  t.teardown(() => rm(bin, { recursive: true }));
  await symlink(process.execPath, join(bin, 'node'));
  const outcome = await runProgram(process.execPath, ['native/build.mjs'], { env: { PATH: bin } });
  t.is(outcome.code, 0);
  t.is(outcome.stderr, '');
  const expected = process.platform === 'linux' ? /^mpi4ts: no C\+\+ compiler .*\n$/ : /^mpi4ts: .*\n$/;
  t.regex(outcome.stdout, expected);
});
