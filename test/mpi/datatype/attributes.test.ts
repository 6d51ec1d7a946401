/** MPI-4.1 §7.7.4: attributes of datatypes. */
import test from 'ava';
import { MPI } from '../../../src/index.js';

const classOf = (call: () => unknown): number | undefined => {
  try {
    call();
  } catch (error) {
    if (error instanceof MPI.Exception) return error.Get_error_class();
    throw error;
  }
  return undefined;
};

test('a value is set, read, replaced and deleted; its callback runs before', (t) => {
  const gone: unknown[] = [];
  const keyval = MPI.Datatype.Create_keyval(null, (type, key, value) => {
    t.is(key, keyval);
    gone.push([type.Get_attr(keyval), value]);
  });
  const type = MPI.DOUBLE.Create_contiguous(3);
  t.is(type.Get_attr(keyval), undefined);
  type.Set_attr(keyval, 'one');
  type.Set_attr(keyval, 'two');
  t.is(type.Get_attr(keyval), 'two');
  t.is(MPI.DOUBLE.Get_attr(keyval), undefined);
  type.Delete_attr(keyval);
  t.deepEqual(gone, [
    ['one', 'one'],
    ['two', 'two'],
  ]);
  t.is(
    classOf(() => type.Delete_attr(keyval)),
    MPI.ERR_KEYVAL,
  );
  t.is(MPI.Datatype.Free_keyval(keyval), MPI.KEYVAL_INVALID);
  t.is(
    classOf(() => type.Get_attr(keyval)),
    MPI.ERR_KEYVAL,
  );
});

test('Dup copies by the callback’s word; Free deletes, the last set first', (t) => {
  const gone: unknown[] = [];
  const remove = (_type: MPI.Datatype, _key: number, value: unknown) => void gone.push(value);
  const [all, none, twice] = [
    true,
    null,
    (_type: unknown, _key: number, value: unknown) => `${value}${value}`,
  ].map((copy) => MPI.Datatype.Create_keyval(copy, remove));
  const type = MPI.INT.Create_vector(2, 1, 2);
  for (const keyval of [all, none, twice]) type.Set_attr(keyval, `v${[all, none, twice].indexOf(keyval)}`);
  const copy = type.Dup();
  t.deepEqual(
    [all, none, twice].map((keyval) => copy.Get_attr(keyval)),
    ['v0', undefined, 'v2v2'],
  );
  // Keys that are given up live on with their values.
  for (const keyval of [all, none, twice]) MPI.Datatype.Free_keyval(keyval);
  copy.Free();
  t.deepEqual(gone, ['v2v2', 'v0']);
  type.Free();
  t.deepEqual(gone, ['v2v2', 'v0', 'v2', 'v1', 'v0']);
  t.is(
    classOf(() => type.Get_attr(all)),
    MPI.ERR_TYPE,
  );
});

test('a callback that throws fails Dup and Free, and the datatype stays', (t) => {
  let refuses = true;
  const stop = () => {
    if (refuses) throw new RangeError('no');
    return 1;
  };
  const keyval = MPI.Datatype.Create_keyval(stop, stop);
  const type = MPI.INT.Create_contiguous(2).Commit();
  type.Set_attr(keyval, 5);
  t.throws(() => type.Dup(), { instanceOf: RangeError });
  t.throws(() => type.Free(), { instanceOf: RangeError });
  t.is(type.Get_attr(keyval), 5);
  refuses = false;
  t.is(type.Dup().Get_attr(keyval), 1);
  type.Free();
  t.is(
    classOf(() => type.Commit()),
    MPI.ERR_TYPE,
  );
});

test('keys are of one kind of object, and errors name what is wrong', (t) => {
  const other = MPI.Comm.Create_keyval();
  for (const keyval of [other, MPI.KEYVAL_INVALID, Number.NaN, null as never]) {
    t.is(
      classOf(() => MPI.DOUBLE.Get_attr(keyval)),
      MPI.ERR_KEYVAL,
    );
    t.is(
      classOf(() => MPI.DOUBLE.Set_attr(keyval, 1)),
      MPI.ERR_KEYVAL,
    );
    t.is(
      classOf(() => MPI.DOUBLE.Delete_attr(keyval)),
      MPI.ERR_KEYVAL,
    );
    t.is(
      classOf(() => MPI.Datatype.Free_keyval(keyval)),
      MPI.ERR_KEYVAL,
    );
  }
  t.is(
    classOf(() => MPI.Datatype.Create_keyval(5 as never)),
    MPI.ERR_ARG,
  );
  t.is(
    classOf(() => MPI.DATATYPE_NULL.Set_attr(other, 1)),
    MPI.ERR_TYPE,
  );
});
