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
export type { ObjectOp } from './combine.js';
export type { TypedVectorSpec } from './comm/collectives/typed-blocks.js';
export { COMM_SELF, COMM_WORLD, Comm } from './comm/comm.js';
export * from './constants.js';
export * from './datatype/constants.js';
export type { Contents, Decoded, Envelope } from './datatype/contents.js';
export { DATATYPE_NULL, Datatype } from './datatype/datatype.js';
export {
  AINT,
  BOOL,
  BYTE,
  C_BOOL,
  C_COMPLEX,
  C_DOUBLE_COMPLEX,
  C_FLOAT_COMPLEX,
  CHAR,
  COMPLEX,
  COUNT,
  DOUBLE,
  DOUBLE_COMPLEX,
  DOUBLE_INT,
  FLOAT,
  FLOAT_INT,
  INT,
  INT_INT,
  INT8_T,
  INT16_T,
  INT32_T,
  INT64_T,
  LONG,
  LONG_INT,
  LONG_LONG,
  LONG_LONG_INT,
  OFFSET,
  PACKED,
  SHORT,
  SHORT_INT,
  SIGNED_CHAR,
  SIGNED_INT,
  SIGNED_LONG,
  SIGNED_LONG_LONG,
  SIGNED_SHORT,
  SINT8_T,
  SINT16_T,
  SINT32_T,
  SINT64_T,
  TWOINT,
  UINT8_T,
  UINT16_T,
  UINT32_T,
  UINT64_T,
  UNSIGNED,
  UNSIGNED_CHAR,
  UNSIGNED_INT,
  UNSIGNED_LONG,
  UNSIGNED_LONG_LONG,
  UNSIGNED_SHORT,
  WCHAR,
} from './datatype/predefined.js';
export * from './environment.js';
export { MESSAGE_NO_PROC, Message } from './message.js';
export * from './op.js';
export { Prequest } from './prequest.js';
export { Request } from './request.js';
export { Status } from './status.js';
export type { VectorSpec } from './vector-buffer.js';

import { Request } from './request.js';

/** The request of no operation: complete, with an empty status (MPI-4.1 §3.7.3). */
export const REQUEST_NULL: Request = new Request();
