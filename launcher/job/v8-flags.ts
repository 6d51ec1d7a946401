/** Two faults of Node 20's V8 that ranks would meet, and the flags that keep them away. */
import { setFlagsFromString } from 'node:v8';

/**
 * A thread whose event loop is empty waits there for V8's background tasks. One of them, a compilation, may have
 * asked that very thread for a garbage collection, and neither goes on (nodejs/node#54918). Beside three busy loops
 * 9 of 60 two-rank jobs ended so, and none on Node 22, 24 and 26. Compiling in the foreground leaves no such task;
 * with as many ranks as cores the examples take 0.95 to 1.15 times as long, and messages are as fast.
 */
const IN_FOREGROUND = '--no-concurrent-recompilation';

/**
 * Optimised code that has seen arrays over resizable memory may read the old length of an array whose memory was
 * transferred: a detached send buffer would pass for a whole one. This leaves such reads to the unoptimised path.
 */
const TRUE_LENGTHS = '--no-turbo-rab-gsab';

/** What the process of a rank is started with. */
export function rankFlags(): readonly string[] {
  return Number.parseInt(process.versions.node, 10) >= 22 ? [] : [IN_FOREGROUND, TRUE_LENGTHS];
}

/** For threads that start from now on. */
export function setRankFlags(): void {
  for (const flag of rankFlags()) setFlagsFromString(flag);
}
