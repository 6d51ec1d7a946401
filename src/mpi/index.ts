/** The public interface: `import { MPI } from 'mpi4ts'`. */
export {
  ERR_ACCESS,
  ERR_AMODE,
  ERR_ARG,
  ERR_ASSERT,
  ERR_BAD_FILE,
  ERR_BASE,
  ERR_BUFFER,
  ERR_COMM,
  ERR_CONVERSION,
  ERR_COUNT,
  ERR_DIMS,
  ERR_DISP,
  ERR_DUP_DATAREP,
  ERR_ERRHANDLER,
  ERR_FILE,
  ERR_FILE_EXISTS,
  ERR_FILE_IN_USE,
  ERR_GROUP,
  ERR_IN_STATUS,
  ERR_INFO,
  ERR_INFO_KEY,
  ERR_INFO_NOKEY,
  ERR_INFO_VALUE,
  ERR_INTERN,
  ERR_IO,
  ERR_KEYVAL,
  ERR_LASTCODE,
  ERR_LOCKTYPE,
  ERR_NAME,
  ERR_NO_MEM,
  ERR_NO_SPACE,
  ERR_NO_SUCH_FILE,
  ERR_NOT_SAME,
  ERR_OP,
  ERR_OTHER,
  ERR_PENDING,
  ERR_PORT,
  ERR_PROC_ABORTED,
  ERR_PROC_FAILED,
  ERR_QUOTA,
  ERR_RANK,
  ERR_READ_ONLY,
  ERR_REQUEST,
  ERR_RMA_ATTACH,
  ERR_RMA_CONFLICT,
  ERR_RMA_FLAVOR,
  ERR_RMA_RANGE,
  ERR_RMA_SHARED,
  ERR_RMA_SYNC,
  ERR_ROOT,
  ERR_SERVICE,
  ERR_SESSION,
  ERR_SIZE,
  ERR_SPAWN,
  ERR_TAG,
  ERR_TIMEOUT,
  ERR_TOPOLOGY,
  ERR_TRUNCATE,
  ERR_TYPE,
  ERR_UNKNOWN,
  ERR_UNSUPPORTED_DATAREP,
  ERR_UNSUPPORTED_OPERATION,
  ERR_VALUE_TOO_LARGE,
  ERR_WIN,
  Exception,
  SUCCESS,
} from '../base/errors.js';
export type { CallOptions } from './arguments.js';
export type { AttributeCopy, AttributeDelete } from './attributes.js';
export type { BufferLike, BufferSpec, TypedArray } from './buffer.js';
export type { ObjectOp, ObjectOpOf } from './combine.js';
export type { TypedVectorSpec } from './comm/collectives/typed-blocks.js';
export { Comm, type Hints } from './comm/comm.js';
export { Intercomm } from './comm/intercomm.js';
export { COMM_NULL, COMM_SELF, COMM_WORLD, Intracomm } from './comm/intracomm.js';
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
export {
  ERRHANDLER_NULL,
  ERRORS_ABORT,
  ERRORS_ARE_FATAL,
  ERRORS_RETURN,
  Errhandler,
  type ErrhandlerFunction,
} from './errhandler.js';
export * from './error-codes.js';
export { GROUP_EMPTY, GROUP_NULL, Group, type RankRange } from './group.js';
export { INFO_ENV, INFO_NULL, Info, type InfoItems } from './info.js';
export { MESSAGE_NO_PROC, Message } from './message.js';
export * from './op.js';
export { Prequest } from './prequest.js';
export { Request } from './request.js';
export { Status } from './status.js';
export { Compute_dims } from './topology/dims.js';
export type { Weights } from './topology/dist-graph.js';
export { Cartcomm, Distgraphcomm, Graphcomm, Topocomm } from './topology/topocomm.js';
export type { VectorSpec } from './vector-buffer.js';

import { Request } from './request.js';

/** The request of no operation: complete, with an empty status (MPI-4.1 §3.7.3). */
export const REQUEST_NULL: Request = new Request();
