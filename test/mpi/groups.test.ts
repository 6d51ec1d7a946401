import { threads } from '../support/kinds.js';
import { testRanks } from '../support/ranks.js';

// Groups send nothing: what is between the ranks does not matter.
testRanks(import.meta.url, './jobs/groups.js', { ranks: [1, 2, 5, 8], kinds: [threads], sampled: 2 });
