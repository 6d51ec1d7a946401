/**
 * Error classes and the one exception type (MPI-4.1 §9.4). The numbers up to ERR_LASTCODE are local to this
 * implementation, as the standard allows.
 */

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
export const ERR_ARG = 13;
export const ERR_UNKNOWN = 14;
export const ERR_TRUNCATE = 15;
export const ERR_OTHER = 16;
export const ERR_INTERN = 17;
export const ERR_IN_STATUS = 18;
export const ERR_PENDING = 19;
export const ERR_PROC_ABORTED = 74;
/** A peer that the operation needs has ended (the class of the fault-tolerance chapter of MPI-5). */
export const ERR_PROC_FAILED = 75;
/** Extension: the `timeout` of a blocking call expired. */
export const ERR_TIMEOUT = 76;
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
  [ERR_ARG]: ['MPI_ERR_ARG', 'invalid argument'],
  [ERR_UNKNOWN]: ['MPI_ERR_UNKNOWN', 'unknown error'],
  [ERR_TRUNCATE]: ['MPI_ERR_TRUNCATE', 'message truncated on receive'],
  [ERR_OTHER]: ['MPI_ERR_OTHER', 'other error'],
  [ERR_INTERN]: ['MPI_ERR_INTERN', 'internal error'],
  [ERR_IN_STATUS]: ['MPI_ERR_IN_STATUS', 'the error code is in the status'],
  [ERR_PENDING]: ['MPI_ERR_PENDING', 'the request is still pending'],
  [ERR_PROC_ABORTED]: ['MPI_ERR_PROC_ABORTED', 'the job was aborted'],
  [ERR_PROC_FAILED]: ['MPI_ERR_PROC_FAILED', 'a needed rank has ended'],
  [ERR_TIMEOUT]: ['MPI_ERR_TIMEOUT', 'the timeout expired'],
};

/** The text of an error class, e.g. `MPI_ERR_TAG: invalid tag`. */
export function errorString(code: number): string {
  const entry = NAMES[code];
  return entry === undefined ? `unknown error code ${code}` : `${entry[0]}: ${entry[1]}`;
}

/**
 * Every error that MPI reports. The message names the call, the rank, the communicator and the offending value.
 * MPI-4.1 §9.4 (error codes and classes); here a code is its class.
 */
export class Exception extends Error {
  override name = 'MPI.Exception';
  readonly #code: number;

  constructor(errorClass: number, detail = '') {
    const entry = NAMES[errorClass] ?? NAMES[ERR_UNKNOWN];
    super(detail === '' ? errorString(errorClass) : `${entry[0]}: ${detail}`);
    this.#code = errorClass;
  }

  /** The error class, one of `MPI.ERR_*`. */
  Get_error_class(): number {
    return this.#code;
  }

  /** The error code; codes and classes coincide here. */
  Get_error_code(): number {
    return this.#code;
  }

  /** The message, starting with the name of the class. */
  Get_error_string(): string {
    return this.message;
  }

  /** The same three as properties, under mpi4py's names. */
  get error_class(): number {
    return this.#code;
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
