/** What the launcher knows of the terminal on behalf of its ranks. */
import { fstatSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { WORD_COLUMNS, WORD_ROWS } from '../output/words.js';

const require = createRequire(import.meta.url);

function isTerminal(fd: number): boolean {
  try {
    // Most jobs write to pipes and files: `node:tty`, which brings in the network, is not loaded for those.
    if (!fstatSync(fd).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return (require('node:tty') as typeof import('node:tty')).isatty(fd);
}

/** Which of file descriptors 0, 1 and 2 are terminals. */
export function findTerminals(): [boolean, boolean, boolean] {
  return [isTerminal(0), isTerminal(1), isTerminal(2)];
}

/** Measures the terminal by a handle of its own: the launcher must leave its standard output alone. */
function measure(words: Int32Array): void {
  const { WriteStream } = require('node:tty') as typeof import('node:tty');
  try {
    const stream = new WriteStream(openSync('/dev/tty', 'r+'));
    Atomics.store(words, WORD_COLUMNS, stream.columns ?? 0);
    Atomics.store(words, WORD_ROWS, stream.rows ?? 0);
    stream.destroy();
  } catch {
    // No controlling terminal: its size stays unknown.
  }
}

/** Keeps the size of the terminal in the shared words until the returned function is called. */
export function watchTerminal(words: Int32Array): () => void {
  const onResize = () => measure(words);
  measure(words);
  process.on('SIGWINCH', onResize);
  return () => process.off('SIGWINCH', onResize);
}
