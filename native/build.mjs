/**
 * Builds the addon with cmake-js and puts it where src/native.ts looks: prebuilds/<platform>-<arch>/mpi4ts.node.
 * Without a compiler or CMake it says so in one line and succeeds: everything works in pure TypeScript. It does not
 * fall back on node-gyp, which needs Python and downloads Node's headers; who wants that has binding.gyp.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const build = join(root, 'build');

const runs = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** Why the addon cannot be built here, or undefined. */
function obstacle() {
  if (process.platform !== 'linux') return `the native addon is for Linux, not ${process.platform}`;
  if (!['g++', 'clang++'].some(runs)) return 'no C++ compiler (g++ or clang++) found';
  if (!runs('cmake')) return 'no cmake found';
  if (!['ninja', 'make'].some(runs)) return 'no make or ninja found';
  return undefined;
}

function compile() {
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const args = ['compile', '--directory', join(root, 'native'), '--out', build, '--log-level', 'warn'];
  const { status } = spawnSync(process.execPath, [cmakeJs, ...args], { cwd: root, stdio: 'inherit' });
  return status === 0;
}

/** Renamed into place: a running process keeps the file that it has mapped. */
function install() {
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  const target = join(folder, 'mpi4ts.node');
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(build, 'Release', 'mpi4ts.node'), `${target}.new`);
  renameSync(`${target}.new`, target);
}

const why = obstacle();
if (why !== undefined) {
  console.log(`mpi4ts: ${why}; going on in pure TypeScript`);
} else if (compile()) {
  install();
} else {
  console.error('mpi4ts: building the native addon failed');
  process.exitCode = 1;
}
