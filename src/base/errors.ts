/**
 * Error classes and the one exception type (MPI-4.1 §9.4). The numbers up to ERR_LASTCODE are local to this
 * implementation, as the standard allows; they are Open MPI's where it has the class.
 */
import { addedClassOf, addedString } from './added-errors.js';

/** Error classes (MPI-4.1 §9.4). `errorString` tells what each means. */
export const SUCCESS = 0;
export const ERR_BUFFER = 1;
export const ERR_COUNT = 2;
export const ERR_TYPE = 3;
export const ERR_TAG = 4;
export const ERR_COMM = 5;
export const ERR_RANK = 6;
export const ERR_REQUEST = 7;
export const ERR_ROOT = 8;
export const ERR_GROUP = 9;
export const ERR_OP = 10;
export const ERR_TOPOLOGY = 11;
export const ERR_DIMS = 12;
export const ERR_ARG = 13;
export const ERR_UNKNOWN = 14;
export const ERR_TRUNCATE = 15;
export const ERR_OTHER = 16;
export const ERR_INTERN = 17;
export const ERR_IN_STATUS = 18;
export const ERR_PENDING = 19;
export const ERR_ACCESS = 20;
export const ERR_AMODE = 21;
export const ERR_ASSERT = 22;
export const ERR_BAD_FILE = 23;
export const ERR_BASE = 24;
export const ERR_CONVERSION = 25;
export const ERR_DISP = 26;
export const ERR_DUP_DATAREP = 27;
export const ERR_FILE_EXISTS = 28;
export const ERR_FILE_IN_USE = 29;
export const ERR_FILE = 30;
export const ERR_INFO_KEY = 31;
export const ERR_INFO_NOKEY = 32;
export const ERR_INFO_VALUE = 33;
export const ERR_INFO = 34;
export const ERR_IO = 35;
export const ERR_KEYVAL = 36;
export const ERR_LOCKTYPE = 37;
export const ERR_NAME = 38;
export const ERR_NO_MEM = 39;
export const ERR_NOT_SAME = 40;
export const ERR_NO_SPACE = 41;
export const ERR_NO_SUCH_FILE = 42;
export const ERR_PORT = 43;
export const ERR_QUOTA = 44;
export const ERR_READ_ONLY = 45;
export const ERR_RMA_CONFLICT = 46;
export const ERR_RMA_SYNC = 47;
export const ERR_SERVICE = 48;
export const ERR_SIZE = 49;
export const ERR_SPAWN = 50;
export const ERR_UNSUPPORTED_DATAREP = 51;
export const ERR_UNSUPPORTED_OPERATION = 52;
export const ERR_WIN = 53;
export const ERR_RMA_RANGE = 68;
export const ERR_RMA_ATTACH = 69;
export const ERR_RMA_FLAVOR = 70;
export const ERR_RMA_SHARED = 71;
export const ERR_PROC_ABORTED = 74;
/** A peer that the operation needs has ended (the class of the fault-tolerance chapter of MPI-5). */
export const ERR_PROC_FAILED = 75;
/** Extension: the `timeout` of a blocking call expired. */
export const ERR_TIMEOUT = 76;
export const ERR_SESSION = 78;
export const ERR_VALUE_TOO_LARGE = 79;
export const ERR_ERRHANDLER = 80;
/** The last predefined class; the user's own (`Add_error_class`) come after it. */
export const ERR_LASTCODE = 99;

