/** Collectives between two groups, as `coll/index.ts` has those of one. */
export * from './all.js';
export * from './groups.js';
export * from './objects.js';
export * from './reductions.js';
export * from './rooted.js';
