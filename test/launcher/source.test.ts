import test from 'ava';
import {
  hasModuleSyntax,
  needsTransform,
  requestedModules,
  skeleton,
  usesCommonJs,
} from '../../launcher/program/source.js';

test('a skeleton keeps code and blanks comments, strings, templates and regular expressions', (t) => {
  const samples: [string, string][] = [
    ['a // enum X {\nb', 'a            \nb'],
    ['a /* enum\n */ b', 'a        \n    b'],
    ["x = 'enum' + y", "x = '    ' + y"],
    ['x = "a\\"b" + y', 'x = "    " + y'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text under test
    ['x = `enum ${ y + `in ${z}` } end` + w', 'x = `     ${ y + `   ${z}` }    ` + w'],
    ['x = /[/"]enum/.test(y)', 'x = /        /.test(y)'],
    ['x = a / b / c', 'x = a / b / c'],
    ['return /"/', 'return / /'],
    ['f({ a: `}` }) // x', 'f({ a: ` ` })     '],
    ['"open', '"    '],
  ];
  for (const [text, expected] of samples) t.is(skeleton(text), expected, text);
});

const transforms = [
  'enum E { A }',
  'export const enum E { A }',
  'namespace N { export const x = 1 }',
  'import a = N.b;',
  'export import a = N.b;',
  "import fs = require('fs');",
  'export = x;',
  '@dec class C {}',
  'class C { @dec() x = 1 }',
  'class C { accessor x = 1 }',
  'class C { constructor(private x: number) {} }',
  'class C { constructor(a = f(1), readonly b: string) {} }',
];
for (const text of transforms)
  test(`must be transformed: ${text}`, (t) => {
    t.true(needsTransform(skeleton(text)));
  });

const stripped = [
  'const x: number = 1',
  "const s = 'enum E { A }'; // enum E { A }",
  'class C { private x = 1; readonly y: string; constructor(x: number) {} }',
  'interface I { readonly enum: string }',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: source text under test
  'const mail = `a@b ${c}`; /** @param x */',
  "import type { A } from './a';",
  'const o = { namespace: {}, module: {} }',
];
for (const text of stripped)
  test(`can be stripped: ${text}`, (t) => {
    t.false(needsTransform(skeleton(text)));
  });

test('requested modules: all literal forms, but not type-only ones', (t) => {
  const text = `
    import './a.js'; import b from "./b"; import { c } from './c.js'; export * from './d.js';
    import type { T } from './type'; export type { U } from './type2'; import type V from './type3';
    import type, { x } from './e.js';
    const f = await import('./f.js'); const g = require('./g');
    import data from './h.json' with { type: 'json' };
    // import './comment'
    const s = "import './string'";`;
  const found = requestedModules(text, skeleton(text));
  t.deepEqual(
    found.map(({ specifier }) => specifier),
    ['./a.js', './b', './c.js', './d.js', './e.js', './f.js', './g', './h.json'],
  );
  t.deepEqual(
    found.filter(({ byRequire }) => byRequire).map(({ specifier }) => specifier),
    ['./g'],
  );
  t.deepEqual(
    found.filter(({ hasAttributes }) => hasAttributes).map(({ specifier }) => specifier),
    ['./h.json'],
  );
});

test('module kinds by their syntax', (t) => {
  for (const text of [
    "import 'a'",
    'import {a} from "a"',
    'export {}',
    'x\nexport const a = 1',
    'import.meta.url',
    'await x',
  ])
    t.true(hasModuleSyntax(skeleton(text)), text);
  for (const text of ["import('a')", "const a = require('a')", "'export {}'", 'exports.a = 1', 'export = x'])
    t.false(hasModuleSyntax(skeleton(text)), text);
  for (const text of ["require('a')", 'module.exports = 1', '__dirname', 'exports.x = 1', 'require.main'])
    t.true(usesCommonJs(skeleton(text)), text);
  for (const text of ["'require(1)'", 'a.require(1)', 'myexports.x', 'import x from "require"'])
    t.false(usesCommonJs(skeleton(text)), text);
});
