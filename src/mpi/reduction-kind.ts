/** What the predefined operations take. */
import type { ElementKind, OpName } from '../coll/index.js';
import { BYTE, C_BOOL, CHAR, type Datatype } from './datatype/index.js';

/** What each operation is defined for (MPI-4.1 §6.9.2 and §6.9.4), in words. */
export const operands: Readonly<Record<OpName, string>> = {
  MAX: 'integers and floating-point numbers',
  MIN: 'integers and floating-point numbers',
  SUM: 'integers, floating-point and complex numbers',
  PROD: 'integers, floating-point and complex numbers',
  LAND: 'integers and MPI_C_BOOL',
  LOR: 'integers and MPI_C_BOOL',
  LXOR: 'integers and MPI_C_BOOL',
  BAND: 'integers and MPI_BYTE',
  BOR: 'integers and MPI_BYTE',
  BXOR: 'integers and MPI_BYTE',
  MINLOC: 'pairs such as MPI_DOUBLE_INT',
  MAXLOC: 'pairs such as MPI_DOUBLE_INT',
};

/** What the elements of a datatype are to the predefined operations; null for those that none is defined for. */
export function reductionKind(datatype: Datatype): ElementKind | null {
  if (datatype === C_BOOL) return 'bool';
  if (datatype === BYTE) return 'byte';
  // Printable text, and derived datatypes: §6.9.2 leaves them out.
  return datatype === CHAR || !datatype.is_named ? null : datatype.kind;
}
