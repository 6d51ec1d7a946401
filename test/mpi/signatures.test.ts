/** The signature check, and the collectives under it: `mpirun --check`. */
import { type Kind, plain, processes, tcp, threads } from '../support/kinds.js';
import { testRanks } from '../support/ranks.js';

const checking = [threads, plain, processes, tcp].map(
  (kind): Kind => ({ ...kind, name: `${kind.name}, --check`, args: [...kind.args, '--check'] }),
);

for (const job of ['signatures', 'signatures-inter', 'signatures-neighbours', 'signatures-making'])
  testRanks(import.meta.url, `./jobs/${job}.js`, { kinds: checking, ranks: [2, 3, 4, 5] });

// Correct programs pass.
const jobs = [
  'collectives',
  'reductions',
  'overlapping',
  'objects',
  'intercollectives',
  'intercollectives-all',
  'intercollectives-random',
  'intercommunicators',
  'neighbours',
  'topologies',
  'communicators',
  'comm-attributes',
];
for (const job of jobs)
  testRanks(import.meta.url, `./jobs/${job}.js`, { kinds: checking.slice(0, 1), ranks: [1, 2, 3, 4, 5] });
