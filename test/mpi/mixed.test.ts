import { threads } from '../support/kinds.js';
import { testRanks, testSeed } from '../support/ranks.js';

const themes = ['ordering', 'modes', 'timeouts', 'sendrecv', 'known-buffers'];
process.env.MPI4TS_TEST_THEME = themes[testSeed % themes.length];

testRanks(import.meta.url, './jobs/mixed.js', { ranks: [2, 3], kinds: [threads] });
