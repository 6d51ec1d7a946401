import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/collectives.js');
testRanks(import.meta.url, './jobs/reductions.js');
testRanks(import.meta.url, './jobs/overlapping.js');
