import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/intercollectives.js', { ranks: [2, 3, 4, 5, 8] });
testRanks(import.meta.url, './jobs/intercollectives-all.js', { ranks: [2, 3, 4, 5, 8] });
testRanks(import.meta.url, './jobs/intercollectives-random.js', { ranks: [2, 3, 5, 8] });
