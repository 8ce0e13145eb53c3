import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckResult } from '../../../src/lab/event.ts';
import { text } from '../../../src/lab/text.ts';
import { failed } from '../../../src/lab/verdict.ts';
import { checkOf } from '../../../src/report/serialize.ts';
import { renderCheck } from '../../../src/report/terminal/check-lines.ts';
import { fakeScreen } from '../../fixtures/screen.ts';

/** The log tail of a service follows what was seen, dim, line by line. */

const result: CheckResult = {
  id: 'flask-is-ready',
  claim: text('the app takes requests', '應用程式能接受請求'),
  outcome: 'failed',
  verdict: failed({
    expected: text('an answer', '有回應'),
    actual: text('it ended', '它結束了'),
    help: text('read its log', '看日誌'),
    said: { service: 'flask', lines: ['Traceback (most recent call last):', '  File "app.py", line 3', 'KeyError: 無'] },
  }),
  evidence: null,
  looks: 1,
  durationMs: 0,
};
const rendered = (lang: 'en' | 'zh-TW', color = false) =>
  renderCheck({ columns: 80, lang, paint: fakeScreen({ color }).screen.paint }, result);

test('the log tail in both languages', () => {
  assert.equal(rendered('en'), [
    '    ✗ the app takes requests',
    '      expected  an answer',
    '      saw       it ended',
    '      its log   Traceback (most recent call last):',
    '                  File "app.py", line 3',
    '                KeyError: 無',
    '      try next  read its log',
  ]);
  assert.equal(rendered('zh-TW').slice(3, 6), [
    '      日誌    Traceback (most recent call last):',
    '                File "app.py", line 3',
    '              KeyError: 無',
  ]);
});

test('the log tail is dim, to distinguish it from text of labwright', () => {
  const dim = (line = '') => line.endsWith('\x1b[22m') && line.includes('\x1b[2m');
  const [, expected, , first, second] = rendered('en', true);
  assert.equal([dim(expected), dim(first), dim(second)], [false, true, true]);
});

test('the log tail in the report for programs', () => {
  assert.equal(checkOf(result, 'en').said, {
    service: 'flask',
    lines: ['Traceback (most recent call last):', '  File "app.py", line 3', 'KeyError: 無'],
  });
});

test.run();
