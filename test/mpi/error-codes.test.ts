/** MPI-4.1 §9.4 and §9.5: error classes, codes and strings. */
import test from 'ava';
import { MPI } from '../../src/index.js';

const thrownClass = (body: () => unknown): number => {
  try {
    body();
  } catch (error) {
    if (error instanceof MPI.Exception) return error.Get_error_class();
    throw error;
  }
  return MPI.SUCCESS;
};

const lastUsed = () => MPI.COMM_WORLD.Get_attr(MPI.LASTUSEDCODE);

test('all classes of the standard: distinct, in order, each with its name', (t) => {
  const names =
    `SUCCESS BUFFER COUNT TYPE TAG COMM RANK REQUEST ROOT GROUP OP TOPOLOGY DIMS ARG UNKNOWN TRUNCATE OTHER
    INTERN PENDING IN_STATUS ACCESS AMODE ASSERT BAD_FILE BASE CONVERSION DISP DUP_DATAREP ERRHANDLER FILE_EXISTS
    FILE_IN_USE FILE INFO_KEY INFO_NOKEY INFO_VALUE INFO IO KEYVAL LOCKTYPE NAME NO_MEM NOT_SAME NO_SPACE
    NO_SUCH_FILE PORT PROC_ABORTED QUOTA READ_ONLY RMA_ATTACH RMA_CONFLICT RMA_FLAVOR RMA_RANGE RMA_SHARED RMA_SYNC
    SERVICE SESSION SIZE SPAWN UNSUPPORTED_DATAREP UNSUPPORTED_OPERATION VALUE_TOO_LARGE WIN`.split(/\s+/);
  const table = MPI as unknown as Record<string, number>;
  const values = names.map((name) => table[name === 'SUCCESS' ? name : `ERR_${name}`]);
  t.true(values.every((value) => Number.isInteger(value) && value >= 0 && value <= MPI.ERR_LASTCODE));
  t.is(new Set(values).size, names.length);
  for (const [i, value] of values.entries()) {
    t.is(MPI.Get_error_class(value), value);
    t.regex(MPI.Get_error_string(value), new RegExp(`^MPI_(ERR_)?${names[i]}: .`));
    t.is(new MPI.Exception(value).Get_error_string(), MPI.Get_error_string(value));
  }
  t.is(
    thrownClass(() => MPI.Get_error_class(98)),
    MPI.ERR_ARG,
  );
  t.is(
    thrownClass(() => MPI.Get_error_string(-1)),
    MPI.ERR_ARG,
  );
  t.is(
    thrownClass(() => MPI.Get_error_string('x' as never)),
    MPI.ERR_ARG,
  );
});

test('added classes and codes', (t) => {
  const before = lastUsed();
  t.true(before >= MPI.ERR_LASTCODE);
  const errorClass = MPI.Add_error_class();
  t.true(errorClass > MPI.ERR_LASTCODE);
  t.is(lastUsed(), errorClass);
  t.is(MPI.Get_error_class(errorClass), errorClass);
  t.is(MPI.Get_error_string(errorClass), '');
  const code = MPI.Add_error_code(errorClass);
  const known = MPI.Add_error_code(MPI.ERR_ARG);
  t.is(lastUsed(), known);
  t.is(MPI.Get_error_class(code), errorClass);
  t.is(MPI.Get_error_class(known), MPI.ERR_ARG);

  MPI.Add_error_string(code, 'the cat is out');
  t.is(MPI.Get_error_string(code), 'the cat is out');
  const error = new MPI.Exception(code);
  t.is(error.Get_error_code(), code);
  t.is(error.error_code, code);
  t.is(error.Get_error_class(), errorClass);
  t.is(error.error_class, errorClass);
  t.is(error.message, 'the cat is out');
  t.is(new MPI.Exception(code, 'again').message, 'the cat is out: again');
  t.regex(new MPI.Exception(errorClass).message, new RegExp(`${errorClass}`));
  MPI.Add_error_string(code, 'it is back');
  t.is(MPI.Get_error_string(code), 'it is back');

  t.is(
    thrownClass(() => MPI.Remove_error_class(errorClass)),
    MPI.ERR_ARG,
  );
  MPI.Remove_error_string(code);
  t.is(
    thrownClass(() => MPI.Remove_error_string(code)),
    MPI.ERR_ARG,
  );
  t.is(
    thrownClass(() => MPI.Remove_error_class(code)),
    MPI.ERR_ARG,
  );
  t.is(
    thrownClass(() => MPI.Remove_error_code(errorClass)),
    MPI.ERR_ARG,
  );
  MPI.Remove_error_code(code);
  MPI.Remove_error_code(known);
  MPI.Remove_error_class(errorClass);
  t.is(
    thrownClass(() => MPI.Get_error_class(errorClass)),
    MPI.ERR_ARG,
  );
  t.true(MPI.Add_error_class() > known, 'no number is given twice');
});

test('wrong codes and strings', (t) => {
  const code = MPI.Add_error_code(MPI.ERR_OTHER);
  for (const body of [
    () => MPI.Add_error_code(97),
    () => MPI.Add_error_code(code),
    () => MPI.Add_error_code('x' as never),
    () => MPI.Add_error_string(MPI.ERR_ARG, 'mine'),
    () => MPI.Add_error_string(code + 1, 'mine'),
    () => MPI.Add_error_string(code, 5 as never),
    () => MPI.Add_error_string(code, 'x'.repeat(MPI.MAX_ERROR_STRING + 1)),
    () => MPI.Remove_error_string(MPI.ERR_ARG),
    () => MPI.Remove_error_class(MPI.ERR_ARG),
  ])
    t.is(thrownClass(body), MPI.ERR_ARG);
  MPI.Remove_error_code(code);
});
