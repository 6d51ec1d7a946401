/** MPI-4.1 §7.7: attributes, on an owner of no kind. */
import test from 'ava';
import fc from 'fast-check';
import { ERR_ARG, ERR_KEYVAL, Exception } from '../../src/base/errors.js';
import { type AttributeCopy, type AttributeDelete, Attributes, Keyvals } from '../../src/mpi/attributes.js';
import { KEYVAL_INVALID } from '../../src/mpi/constants.js';

function thrownClass(body: () => unknown): number | undefined {
  try {
    body();
  } catch (error) {
    if (error instanceof Exception) return error.Get_error_class();
    throw error;
  }
  return undefined;
}

const owner = (keyvals: Keyvals<string>, name: string) => new Attributes(keyvals, name);

test('set, get, replace, delete, with the delete callback each time a value goes', (t) => {
  const keyvals = new Keyvals<string>('Thing');
  const gone: unknown[] = [];
  const key = keyvals.create(null, (thing, keyval, value) => gone.push([thing, keyval, value]));
  const a = owner(keyvals, 'a');
  t.is(a.get(key, ''), undefined);
  a.set(key, 1, '');
  a.set(key, 2, '');
  t.deepEqual(gone, [['a', key, 1]]);
  t.is(a.get(key, ''), 2);
  a.delete(key, '');
  t.deepEqual(gone[1], ['a', key, 2]);
  t.is(a.get(key, ''), undefined);
  t.is(
    thrownClass(() => a.delete(key, '')),
    ERR_KEYVAL,
  );
});

test('a duplicate gets what the copy callbacks return, in order', (t) => {
  const keyvals = new Keyvals<string>('Thing');
  const calls: unknown[] = [];
  const copy: AttributeCopy<string> = (thing, keyval, value) => {
    calls.push([thing, keyval, value]);
    return value === 'stay' ? undefined : `${value} again`;
  };
  const keys = [keyvals.create(copy, null), keyvals.create(copy, null), keyvals.create(true, false)];
  const none = keyvals.create(null, null);
  const never = keyvals.create(false, null);
  const [a, b] = [owner(keyvals, 'a'), owner(keyvals, 'b')];
  a.set(keys[1], 'x', '');
  a.set(keys[0], 'stay', '');
  a.set(keys[2], 'same', '');
  a.set(none, 1, '');
  a.set(never, 1, '');
  a.copyTo(b, '');
  t.deepEqual(calls, [
    ['a', keys[1], 'x'],
    ['a', keys[0], 'stay'],
  ]);
  t.deepEqual(
    [...keys, none, never].map((key) => b.get(key, '')),
    [undefined, 'x again', 'same', undefined, undefined],
  );
});

test('a copy callback that throws fails the duplication: what was copied is deleted again', (t) => {
  const keyvals = new Keyvals<string>('Thing');
  const gone: unknown[] = [];
  const fine = keyvals.create(true, (thing, _keyval, value) => gone.push([thing, value]));
  const rude = keyvals.create(true, () => {
    throw new Error('a second error');
  });
  const bad = keyvals.create(() => {
    throw new Error('no copy');
  }, null);
  const [a, b] = [owner(keyvals, 'a'), owner(keyvals, 'b')];
  a.set(fine, 1, '');
  a.set(rude, 1, '');
  a.set(bad, 1, '');
  t.throws(() => a.copyTo(b, ''), { message: 'no copy' });
  t.deepEqual(gone, [['b', 1]]);
  t.is(b.get(fine, ''), undefined);
  t.is(b.get(rude, ''), undefined);
  t.is(a.get(fine, ''), 1);
});

test('a delete callback that throws leaves the attribute', (t) => {
  const keyvals = new Keyvals<string>('Thing');
  let refuses = true;
  const gone: unknown[] = [];
  const key = keyvals.create(null, (_thing, _keyval, value) => {
    if (refuses) throw new Error('not now');
    gone.push(value);
  });
  const other = keyvals.create(null, () => gone.push('other'));
  const a = owner(keyvals, 'a');
  a.set(key, 1, '');
  a.set(other, 1, '');
  t.throws(() => a.set(key, 2, ''), { message: 'not now' });
  t.throws(() => a.delete(key, ''), { message: 'not now' });
  t.throws(() => a.deleteAll(''), { message: 'not now' });
  t.is(a.get(key, ''), 1);
  t.deepEqual(gone, ['other'], 'last set, first deleted');
  refuses = false;
  a.deleteAll('');
  t.deepEqual(gone, ['other', 1]);
  t.is(a.get(key, ''), undefined);
});