const NAMES: Readonly<Record<number, readonly [string, string]>> = {
  [SUCCESS]: ['MPI_SUCCESS', 'no error'],
  [ERR_BUFFER]: ['MPI_ERR_BUFFER', 'invalid buffer'],
  [ERR_COUNT]: ['MPI_ERR_COUNT', 'invalid count'],
  [ERR_TYPE]: ['MPI_ERR_TYPE', 'invalid datatype'],
  [ERR_TAG]: ['MPI_ERR_TAG', 'invalid tag'],
  [ERR_COMM]: ['MPI_ERR_COMM', 'invalid communicator'],
  [ERR_RANK]: ['MPI_ERR_RANK', 'invalid rank'],
  [ERR_REQUEST]: ['MPI_ERR_REQUEST', 'invalid request'],
  [ERR_ROOT]: ['MPI_ERR_ROOT', 'invalid root'],
  [ERR_GROUP]: ['MPI_ERR_GROUP', 'invalid group'],
  [ERR_OP]: ['MPI_ERR_OP', 'invalid operation'],
  [ERR_TOPOLOGY]: ['MPI_ERR_TOPOLOGY', 'invalid topology'],
  [ERR_DIMS]: ['MPI_ERR_DIMS', 'invalid dimensions'],
  [ERR_ARG]: ['MPI_ERR_ARG', 'invalid argument'],
  [ERR_UNKNOWN]: ['MPI_ERR_UNKNOWN', 'unknown error'],
  [ERR_TRUNCATE]: ['MPI_ERR_TRUNCATE', 'message truncated on receive'],
  [ERR_OTHER]: ['MPI_ERR_OTHER', 'other error'],
  [ERR_INTERN]: ['MPI_ERR_INTERN', 'internal error'],
  [ERR_IN_STATUS]: ['MPI_ERR_IN_STATUS', 'the error code is in the status'],
  [ERR_PENDING]: ['MPI_ERR_PENDING', 'the request is still pending'],
  [ERR_ACCESS]: ['MPI_ERR_ACCESS', 'permission denied'],
  [ERR_AMODE]: ['MPI_ERR_AMODE', 'invalid access mode'],
  [ERR_ASSERT]: ['MPI_ERR_ASSERT', 'invalid assertion'],
  [ERR_BAD_FILE]: ['MPI_ERR_BAD_FILE', 'invalid file name'],
  [ERR_BASE]: ['MPI_ERR_BASE', 'invalid base address'],
  [ERR_CONVERSION]: ['MPI_ERR_CONVERSION', 'conversion of data failed'],
  [ERR_DISP]: ['MPI_ERR_DISP', 'invalid displacement'],
  [ERR_DUP_DATAREP]: ['MPI_ERR_DUP_DATAREP', 'the data representation is already defined'],
  [ERR_FILE_EXISTS]: ['MPI_ERR_FILE_EXISTS', 'the file exists'],
  [ERR_FILE_IN_USE]: ['MPI_ERR_FILE_IN_USE', 'the file is in use'],
  [ERR_FILE]: ['MPI_ERR_FILE', 'invalid file'],
  [ERR_INFO_KEY]: ['MPI_ERR_INFO_KEY', 'invalid key of an info object'],
  [ERR_INFO_NOKEY]: ['MPI_ERR_INFO_NOKEY', 'no such key in the info object'],
  [ERR_INFO_VALUE]: ['MPI_ERR_INFO_VALUE', 'invalid value of an info object'],
  [ERR_INFO]: ['MPI_ERR_INFO', 'invalid info object'],
  [ERR_IO]: ['MPI_ERR_IO', 'input or output failed'],
  [ERR_KEYVAL]: ['MPI_ERR_KEYVAL', 'invalid attribute key'],
  [ERR_LOCKTYPE]: ['MPI_ERR_LOCKTYPE', 'invalid lock type'],
  [ERR_NAME]: ['MPI_ERR_NAME', 'name not published'],
  [ERR_NO_MEM]: ['MPI_ERR_NO_MEM', 'out of memory'],
  [ERR_NOT_SAME]: ['MPI_ERR_NOT_SAME', 'a collective argument differs between ranks'],
  [ERR_NO_SPACE]: ['MPI_ERR_NO_SPACE', 'out of space'],
  [ERR_NO_SUCH_FILE]: ['MPI_ERR_NO_SUCH_FILE', 'no such file'],
  [ERR_PORT]: ['MPI_ERR_PORT', 'invalid port name'],
  [ERR_QUOTA]: ['MPI_ERR_QUOTA', 'quota exceeded'],
  [ERR_READ_ONLY]: ['MPI_ERR_READ_ONLY', 'read-only file or file system'],
  [ERR_RMA_CONFLICT]: ['MPI_ERR_RMA_CONFLICT', 'conflicting accesses to a window'],
  [ERR_RMA_SYNC]: ['MPI_ERR_RMA_SYNC', 'wrong synchronization of a window'],
  [ERR_SERVICE]: ['MPI_ERR_SERVICE', 'invalid service name'],
  [ERR_SIZE]: ['MPI_ERR_SIZE', 'invalid size'],
  [ERR_SPAWN]: ['MPI_ERR_SPAWN', 'ranks could not be started'],
  [ERR_UNSUPPORTED_DATAREP]: ['MPI_ERR_UNSUPPORTED_DATAREP', 'unsupported data representation'],
  [ERR_UNSUPPORTED_OPERATION]: ['MPI_ERR_UNSUPPORTED_OPERATION', 'unsupported operation'],
  [ERR_WIN]: ['MPI_ERR_WIN', 'invalid window'],
  [ERR_RMA_RANGE]: ['MPI_ERR_RMA_RANGE', 'memory outside of the window'],
  [ERR_RMA_ATTACH]: ['MPI_ERR_RMA_ATTACH', 'memory cannot be attached to the window'],
  [ERR_RMA_FLAVOR]: ['MPI_ERR_RMA_FLAVOR', 'the window is of another kind'],
  [ERR_RMA_SHARED]: ['MPI_ERR_RMA_SHARED', 'memory cannot be shared'],
  [ERR_PROC_ABORTED]: ['MPI_ERR_PROC_ABORTED', 'the job was aborted'],
  [ERR_PROC_FAILED]: ['MPI_ERR_PROC_FAILED', 'a needed rank has ended'],
  [ERR_TIMEOUT]: ['MPI_ERR_TIMEOUT', 'the timeout expired'],
  [ERR_SESSION]: ['MPI_ERR_SESSION', 'invalid session'],
  [ERR_VALUE_TOO_LARGE]: ['MPI_ERR_VALUE_TOO_LARGE', 'the value does not fit'],
  [ERR_ERRHANDLER]: ['MPI_ERR_ERRHANDLER', 'invalid error handler'],
};

