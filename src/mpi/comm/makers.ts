/** Classes of communicators that are made by classes which they extend or import: their own modules enter them here. */
import type { Identity } from './base.js';
import type { Intercomm } from './intercomm.js';

interface Makers {
  intercomm(identity: Identity): Intercomm;
}

export const makers = {} as Makers;
