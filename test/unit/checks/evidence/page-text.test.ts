import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shortened } from '../../../../src/checks/evidence/http.ts';
import { textOfPage, withoutCode } from '../../../../src/checks/evidence/page-text.ts';

test('styles, scripts and comments are not text', () => {
  assert.is(withoutCode('<STYLE type="x">a { b: 1 }</Style >one'), ' one');
  assert.is(withoutCode('one<script>if (1 < 2) a("</b>")</script>two<!-- <b>3</b> -->three'), 'one two three');
  assert.is(withoutCode('one<style>never closed'), 'one ');
  assert.is(withoutCode('one <styled>two</styled>'), 'one <styled>two</styled>');
});

test('tags and named characters are not text', () => {
  assert.is(textOfPage('<td width="300">1&nbsp;000</td>&#128075;<b>x</b>'), ' 1\u00a0000   x ');
});

test('a long style does not push the text out of what is kept', () => {
  const page = `<style>${'a { margin: 0 }'.repeat(1000)}</style><p>seen 7 times by host-f1</p>`;
  assert.match(shortened(page), 'seen 7 times by host-f1');
  assert.is(shortened('<style>a</style>b'), '<style>a</style>b');
});

test('a hostile page is read once', () => {
  for (const part of ['<style', '<style>', '<script>', '<!--', '</style', '<'])
    assert.ok(withoutCode(part.repeat(64_000 / part.length)).length <= 64_001);
});

test.run();
