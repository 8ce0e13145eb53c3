import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeTokens } from '../../../../src/grade/similarity/code-tokens.ts';
import type { Comments } from '../../../../src/grade/similarity/source-kinds.ts';

const symbols = (text: string, comments: Comments = 'hash'): string =>
  [...codeTokens(text, comments)].map(({ symbol }) => symbol).join(' ');
const same = (one: string, other: string, comments?: Comments) => assert.is(symbols(one, comments), symbols(other, comments));
const differs = (one: string, other: string, comments?: Comments) =>
  assert.is.not(symbols(one, comments), symbols(other, comments));

test('Python: names, texts, numbers, comments and blanks have no meaning; keywords and signs do', () => {
  assert.is(symbols('def f(a):\n    return a + 1\n'), 'def name ( name ) : return name + number');
  same("count = redis.incr('hits')  # counts\n", 'x=store.bump(f"visits {y}")');
  same('"""doc\n# string"""\nx = 1', "'''another'''\ny = 2.5e3");
  differs('if a: return b', 'while a: return b');
  differs('a + b', 'a - b');
});

test('JavaScript and Go: both kinds of comments, texts in backticks over several lines', () => {
  same('const a = `x\n${y}`; // end', '/* a\n b */ const bee = `z`;', 'slash');
  same('func f(w http.ResponseWriter) { x := 1 }', 'func  Hello(out http.ResponseWriter) {\n\ty := 42 // n\n}', 'slash');
  differs('let a = 1', 'var a = 1', 'slash');
  assert.is(symbols('a // b\nc'), 'name / / name name', 'in Python it is a division');
});

test('a token has the line on which it begins', () => {
  const lines = [...codeTokens('a\n"""x\ny"""\nb  # c\n\n\'d\ne', 'hash')].map(({ symbol, line }) => `${symbol} ${line}`);
  assert.equal(lines, ['name 1', 'text 2', 'name 4', 'text 6', 'name 7']);
});

test('text that nothing closes ends, and names in any script are names', () => {
  same('a "b', 'c "d e f');
  same('計數 = 1', 'count = 2');
  assert.is(symbols('x /* y', 'slash'), 'name');
  assert.is(symbols("'\\"), 'text');
  assert.is(symbols('/* '.repeat(20_000), 'slash'), '');
  assert.is(symbols('a'.repeat(60_000)), 'name');
  assert.is([...codeTokens('"'.repeat(60_001), 'hash')].length, 10_001, 'each six of them are an empty text in three quotes');
});

test.run();