test('a freed key lives on until its last attribute goes', (t) => {
  const keyvals = new Keyvals<string>('Thing');
  let deleted = 0;
  const key = keyvals.create(true, () => deleted++);
  const [a, b] = [owner(keyvals, 'a'), owner(keyvals, 'b')];
  a.set(key, 1, '');
  t.is(keyvals.free(key), KEYVAL_INVALID);
  t.is(
    thrownClass(() => keyvals.free(key)),
    ERR_KEYVAL,
  );
  t.is(
    thrownClass(() => b.set(key, 1, '')),
    ERR_KEYVAL,
  );
  t.is(a.get(key, ''), 1);
  a.copyTo(b, '');
  a.delete(key, '');
  t.is(b.get(key, ''), 1);
  b.deleteAll('');
  t.is(deleted, 2);
  for (const call of [() => b.get(key, ''), () => b.delete(key, '')]) t.is(thrownClass(call), ERR_KEYVAL);
});

test('callbacks may use attributes themselves', (t) => {
  const keyvals = new Keyvals<string>('Thing');
  const a: Attributes<string> = owner(keyvals, 'a');
  const seen: unknown[] = [];
  const again: AttributeDelete<string> = (_thing, keyval) => {
    seen.push(thrownClass(() => a.delete(keyval, '')));
    seen.push(thrownClass(() => a.set(keyval, 5, '')));
    if (a.get(other, '') !== undefined) a.delete(other, '');
  };
  const other = keyvals.create(null, () => seen.push('other'));
  const key = keyvals.create(null, again);
  a.set(other, 1, '');
  a.set(key, 1, '');
  a.deleteAll('');
  t.deepEqual(seen, [ERR_KEYVAL, ERR_KEYVAL, 'other']);

  const suicidal: number = keyvals.create(null, () => keyvals.free(suicidal));
  a.set(suicidal, 1, '');
  t.is(
    thrownClass(() => a.set(suicidal, 2, '')),
    ERR_KEYVAL,
  );
  t.is(
    thrownClass(() => a.get(suicidal, '')),
    ERR_KEYVAL,
  );
});

test('keys: wrong ones, those of another kind, functions that are none', (t) => {
  const keyvals = new Keyvals<string>('Thing');
  const foreign = new Keyvals<string>('Other').create(null, null);
  const a = owner(keyvals, 'a');
  for (const key of [KEYVAL_INVALID, foreign, 1e9, Number.NaN, 'x' as unknown as number]) {
    t.is(
      thrownClass(() => a.get(key, '')),
      ERR_KEYVAL,
    );
    t.is(
      thrownClass(() => a.set(key, 1, '')),
      ERR_KEYVAL,
    );
    t.is(
      thrownClass(() => keyvals.free(key)),
      ERR_KEYVAL,
    );
  }
  t.is(
    thrownClass(() => keyvals.create(5 as never, null)),
    ERR_ARG,
  );
  t.is(
    thrownClass(() => keyvals.create(null, 'x' as never)),
    ERR_ARG,
  );
});

test('random duplications and deletions: every value that was set or copied is deleted once', (t) => {
  const step = fc.record({
    what: fc.constantFrom('set', 'delete', 'duplicate', 'free', 'get'),
    who: fc.nat(3),
    key: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const keyvals = new Keyvals<number>('Thing');
      const alive = new Map<number, number>();
      let made = 0;
      const note = (thing: number, by: number) => alive.set(thing, (alive.get(thing) ?? 0) + by);
      const keys = Array.from({ length: 3 }, () =>
        keyvals.create(
          () => ++made,
          (thing) => note(thing, -1),
        ),
      );
      const things = [0, 1, 2, 3].map((id) => new Attributes(keyvals, id));
      const model = things.map(() => new Set<number>());
      for (const { what, who, key } of steps) {
        const thing = things[who];
        const has = model[who].has(key);
        t.is(thing.get(keys[key], '') !== undefined, has);
        if (what === 'set') {
          thing.set(keys[key], ++made, '');
          note(who, 1);
          model[who].add(key);
        } else if (what === 'delete' && has) {
          thing.delete(keys[key], '');
          model[who].delete(key);
        } else if (what === 'free') {
          thing.deleteAll('');
          model[who].clear();
        } else if (what === 'duplicate' && model[(who + 1) % 4].size === 0) {
          const next = (who + 1) % 4;
          thing.copyTo(things[next], '');
          note(next, model[who].size);
          model[next] = new Set(model[who]);
        }
        model.forEach((held, id) => {
          t.is(alive.get(id) ?? 0, held.size);
        });
      }
    }),
  );
});
