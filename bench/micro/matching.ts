/** Matching: the one that fits behind others that do not. */
import { Envelope, MatchQueue } from '../../src/engine/matching.js';
import { RecvOp } from '../../src/engine/ops.js';
import type { Operation } from './operation.js';

const SOURCE = 1;

function receive(tag: number): RecvOp {
  const op = new RecvOp();
  op.source = SOURCE;
  op.tag = tag;
  return op;
}

function message(tag: number): Envelope {
  const envelope = new Envelope();
  envelope.source = SOURCE;
  envelope.tag = tag;
  return envelope;
}

/** A message meets the last of `depth` posted receives, which is then posted again. Result: its tag. */
function posted(depth: number): Operation {
  const queue = new MatchQueue(0);
  for (let tag = 0; tag < depth; tag++) queue.post(receive(tag));
  return {
    name: `match: the last of ${depth} posted receives`,
    expected: depth - 1,
    run: () => {
      const op = queue.takePosted(SOURCE, depth - 1);
      if (op === null) return -1;
      queue.post(op);
      return op.tag;
    },
  };
}

/** A receive meets the last of `depth` unexpected messages, which then comes again. Result: its tag. */
function unexpected(depth: number): Operation {
  const queue = new MatchQueue(0);
  for (let tag = 0; tag < depth; tag++) queue.addUnexpected(message(tag));
  const stands = () => true;
  return {
    name: `match: the last of ${depth} unexpected messages`,
    expected: depth - 1,
    run: () => {
      const envelope = queue.findUnexpected(SOURCE, depth - 1, stands);
      if (envelope === null) return -1;
      queue.removeUnexpected(envelope);
      queue.addUnexpected(envelope);
      return envelope.tag;
    },
  };
}

export function matchOperations(depths: readonly number[]): Operation[] {
  return [...depths.map(posted), ...depths.map(unexpected)];
}
