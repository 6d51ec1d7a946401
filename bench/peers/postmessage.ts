/** Two threads and a MessageChannel. */
import { Inbox } from './inbox.js';
import { runPair } from './pair.js';

await runPair(import.meta.url, async (_rank, port) => {
  const inbox = new Inbox<Uint8Array>();
  port.on('message', (bytes: Uint8Array) => inbox.push(bytes));
  return {
    send: (bytes) => port.postMessage(bytes),
    receive: () => inbox.next(),
    close: () => port.close(),
  };
});
