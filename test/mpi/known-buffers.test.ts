import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/known-buffers.js');
