/** The first module of a rank that is a process. */
import { inspect } from 'node:util';
import { joinHome, ORDERS_FD } from '../../src/bootstrap/processes.js';
import { loadNative } from '../../src/native.js';
import { betweenProcesses } from '../output/words.js';
import { type ErrorReport, type ProcessOrders, readFrame, tell } from './channel.js';
import { runRank } from './run.js';

function report(error: unknown): ErrorReport {
  if (error instanceof Error) {
    const { name, message, stack } = error;
    return { name, message, stack, text: inspect(error) };
  }
  return {
    name: '',
    message: '',
    stack: undefined,
    text: typeof error === 'string' ? error : inspect(error),
  };
}

/** An exception that nobody catches ends the process, as Node.js does it; the launcher tells of it, not each rank. */
function reportUncaught(): void {
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') > 0) return;
    if (process.hasUncaughtExceptionCaptureCallback()) return;
    tell(ORDERS_FD, { error: report(error) });
    process.exit(1);
  });
}

const { native } = loadNative();
if (native === null) throw new Error('the addon is not there');
const { orders, household, parent } = readFrame(ORDERS_FD) as ProcessOrders;
const { memory, output, sharing } = joinHome(native, orders.rank, household, parent);
reportUncaught();
await runRank(orders, {
  segment: memory,
  sharing,
  output: betweenProcesses(native, output),
  tell: (message) => tell(ORDERS_FD, { message }),
});
