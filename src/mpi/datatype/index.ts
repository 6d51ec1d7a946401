/** Datatypes: the class, the predefined ones, and what an array holds. */
export * from './constants.js';
export type { Contents, Decoded, Envelope } from './contents.js';
export { DATATYPE_NULL, Datatype } from './datatype.js';
export { type ArrayKind, type ElementKind, isRaw, kindOf } from './kinds.js';
export * from './predefined.js';