/** Whether the class is one of the standard's, or of this implementation. */
export function isPredefined(code: number): boolean {
  return NAMES[code] !== undefined;
}

/** The text of an error class or code, e.g. `MPI_ERR_TAG: invalid tag`. */
export function errorString(code: number): string {
  const entry = NAMES[code];
  if (entry !== undefined) return `${entry[0]}: ${entry[1]}`;
  return addedString(code) ?? `unknown error code ${code}`;
}

/** How a message of this class or code begins. */
function heading(code: number): string {
  if (NAMES[code] !== undefined) return NAMES[code][0];
  const added = addedString(code);
  return added === undefined ? NAMES[ERR_UNKNOWN][0] : added || `error ${code}`;
}

/**
 * Every error that MPI reports. The message names the call, the rank, the communicator and the offending value.
 * MPI-4.1 §9.4 (error codes and classes); a code is its class, but for those of `Add_error_code`.
 */
export class Exception extends Error {
  override name = 'MPI.Exception';
  readonly #code: number;

  constructor(errorCode: number, detail = '') {
    super(detail === '' ? errorString(errorCode) || heading(errorCode) : `${heading(errorCode)}: ${detail}`);
    this.#code = errorCode;
  }

  /** The error class, one of `MPI.ERR_*` or of `MPI.Add_error_class`. */
  Get_error_class(): number {
    return addedClassOf(this.#code) ?? this.#code;
  }

  /** The error code: the class, unless it is one of `MPI.Add_error_code`. */
  Get_error_code(): number {
    return this.#code;
  }

  /** The message, starting with the name of the class. */
  Get_error_string(): string {
    return this.message;
  }

  /** The same three as properties, under mpi4py's names. */
  get error_class(): number {
    return this.Get_error_class();
  }
  get error_code(): number {
    return this.#code;
  }
  get error_string(): string {
    return this.message;
  }
}

/** Shows an offending value in a message: short, quoted where it is text, never throwing. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value !== 'object' || value === null) return String(value);
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  const length = (value as { length?: unknown; byteLength?: unknown }).length;
  const label = typeof name === 'string' && name !== '' ? name : 'object';
  return typeof length === 'number' ? `${label}(${length})` : label;
}
