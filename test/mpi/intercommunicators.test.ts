import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/intercommunicators.js', { ranks: [2, 3, 4, 5, 8] });
