/**
 * What a rank and its I/O worker share beside the pipes: letters about connections that begin, and words by which each
 * wakes the other.
 *
 *     +0    bell       rank: counted up, and notified, when the worker has something to do
 *     +128  news       worker: counted up when something has happened
 *     +256  parked     rank: see `Parked`
 */
import type { MessagePort } from 'node:worker_threads';

export const BELL = 0;
export const NEWS = 32;
export const PARKED = 64;
export const EXCHANGE_BYTES = 384;

/** How the worker wakes its rank: by a word that the rank sleeps on, or an event's file descriptor. */
export type Rouse =
  | { readonly memory: SharedArrayBuffer; readonly doorbell: number }
  | { readonly event: number };

/** What the worker is started with. */
export interface Start {
  readonly exchange: SharedArrayBuffer;
  readonly rouse: Rouse;
  readonly port: MessagePort;
}

/** The pipes of a connection; `out` is written by the rank. */
export interface Pipes {
  readonly out: SharedArrayBuffer;
  readonly in: SharedArrayBuffer;
}

/** From the rank. */
export type Order =
  | { readonly kind: 'listen'; readonly host: string; readonly port: number }
  | { readonly kind: 'connect'; readonly host: string; readonly port: number; readonly pipes: Pipes }
  /** No further connection is accepted or made. */
  | { readonly kind: 'close' };

/** To the rank. */
export type Answer =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'accepted'; readonly pipes: Pipes }
  | { readonly kind: 'failed'; readonly reason: string };
