/** The addon, for what cannot be had without it. */
import { loadNative, type Native } from '../../src/native.js';
import { UsageError } from '../usage.js';

/** `what`: the option that needs it, where it is the user's. @throws UsageError */
export function needNative(what?: string): Native {
  const status = loadNative();
  if (status.native !== null) return status.native;
  const asked = what === undefined ? '' : `${what}: `;
  throw new UsageError(`${asked}the native addon is needed, and is absent (${status.reason})`);
}
