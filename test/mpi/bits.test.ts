import { kinds, ws, wsProcesses } from '../support/kinds.js';
import { majors } from '../support/nodes.js';
import { testRanks } from '../support/ranks.js';

// Short messages travel as doubles: each V8 must leave their bits alone. WebSockets come after, and do not know of it.
const bearers = kinds.filter((kind) => kind !== ws && kind !== wsProcesses);
for (const major of majors) {
  testRanks(import.meta.url, './jobs/bits.js', { ranks: [2], kinds: bearers, major });
}
