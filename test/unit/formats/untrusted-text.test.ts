import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonText, mapTexts, multiLine, singleLine } from '../../../src/formats/untrusted-text.ts';
import { anyUnseen, steering, unseen } from '../../fixtures/unseen.ts';

test('each invisible code point and each that controls a terminal is replaced by its printable form', () => {
  for (const one of unseen) {
    const code = one.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    const shown = one === '\r' ? 'x y' : /[\v\f\u0085\u2028\u2029]/.test(one) ? 'x y' : `x[U+${code}]y`;
    assert.is(multiLine(`x${one}y`), `x[U+${code}]y`);
    assert.is(singleLine(`x${one}y`), shown);
    assert.not.match(multiLine(`字${one}`.replace(/[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu, '')), anyUnseen);
  }
});

test('line ends: kept in multi-line text, a space in single-line text', () => {
  assert.is(multiLine('a\r\nb\n\tc\rd'), 'a\nb\n\tc[U+000D]d');
  assert.is(singleLine('a\r\nb\n\tc\rd\u2028e'), 'a b  c d e');
});

test('ordinary text is unchanged', () => {
  const family =
    '\u{1f469}\u{1f3fd}\u200d\u{1f4bb} \u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u2764\ufe0f\u200d\u{1f525} 1\ufe0f\u20e3';
  const variants = '\u845b\u{e0100} \u4e0e\ufe00';
  const joined = '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0915\u094d\u200d\u0937';
  const combining = 'e\u0301 \u0e01\u0e33 \u05e9\u05c1';
  for (const ordinary of [
    '王小明，很高興（見到你）',
    "O'Brien, Seán",
    family,
    variants,
    joined,
    combining,
    'العربية',
    'עברית',
    '𠮷野家',
    '　全形',
  ])
    for (const shown of [multiLine(ordinary), singleLine(ordinary), JSON.parse(jsonText(ordinary))]) assert.is(shown, ordinary);
});

test('joiners and variation selectors are shown unless they are part of a visible character', () => {
  assert.is(multiLine('ad\u200dmin'), 'ad[U+200D]min');
  assert.is(multiLine('王\u200d小明'), '王[U+200D]小明');
  assert.is(multiLine('\u{1f469}\u200dx'), '\u{1f469}[U+200D]x');
  assert.is(multiLine('\u06cc\u200c\u200c'), '\u06cc\u200c[U+200C]', 'one is enough');
  assert.is(multiLine('a\ufe0f'), 'a[U+FE0F]');
});

test('JSON: contains no such character, and parsing restores each', () => {
  for (const one of unseen) {
    const written = jsonText({ said: `x${one}y` });
    assert.not.match(written, anyUnseen);
    assert.is(JSON.parse(written).said, `x${one}y`);
  }
  assert.is(jsonText({ a: ['\u202e', '字'] }, 1), '{\n "a": [\n  "\\u202E",\n  "字"\n ]\n}');
});

test('applying it twice has the same result as once', () => {
  assert.is(multiLine(multiLine(steering)), multiLine(steering));
  assert.is(singleLine(multiLine(steering)).includes('[U+202E]'), true);
});

test('all texts of a value, at any depth', () => {
  const value = { id: 'a', list: ['b', { c: 'd' }], count: 1, none: null, gone: undefined };
  assert.equal(
    mapTexts(value, (one) => `${one}!`),
    { id: 'a!', list: ['b!', { c: 'd!' }], count: 1, none: null, gone: undefined },
  );
});

test.run();
