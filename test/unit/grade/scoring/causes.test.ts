import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faultOf, headline, mistakesOf } from '../../../../src/grade/scoring/causes.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import { gradedCheck } from '../../../fixtures/graded.ts';

const failed = (id: string, over: Parameters<typeof gradedCheck>[1] = {}) =>
  gradedCheck(id, { outcome: 'failed', points: 0, ...over });

test('a fault is what was seen, not the claim, in both languages', () => {
  const writable = failed('up/conf', {
    claim: text("nginx's configuration is mounted read-only", 'nginx 的設定檔以唯讀方式掛載'),
    actual: text('a writable bind mount', '可寫入的 bind mount'),
    expected: text('a read-only bind mount of nginx.conf', 'nginx.conf 是唯讀的 bind mount'),
  });
  assert.equal(
    faultOf(writable),
    text(
      'a writable bind mount (expected: a read-only bind mount of nginx.conf)',
      '可寫入的 bind mount（預期：nginx.conf 是唯讀的 bind mount）',
    ),
  );
});

test('the last line of a log is part of the fault: it names the cause', () => {
  const said = { service: 'web', lines: ['starting', "SyntaxError: '(' was never closed", ''] };
  const crashed = failed('up/web', { actual: verbatim('0 running'), said });
  assert.is(faultOf(crashed).en, "0 running; log of web: SyntaxError: '(' was never closed");
  assert.is(faultOf(crashed)['zh-TW'], "0 running；web 的日誌：SyntaxError: '(' was never closed");
});

test('without anything seen: why it was not checked, or the claim is denied', () => {
  const because = text(
    '`docker compose build` ended with exit code 1:\nno such file\nmore',
    '以結束碼 1 結束：\nno such file\nmore',
  );
  const stopped = gradedCheck('up/web', { outcome: 'skipped', points: 0, because });
  assert.is(faultOf(stopped).en, 'not checked: `docker compose build` ended with exit code 1: no such file');
  assert.is(faultOf(stopped)['zh-TW'], '沒有檢查：以結束碼 1 結束：no such file');
  assert.is(faultOf(failed('up/web')).en, 'not: the claim of up/web');
  assert.is(faultOf(gradedCheck('up/web', { points: 5 })).en, 'the teacher decided the points');
});

test('an answer of several lines is one short line', () => {
  const { en } = faultOf(failed('up/web', { actual: verbatim(`"<html>\n${'x'.repeat(5000)}"`), expected: verbatim('a number') }));
  assert.match(en, /^"<html> x+… \(expected: a number\)$/);
  assert.ok(en.length < 280);
});

test('mistakes: the most expensive first, each with what follows from it', () => {
  const checks = [
    failed('up/log', { max: 3 }),
    failed('up/web', { max: 4 }),
    failed('one/answers', { max: 20, follows: 'up/web' }),
    gradedCheck('one/log', { outcome: 'skipped', excusedBy: 'up/web' }),
    failed('down/x', { max: 1, follows: 'hidden/root' }),
    gradedCheck('up/fine'),
    failed('up/worthless', { max: 0 }),
  ];
  assert.equal(
    mistakesOf(checks).map(({ check, dependents, lost }) => [check.id, dependents.map(({ id }) => id), lost]),
    [
      ['up/web', ['one/answers', 'one/log'], 24],
      ['up/log', [], 3],
      ['down/x', [], 1],
    ],
  );
});

test('a headline keeps what a colon announces', () => {
  assert.is(headline(verbatim('one\ntwo')).en, 'one');
  assert.is(headline(verbatim('one:\n two\nthree')).en, 'one: two');
  assert.is(headline(text('one:\n', '一：\n'))['zh-TW'], '一');
});

test.run();
