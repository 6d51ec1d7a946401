/** MPI-4.1 chapter 10: info objects. */
import test from 'ava';
import fc from 'fast-check';
import { MPI } from '../../src/index.js';

const { Info } = MPI;

/** What a call throws: its class and message. */
function thrown(body: () => unknown): [errorClass: number, message: string] {
  try {
    body();
  } catch (error) {
    if (error instanceof MPI.Exception) return [error.Get_error_class(), error.message];
    throw error;
  }
  throw new Error(`${body} threw nothing`);
}

test('the standard’s calls: set, get, delete, count, number, duplicate', (t) => {
  const info = Info.Create();
  t.is(info.Get_nkeys(), 0);
  t.is(info.Get('a'), null);
  info.Set('b', '1');
  info.Set('a', '2');
  info.Set('b', '3');
  t.is(info.Get('b'), '3');
  t.is(info.Get_nkeys(), 2);
  t.deepEqual([info.Get_nthkey(0), info.Get_nthkey(1)], ['b', 'a']);
  const copy = info.Dup();
  info.Delete('b');
  t.deepEqual([...info], [['a', '2']]);
  t.deepEqual(
    [...copy],
    [
      ['b', '3'],
      ['a', '2'],
    ],
  );
  info.Free();
  t.is(thrown(() => info.Get('a'))[0], MPI.ERR_INFO);
  t.is(copy.Get('a'), '2');
});

test('keys and values are case-sensitive, kept as they are, and have limits', (t) => {
  const info = Info.Create({ ' key ': ' value ', KEY: '' });
  t.is(info.Get(' key '), ' value ');
  t.is(info.Get('key'), null);
  t.is(info.Get('KEY'), '');
  const key = 'k'.repeat(MPI.MAX_INFO_KEY);
  const value = 'v'.repeat(MPI.MAX_INFO_VAL);
  info.Set(key, value);
  t.is(info.Get(key), value);
  t.is(thrown(() => info.Set(`${key}k`, ''))[0], MPI.ERR_INFO_KEY);
  t.is(thrown(() => info.Get(`${key}k`))[0], MPI.ERR_INFO_KEY);
  t.is(thrown(() => info.Set('', ''))[0], MPI.ERR_INFO_KEY);
  t.is(thrown(() => info.Set('k', `${value}v`))[0], MPI.ERR_INFO_VALUE);
  t.is(info.Get_nkeys(), 3);
});

test('wrong arguments: class, call and value', (t) => {
  const info = Info.Create({ a: '1' });
  const bad = <T>(value: unknown) => value as T;
  const cases: [() => unknown, number, RegExp][] = [
    [() => info.Set(bad(5), 'x'), MPI.ERR_INFO_KEY, /Info\.Set: key is 5/],
    [() => info.Set('k', bad(7)), MPI.ERR_INFO_VALUE, /Info\.Set: the value of the string "k" is 7/],
    [() => info.Delete('b'), MPI.ERR_INFO_NOKEY, /Info\.Delete: the info has no key the string "b"/],
    [() => info.pop('b'), MPI.ERR_INFO_NOKEY, /Info\.pop/],
    [() => Info.Create().popitem(), MPI.ERR_INFO_NOKEY, /empty/],
    [() => info.Get_nthkey(1), MPI.ERR_ARG, /n is 1/],
    [() => info.Get_nthkey(-1), MPI.ERR_ARG, /n is -1/],
    [() => info.Get_nthkey(0.5), MPI.ERR_ARG, /n is 0\.5/],
    [() => info.update(bad(5)), MPI.ERR_ARG, /Info\.update: items is 5/],
    [() => info.update(bad(['ab'])), MPI.ERR_ARG, /no pair/],
    [() => info.update(bad([['a']])), MPI.ERR_ARG, /no pair/],
    [() => Info.Create(bad({ a: 1 })), MPI.ERR_INFO_VALUE, /Info\.Create/],
    [() => Info.Create_env(bad('x')), MPI.ERR_ARG, /Create_env/],
    [() => MPI.INFO_NULL.Get('a'), MPI.ERR_INFO, /INFO_NULL/],
    [() => MPI.INFO_NULL.Free(), MPI.ERR_INFO, /INFO_NULL/],
    [() => MPI.INFO_ENV.Set('a', 'b'), MPI.ERR_INFO, /INFO_ENV cannot be changed/],
    [() => MPI.INFO_ENV.Free(), MPI.ERR_INFO, /INFO_ENV/],
    [() => MPI.INFO_ENV.clear(), MPI.ERR_INFO, /INFO_ENV/],
  ];
  for (const [body, errorClass, text] of cases) {
    const [found, message] = thrown(body);
    t.is(found, errorClass, message);
    t.regex(message, text);
  }
  t.deepEqual([...info], [['a', '1']]);
});

test('an update that is refused changes nothing', (t) => {
  const info = Info.Create({ a: '1' });
  t.is(thrown(() => info.update({ a: '2', b: 3 as unknown as string }))[0], MPI.ERR_INFO_VALUE);
  t.deepEqual([...info], [['a', '1']]);
  info.update(info);
  t.deepEqual([...info], [['a', '1']]);
});

test('the environment: INFO_ENV and Create_env', (t) => {
  t.is(MPI.INFO_ENV.Get('maxprocs'), '1');
  t.is(MPI.INFO_ENV.Get('wdir'), process.cwd());
  t.is(MPI.INFO_ENV.Get('command'), process.argv[1]);
  const info = Info.Create_env(['job.ts', 'a', 'b']);
  t.is(info.Get('command'), 'job.ts');
  t.is(info.Get('argv'), 'a b');
  info.Set('soft', '1');
  t.is(info.Get('soft'), '1');
});

test('it is a dictionary: random operations agree with a Map', (t) => {
  const key = fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__');
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set'), key, value: fc.string({ maxLength: 8 }) }),
    fc.record({ kind: fc.constantFrom('delete', 'pop', 'get'), key, value: fc.constant('') }),
    fc.record({
      kind: fc.constantFrom('popitem', 'copy', 'update'),
      key,
      value: fc.string({ maxLength: 8 }),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let info = Info.Create();
      const model = new Map<string, string>();
      for (const { kind, key, value } of steps) {
        if (kind === 'set') t.is(info.set(key, value), info);
        if (kind === 'set') model.set(key, value);
        if (kind === 'update') info.update([[key, value]]);
        if (kind === 'update') model.set(key, value);
        if (kind === 'delete') t.is(info.delete(key), model.delete(key));
        if (kind === 'pop') t.is(info.pop(key, null), model.get(key) ?? null);
        if (kind === 'pop') model.delete(key);
        if (kind === 'get') t.is(info.get(key, 5), model.get(key) ?? 5);
        if (kind === 'popitem' && model.size > 0) {
          const last = [...model].at(-1)!;
          t.deepEqual(info.popitem(), last);
          model.delete(last[0]);
        }
        if (kind === 'copy') info = info.copy();
        t.is(info.size, model.size);
        t.is(info.has(key), model.has(key));
      }
      t.deepEqual([...info], [...model]);
      t.deepEqual([...info.keys()], [...model.keys()]);
      t.deepEqual([...info.values()], [...model.values()]);
      t.deepEqual([...info.items()], [...model]);
      t.deepEqual([...new Map(info)], [...model]);
      info.clear();
      t.is(info.size, 0);
    }),
  );
});
