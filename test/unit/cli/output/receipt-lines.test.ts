import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { receiptDocument, receiptLines } from '../../../../src/cli/output/receipt-lines.ts';
import { verbatim } from '../../../../src/lab/text.ts';
import { passed } from '../../../../src/lab/verdict.ts';
import type { CheckFinding, JudgedReceipt } from '../../../../src/learn/receipt/judge-receipt.ts';
import { version } from '../../../../src/platform/package-root.ts';
import { screenOf } from '../../../../src/report/terminal/screen.ts';

const test = suite('lines about a receipt');

const screen = screenOf({ isTTY: false } as NodeJS.WriteStream, {});
const step = {
  key: 'scale/out',
  title: verbatim('Scale out'),
  at: '2026-01-01T09:00:00Z',
  hints: 1,
  solutionShown: true,
  performed: false,
};
const judged = (finding: CheckFinding, more: Partial<JudgedReceipt> = {}): JudgedReceipt => ({
  receipt: {
    version: 1,
    labwright: version,
    tutorial: { id: 'small', title: verbatim('Small'), digest: 'x', steps: 4 },
    folder: 'small/base',
    startedAt: '2026-01-01T08:00:00Z',
    engine: { kind: 'private', version: '29.0.0', compose: '2.40.0' },
    steps: [{ ...step }],
  },
  judgedBy: 'small',
  tutorial: 'same',
  possible: 1,
  confirmed: finding === 'confirmed',
  steps: [
    {
      step,
      title: step.title,
      finding: finding === 'confirmed' ? 'confirmed' : 'not-confirmed',
      checks: [{ id: 'three', claim: verbatim('three run'), finding, verdict: passed(verbatim('2 run\u001b[31m')) }],
    },
  ],
  ...more,
});

test('a confirmed step is one line, with the help that was used; what a receipt shows and does not show', () => {
  const en = receiptLines(screen, 'en', judged('confirmed'));
  assert.match(en, 'Receipt: small, folder small/base\nbegun 2026-01-01T08:00:00Z\n');
  assert.match(
    en,
    '\n  ✓ scale/out  Scale out  (1 hint; solution shown)\n\n1 of 1 step of this part of the tutorial confirmed. The receipt has 1.',
  );
  assert.match(en, 'they can be made up');
  assert.not.match(en, 'three run');
  assert.match(receiptLines(screen, 'zh-TW', judged('confirmed')), '可以捏造');
});

test('what the receipt says about the end and the number of steps is shown only if it is confirmed', () => {
  const { receipt } = judged('confirmed');
  const finished = { ...receipt, finishedAt: '2026-01-01T09:00:00Z', tutorial: { ...receipt.tutorial, steps: 1 } };
  assert.match(receiptLines(screen, 'en', judged('confirmed', { receipt: finished })), ', finished 2026-01-01T09:00:00Z');
  const partial = judged('confirmed', { receipt: finished, possible: 10, confirmed: false });
  const lines = receiptLines(screen, 'en', partial);
  assert.not.match(lines, 'finished');
  assert.match(lines, '1 of 10 steps of this part of the tutorial confirmed. The receipt has 1.');
  assert.equal(receiptDocument(partial, 'en').counts, { confirmed: 1, recorded: 1, part: 10 });
  assert.match(receiptLines(screen, 'zh-TW', partial), '共有 10 個步驟，已確認 1 個');
});

test('a check that is not confirmed is shown with why, and what the facts show', () => {
  const lines = receiptLines(screen, 'en', judged('changed'));
  assert.match(lines, '  ✗ scale/out  Scale out');
  assert.match(lines, '    ✗ three run (three)\n      the recorded facts have another result: 2 run');
  assert.not.match(lines, '\u001b');
  assert.match(receiptLines(screen, 'zh-TW', judged('absent')), '學習紀錄缺少這項檢查');
});

test('another tutorial, another version, another labwright', () => {
  const other = receiptLines(screen, 'en', judged('confirmed', { tutorial: 'other', judgedBy: 'large', steps: [] }));
  assert.match(other, 'The receipt is of the tutorial small, not large. Nothing was judged.');
  assert.match(
    receiptLines(screen, 'en', judged('confirmed', { tutorial: 'other-version' })),
    'another version of this tutorial',
  );
  const { receipt } = judged('confirmed');
  const old = judged('confirmed', { receipt: { ...receipt, labwright: '0.0.1' } });
  assert.match(receiptLines(screen, 'en', old), `labwright 0.0.1 wrote the receipt, and this is ${version}`);
});

test('the same for programs', () => {
  const document = receiptDocument(judged('changed'), 'en');
  assert.is(document.confirmed, false);
  assert.equal(document.tutorial, { id: 'small', is: 'same' });
  assert.equal(document.steps[0]?.checks[0], {
    id: 'three',
    claim: 'three run',
    finding: 'changed',
    outcome: 'passed',
    actual: '2 run[U+001B][31m',
  });
});

test.run();
