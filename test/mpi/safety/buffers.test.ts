import { majors } from '../../support/nodes.js';
import { testRanks } from '../../support/ranks.js';

for (const major of majors) testRanks(import.meta.url, './jobs/buffers.js', { ranks: [2, 4], major });
