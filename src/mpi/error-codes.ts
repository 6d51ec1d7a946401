/** Error classes, codes and strings, predefined and the program's own (MPI-4.1 §9.4 and §9.5). */
import {
  addError,
  addedClassOf,
  addedString,
  codesOf,
  removeError,
  setAddedString,
} from '../base/added-errors.js';
import { ERR_ARG, ERR_LASTCODE, Exception, errorString, isPredefined, show } from '../base/errors.js';
import { MAX_ERROR_STRING } from './constants.js';

/** The class of an error code (MPI-4.1 §9.4). ERR_ARG for a number that is no code. */
export function Get_error_class(errorcode: number): number {
  checkKnown('Get_error_class', errorcode);
  return addedClassOf(errorcode) ?? errorcode;
}

/** The text of an error code or class (MPI-4.1 §9.4): empty for an added one without. ERR_ARG if it is none. */
export function Get_error_string(errorcode: number): string {
  checkKnown('Get_error_string', errorcode);
  return errorString(errorcode);
}

/** A new error class, above `MPI.ERR_LASTCODE`, known on this rank only (MPI-4.1 §9.5). */
export function Add_error_class(): number {
  return addError(ERR_LASTCODE);
}

/** A new error code of a class, predefined or added (MPI-4.1 §9.5). ERR_ARG if `errorclass` is no class. */
export function Add_error_code(errorclass: number): number {
  if (!isPredefined(errorclass)) checkAdded('Add_error_code', errorclass, true);
  return addError(ERR_LASTCODE, errorclass);
}

/**
 * Gives an added class or code its text, at most `MPI.MAX_ERROR_STRING` characters (MPI-4.1 §9.5); it replaces an
 * earlier one. ERR_ARG for a predefined or unknown code.
 */
export function Add_error_string(errorcode: number, string: string): void {
  checkAdded('Add_error_string', errorcode);
  if (typeof string !== 'string' || string.length > MAX_ERROR_STRING) {
    throw new Exception(
      ERR_ARG,
      `Add_error_string: string is ${show(string)}; it must be a string of at most ${MAX_ERROR_STRING} characters`,
    );
  }
  setAddedString(errorcode, string);
}

/** Takes an added class back (MPI-4.1 §9.5). ERR_ARG if it is none, or still has codes. */
export function Remove_error_class(errorclass: number): void {
  checkAdded('Remove_error_class', errorclass, true);
  const codes = codesOf(errorclass);
  if (codes > 0) {
    throw new Exception(
      ERR_ARG,
      `Remove_error_class: class ${errorclass} still has codes (${codes}); remove them first`,
    );
  }
  removeError(errorclass);
}

/** Takes an added code back (MPI-4.1 §9.5). ERR_ARG if it is none. */
export function Remove_error_code(errorcode: number): void {
  checkAdded('Remove_error_code', errorcode, false);
  removeError(errorcode);
}

/** Takes the text of an added class or code back (MPI-4.1 §9.5). ERR_ARG if it has none. */
export function Remove_error_string(errorcode: number): void {
  checkAdded('Remove_error_string', errorcode);
  if (addedString(errorcode) === '')
    throw new Exception(ERR_ARG, `Remove_error_string: code ${errorcode} has no string`);
  setAddedString(errorcode, '');
}

function checkKnown(call: string, code: number): void {
  if (isPredefined(code) || addedClassOf(code) !== undefined) return;
  throw new Exception(ERR_ARG, `${call}: ${show(code)} is no error code; pass MPI.ERR_* or an added one`);
}

/** `asClass` says whether it must be a class or a code; either will do without. */
function checkAdded(call: string, code: number, asClass?: boolean): void {
  const errorClass = addedClassOf(code);
  if (errorClass !== undefined && (asClass === undefined || (errorClass === code) === asClass)) return;
  const what = asClass === undefined ? 'class or code' : asClass ? 'class' : 'code';
  throw new Exception(ERR_ARG, `${call}: ${show(code)} is no added error ${what}`);
}
