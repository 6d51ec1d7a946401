/** What a work's time says: microseconds a message, bytes or messages a second. */
import { type Sample, WINDOW, type Work } from './contract.js';

/** A figure that is derived from samples of a work. */
export interface Metric {
  /** As the table heads it. */
  readonly label: string;
  readonly unit: 'us' | 'MB/s' | 'Mmsg/s';
  readonly better: 'lower' | 'higher';
  /** The figure of one sample; MB are 10^6 bytes. */
  of(sample: Sample, ranks: number): number;
}

function time(label: string, messages: (ranks: number) => number): Metric {
  const of = ({ iterations, seconds }: Sample, ranks: number) =>
    (seconds * 1e6) / (iterations * messages(ranks));
  return { label, unit: 'us', better: 'lower', of };
}

function bandwidth(label: string, messages: number): Metric {
  const of = ({ size, iterations, seconds }: Sample) => (size * messages * iterations) / seconds / 1e6;
  return { label, unit: 'MB/s', better: 'higher', of };
}

const call = time('Latency', () => 1);

/** The metric of each work. */
export const metrics: Readonly<Record<Work, Metric>> = {
  latency: time('Latency', () => 2),
  bandwidth: bandwidth('Bandwidth', WINDOW),
  bibw: bandwidth('Bi-bandwidth', 2 * WINDOW),
  'message-rate': {
    label: 'Messages',
    unit: 'Mmsg/s',
    better: 'higher',
    of: ({ iterations, seconds }) => (WINDOW * iterations) / seconds / 1e6,
  },
  'multi-latency': time('Latency', () => 2),
  ring: time('Latency', (ranks) => ranks),
  barrier: call,
  bcast: call,
  reduce: call,
  allreduce: call,
  'reduce-scatter': call,
  scan: call,
  gather: call,
  scatter: call,
  allgather: call,
  alltoall: call,
  'object-bcast': call,
  'object-allreduce': call,
};
