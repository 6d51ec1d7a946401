import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/neighbours.js', { ranks: [1, 2, 3, 4, 6, 8] });
