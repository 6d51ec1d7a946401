/** A piece of a user's buffer. */
import type { View } from '../../transport/ring/aliases.js';

export interface Part {
  readonly view: View;
  readonly offset: number;
  readonly length: number;
}
