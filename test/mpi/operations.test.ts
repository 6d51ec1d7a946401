import { plain, processes, threads } from '../support/kinds.js';
import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/operations.js', {
  ranks: [1, 2, 3, 5],
  kinds: [threads, plain, processes],
});
