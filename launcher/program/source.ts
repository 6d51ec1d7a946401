/** A look at TypeScript source text without a parser: what is code, what it imports, what Node cannot strip. */

/** Tokens after which a slash starts a regular expression and does not divide. */
const BEFORE_REGEX =
  /(?:^|[([{,;:=!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|yield|await))$/;

function endOfString(text: string, start: number): number {
  const quote = text[start];
  let i = start + 1;
  while (i < text.length && text[i] !== quote && text[i] !== '\n') i += text[i] === '\\' ? 2 : 1;
  return i;
}

function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i;
  }
  return start;
}

/**
 * The text with comments and the insides of strings, templates and regular expressions blanked out, every other
 * character at its place. A guess where only a parser could know; a wrong guess costs a slower start, or shows
 * Node's own error.
 */
export function skeleton(text: string): string {
  const out: string[] = [];
  let copied = 0;
  const blank = (from: number, to: number) => {
    out.push(text.slice(copied, from), text.slice(from, to).replace(/[^\n]/g, ' '));
    copied = to;
  };
  const templates: number[] = []; // depth of braces at each open `${`
  let depth = 0;
  const template = (from: number): number => {
    let i = from;
    while (i < text.length && text[i] !== '`' && !(text[i] === '$' && text[i + 1] === '{'))
      i += text[i] === '\\' ? 2 : 1;
    blank(from, Math.min(i, text.length));
    if (text[i] === '`') return i;
    templates.push(depth);
    return i + 1;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '/' && (text[i + 1] === '/' || text[i + 1] === '*')) {
      const close = text[i + 1] === '/' ? text.indexOf('\n', i) : text.indexOf('*/', i + 2) + 2;
      const end = close < i ? text.length : close;
      blank(i, end);
      i = end - 1;
    } else if (c === '/') {
      if (!BEFORE_REGEX.test(text.slice(Math.max(0, i - 12), i).trimEnd())) continue;
      const end = endOfRegex(text, i);
      if (end > i) blank(i + 1, end);
      i = end;
    } else if (c === '"' || c === "'") {
      const end = Math.min(endOfString(text, i), text.length);
      blank(i + 1, end);
      i = end;
    } else if (c === '`') i = template(i + 1);
    else if (c === '{') depth++;
    else if (c === '}') {
      if (templates.length > 0 && templates[templates.length - 1] === depth) {
        templates.pop();
        i = template(i + 1);
      } else depth--;
    }
  }
  out.push(text.slice(copied));
  return out.join('');
}

/** One module that a file asks for at run time. */
export interface Requested {
  readonly specifier: string;
  readonly byRequire: boolean;
  /** By `import()`. */
  readonly dynamic: boolean;
  /** `with { type: … }` follows. */
  readonly hasAttributes: boolean;
}

const SPECIFIER = /\b(from|import|require)\s*(\(?)\s*(["'])/g;

/** Modules that the source names by a literal in import, export … from, import() and require(); not type-only ones. */
export function requestedModules(text: string, code: string): Requested[] {
  const found: Requested[] = [];
  for (const match of code.matchAll(SPECIFIER)) {
    const [whole, keyword, parenthesis, quote] = match;
    const open = match.index + whole.length;
    const close = text.indexOf(quote, open);
    if (close < 0) continue;
    if (keyword === 'from' && isTypeOnly(code, match.index)) continue;
    found.push({
      specifier: text.slice(open, close),
      byRequire: keyword === 'require',
      dynamic: keyword === 'import' && parenthesis !== '',
      hasAttributes: /^\s*(with|assert|,)/.test(code.slice(close + 1, close + 12)),
    });
  }
  return found;
}

/** Whether the `from` at this place ends an `import type` or `export type`. */
function isTypeOnly(code: string, from: number): boolean {
  const start = Math.max(code.lastIndexOf('import', from), code.lastIndexOf('export', from));
  return start >= 0 && /^\w+\s+type\s+(?!from\b|,)/.test(code.slice(start, from + 5));
}

const NEEDS_TRANSFORM = [
  /\benum\s+[A-Za-z_$][\w$]*\s*\{/, //                         enum E {
  /\b(namespace|module)\s+[A-Za-z_$][\w$.]*\s*\{/, //          namespace N {
  /(^|[\n;])\s*(export\s+)?import\s+[A-Za-z_$][\w$]*\s*=/, //  import a = N.b
  /(^|[\n;])\s*export\s*=/, //                                 export = x
  /(^|[^\w$.)\]'"])@[A-Za-z_$(]/, //                           @decorator
  /\baccessor\s+[#A-Za-z_$]/, //                               accessor x
];

/** Whether the code has syntax that cannot be stripped: it must be transformed before any Node runs it. */
export function needsTransform(code: string): boolean {
  return NEEDS_TRANSFORM.some((pattern) => pattern.test(code)) || hasParameterProperty(code);
}

function hasParameterProperty(code: string): boolean {
  for (const match of code.matchAll(/\bconstructor\s*\(/g)) {
    let depth = 1;
    let i = match.index + match[0].length;
    const start = i;
    for (; i < code.length && depth > 0; i++) depth += code[i] === '(' ? 1 : code[i] === ')' ? -1 : 0;
    if (/\b(public|private|protected|readonly|override)\s+[\w$[{]/.test(code.slice(start, i))) return true;
  }
  return false;
}

/** Whether the code uses names that only CommonJS modules have. */
export function usesCommonJs(code: string): boolean {
  return /(^|[^.\w$])(require\s*[(.]|__dirname\b|__filename\b|module\.exports\b|exports\.)/.test(code);
}

/** Whether the code can only be an ES module: it imports or exports statically, uses import.meta or awaits outside. */
export function hasModuleSyntax(code: string): boolean {
  return (
    /(^|[\n;}])\s*import\s*(["'{*]|type\b|[A-Za-z_$][\w$]*\s*(,|\bfrom\b))/.test(code) ||
    /(^|[\n;}])\s*export\s+(?!=)/.test(code) ||
    /(^|[\n;}])\s*export\s*[{*]/.test(code) ||
    /\bimport\.meta\b/.test(code) ||
    /(^|\n)await\b/.test(code)
  );
}
