import { ownPackage } from '../program/package.js';

/** The version of this package. */
export function version(): string {
  return ownPackage().manifest.version;
}
