import stringWidth from 'string-width';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  atRight,
  bar,
  duration,
  elapsed,
  pad,
  padStart,
  truncate,
  widthOf,
  wrap,
} from '../../../../src/report/terminal/layout.ts';

test('pads by visible width: Han occupies two columns, colours none', () => {
  assert.is(pad('副本', 6), '副本  ');
  assert.is(padStart('副本', 6), '  副本');
  assert.is(pad('\x1b[32m✓\x1b[39m', 3), '\x1b[32m✓\x1b[39m  ');
  assert.is(pad('longer', 3), 'longer');
});

test('the short way to a width agrees with the library', () => {
  for (const text of [
    '',
    'plain ~',
    '負載平衡，a',
    '（甲）：b；。、',
    'é容',
    'a\u0301',
    '\x1b[31m紅\x1b[39m',
    '映像檔✓',
    '👩‍👩‍👧',
    '\t',
    'ｱ',
    '～',
  ])
    assert.is(widthOf(text), stringWidth(text), JSON.stringify(text));
});

test('truncates between characters, never inside one', () => {
  assert.is(truncate('hello', 5), 'hello');
  assert.is(truncate('hello!', 5), 'hell…');
  assert.is(truncate('負載平衡', 7), '負載平…');
  assert.is(truncate('負載平衡', 6), '負載…');
  assert.is(truncate('👩‍👩‍👧 family', 4), '👩‍👩‍👧 …');
});

test('control characters become a space or their printable form', () => {
  assert.is(truncate('a\tb\x1b[2Jc\rd', 30), 'a b[U+001B][2Jc d');
  assert.equal(wrap('a\x07b', 20), ['a[U+0007]b']);
});

test('wraps at spaces, and inside words only if necessary', () => {
  assert.equal(wrap('one two three', 7), ['one two', 'three']);
  assert.equal(wrap('see http://localhost:8000/ now', 24), ['see', 'http://localhost:8000/', 'now']);
  assert.equal(wrap('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
  assert.equal(wrap('x abcdefghij', 4), ['x', 'abcd', 'efgh', 'ij']);
  assert.equal(wrap('', 10), ['']);
  assert.equal(wrap('one\ntwo', 10), ['one', 'two']);
  assert.equal(wrap('  indented stays', 20), ['  indented stays']);
});

test('wraps Han anywhere but before closing and after opening punctuation', () => {
  assert.equal(wrap('三個副本都有回應', 8), ['三個副本', '都有回應']);
  assert.equal(wrap('三個副本，都有', 8), ['三個副', '本，都有']);
  assert.equal(wrap('引擎（專用）', 6), ['引擎', '（專', '用）']);
  assert.equal(wrap('用flask服務', 7), ['用flask', '服務']);
});

test('no line is too wide, and no word is lost', () => {
  const text = 'nginx 在啟動時查過一次 `flask` 的位址（只有一次！），http://localhost:8000/?lab=abc，之後就一直沿用。';
  for (let columns = 2; columns < 90; columns += 1) {
    const lines = wrap(text, columns);
    assert.ok(
      lines.every((line) => widthOf(line) <= columns),
      `${columns} columns`,
    );
    assert.is(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
  }
});

test('a time is at the edge, or omitted', () => {
  assert.is(atRight('a', '1 s', 8), 'a    1 s');
  assert.is(atRight('abcdefg', '1 s', 8), 'abcdefg');
});

test('durations are in seconds, from one minute on in minutes and seconds', () => {
  const shown = (ms: number) => duration(ms, 'm', 's');
  assert.equal([0, 49, 400, 12_340, 59_949].map(shown), ['0.0 s', '0.0 s', '0.4 s', '12.3 s', '59.9 s']);
  assert.equal([59_950, 65_000, 119_600, 3_600_000].map(shown), ['1 m 00 s', '1 m 05 s', '2 m 00 s', '60 m 00 s']);
  assert.equal(
    [999, 59_999, 60_000].map((ms) => elapsed(ms, '分', '秒')),
    ['0 秒', '59 秒', '1 分 00 秒'],
  );
});

test('bars are to scale, and any count above zero is visible', () => {
  assert.equal(
    [8, 4, 3, 1, 0].map((count) => bar(count, 8, 4)),
    ['████', '██', '█▌', '▌', ''],
  );
  assert.is(bar(1, 1000, 4), '▏');
  assert.is(bar(0, 0, 4), '');
});

test.run();
