/** What goes wrong with a message under way, in words. */
import { ERR_BUFFER, ERR_OTHER, ERR_TRUNCATE, Exception } from '../base/errors.js';
import type { RecvOp, SendOp } from './ops.js';

export function unreadable(op: SendOp, when: string): Exception {
  return new Exception(ERR_BUFFER, `${op.where}: the buffer was detached or shrunk ${when}`);
}

export function truncated(op: RecvOp): Exception {
  const from = op.scope === null ? op.fromWorld : op.scope.fromWorld(op.fromWorld);
  return new Exception(
    ERR_TRUNCATE,
    `${op.where}: a message of ${op.bytes} bytes from rank ${from} with tag ${op.fromTag} does not fit the ` +
      `receive buffer of ${op.capacity} bytes`,
  );
}

export function noMemory(op: RecvOp, error: unknown): Exception {
  return new Exception(
    ERR_OTHER,
    `${op.where}: a message of ${op.bytes} bytes could not be received: ${(error as Error).message}`,
  );
}

export function detached(op: RecvOp): Exception {
  return new Exception(
    ERR_BUFFER,
    `${op.where}: the receive buffer was detached or shrunk while it was in use`,
  );
}
