import { majors } from '../../support/nodes.js';
import { sample, testRanks } from '../../support/ranks.js';

for (const major of sample(majors, 2, 'safety')) {
  testRanks(import.meta.url, './jobs/buffers.js', { ranks: [2, 4], major });
}
