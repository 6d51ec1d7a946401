/** Which `mpi4ts` a program gets: one that its own directory leads to, or the launcher's. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NAME = 'mpi4ts';

interface Manifest {
  readonly name?: string;
  readonly version: string;
  readonly bin?: Record<string, string>;
  readonly exports: Record<string, { readonly default: string } | string>;
}

/** A copy of this package: its directory and its package.json. */
export interface PackageCopy {
  readonly root: string;
  readonly manifest: Manifest;
}

function readManifest(directory: string): Manifest | undefined {
  const path = join(directory, 'package.json');
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch {
    return undefined; // not ours to complain about
  }
}

function copyAt(directory: string): PackageCopy | undefined {
  const manifest = readManifest(directory);
  return manifest?.name === NAME ? { root: realpathSync(directory), manifest } : undefined;
}

/** The copy that Node finds for a module in this directory, or undefined. */
export function packageFor(directory: string): PackageCopy | undefined {
  for (let dir = directory; ; dir = dirname(dir)) {
    // Inside the package itself, Node resolves its name by its own exports.
    const found = copyAt(join(dir, 'node_modules', NAME)) ?? copyAt(dir);
    if (found !== undefined || dir === dirname(dir)) return found;
  }
}

/** This package. */
export function ownPackage(): PackageCopy {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    const found = copyAt(dir);
    if (found !== undefined) return found;
  }
}

/** URLs of this package's exports by the specifiers that a program writes. */
export function ownExports(): Record<string, string> {
  const { root, manifest } = ownPackage();
  const urls: Record<string, string> = {};
  for (const [path, target] of Object.entries(manifest.exports)) {
    const file = typeof target === 'string' ? target : target.default;
    urls[NAME + path.slice(1)] = pathToFileURL(join(root, file)).href;
  }
  return urls;
}
