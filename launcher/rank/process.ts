/** The first module of a rank that is a process. */
import { joinHome, ORDERS_FD } from '../../src/bootstrap/processes.js';
import { loadNative } from '../../src/native.js';
import { betweenProcesses } from '../output/words.js';
import { writeLocked } from '../output/write.js';
import { type ProcessOrders, readFrame, reportError, tell } from './channel.js';
import { runRank } from './run.js';

/** An exception that nobody catches ends the process, as Node.js does it; the launcher tells of it, not each rank. */
function reportUncaught(): void {
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') > 0) return;
    if (process.hasUncaughtExceptionCaptureCallback()) return;
    tell(ORDERS_FD, { error: reportError(error) });
    process.exit(1);
  });
}

const { native } = loadNative();
if (native === null) throw new Error('the addon is not there');
const { orders, household, parent } = readFrame(ORDERS_FD) as ProcessOrders;
const { memory, output, sharing, event } = joinHome(native, orders.rank, household, parent);
reportUncaught();
const share = betweenProcesses(native, output);
await runRank(orders, {
  segment: memory,
  sharing,
  event,
  output: share,
  put: (fd, bytes) => writeLocked(share, orders.rank + 1, fd, bytes),
  tell: (message) => tell(ORDERS_FD, { message }),
});
