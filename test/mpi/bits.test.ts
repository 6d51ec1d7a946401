import { majors } from '../support/nodes.js';
import { testRanks } from '../support/ranks.js';

// Short messages travel as doubles: each V8 must leave their bits alone.
for (const major of majors) testRanks(import.meta.url, './jobs/bits.js', { ranks: [2], major });
