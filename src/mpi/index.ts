/** The public interface: `import { MPI } from 'mpi4ts'`. */
export {
  ERR_ARG,
  ERR_BUFFER,
  ERR_COMM,
  ERR_COUNT,
  ERR_GROUP,
  ERR_IN_STATUS,
  ERR_INTERN,
  ERR_LASTCODE,
  ERR_OP,
  ERR_OTHER,
  ERR_PENDING,
  ERR_PROC_ABORTED,
  ERR_PROC_FAILED,
  ERR_RANK,
  ERR_REQUEST,
  ERR_ROOT,
  ERR_TAG,
  ERR_TIMEOUT,
  ERR_TRUNCATE,
  ERR_TYPE,
  ERR_UNKNOWN,
  Exception,
  SUCCESS,
} from '../base/errors.js';
export type { CallOptions } from './arguments.js';
export type { BufferLike, BufferSpec, TypedArray } from './buffer.js';
export { Comm, type Hints } from './comm/comm.js';
export { Intercomm } from './comm/intercomm.js';
export { COMM_NULL, COMM_SELF, COMM_WORLD, Intracomm } from './comm/intracomm.js';
export * from './constants.js';
export {
  BYTE,
  C_BOOL,
  CHAR,
  DATATYPE_NULL,
  Datatype,
  DOUBLE,
  FLOAT,
  INT,
  INT8_T,
  INT16_T,
  INT32_T,
  INT64_T,
  LONG,
  LONG_LONG,
  PACKED,
  SHORT,
  SIGNED_CHAR,
  UINT8_T,
  UINT16_T,
  UINT32_T,
  UINT64_T,
  UNSIGNED,
  UNSIGNED_CHAR,
  UNSIGNED_LONG,
  UNSIGNED_LONG_LONG,
  UNSIGNED_SHORT,
} from './datatype.js';
export * from './environment.js';
export { GROUP_EMPTY, GROUP_NULL, Group, type RankRange } from './group.js';
export { MESSAGE_NO_PROC, Message } from './message.js';
export * from './op.js';
export { Prequest } from './prequest.js';
export { Request } from './request.js';
export { Status } from './status.js';
export type { VectorSpec } from './vector-buffer.js';

import { Request } from './request.js';

/** The request of no operation: complete, with an empty status (MPI-4.1 §3.7.3). */
export const REQUEST_NULL: Request = new Request();
