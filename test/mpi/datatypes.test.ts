import { testRanks } from '../support/ranks.js';

testRanks(import.meta.url, './jobs/datatypes.js');
testRanks(import.meta.url, './jobs/datatype-errors.js');
