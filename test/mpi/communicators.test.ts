import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/communicators.js', { ranks: [1, 2, 3, 4, 5, 8] });
