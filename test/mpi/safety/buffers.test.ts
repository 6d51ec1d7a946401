import { testRanks } from '../../support/ranks.js';

testRanks(import.meta.url, './jobs/buffers.js', { ranks: [2, 4] });
