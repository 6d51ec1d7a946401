/** Operations that their calls are done with, for the next calls: a message then allocates none. */
import { spareOpsMax } from '../base/limits.js';
import { RecvOp, SendOp } from '../engine/ops.js';
import { giveScratch } from './gaps.js';

const sends: SendOp[] = [];
const recvs: RecvOp[] = [];

export function takeSend(): SendOp {
  return sends.pop() ?? new SendOp();
}

export function giveSend(op: SendOp): void {
  giveScratch(op);
  op.forget();
  if (sends.length < spareOpsMax) sends.push(op);
}

export function takeRecv(): RecvOp {
  return recvs.pop() ?? new RecvOp();
}

export function giveRecv(op: RecvOp): void {
  giveScratch(op);
  op.forget();
  op.allocate = false;
  op.onLanded = null;
  if (recvs.length < spareOpsMax) recvs.push(op);
}
