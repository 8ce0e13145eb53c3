import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { markOf } from '../../../../../../src/learn/web/page/bar/steps.ts';
import { opensByItself } from '../../../../../../src/learn/web/page/checks/details.ts';
import { receiptSteps } from '../../../../../../src/learn/web/page/receipt/receipt.ts';
import { actionText, grouped, helpOf, shortened, wordsOf } from '../../../../../../src/learn/web/page/words/words.ts';
import { content, learnStates, runStates } from '../../../../../fixtures/page-states.ts';

const { checks } = learnStates.hints;
const at = '2026-07-04T06:14:03Z';

test('the reason is open for a lost check, and for the first open one if asked or new', () => {
  const opens = (index: number, more: { asked?: boolean; first?: Record<string, string> }) => {
    const check = checks[index];
    if (!check) throw new TypeError('no check');
    return opensByItself(check, { asked: false, ...more, checks });
  };
  assert.is(opens(4, {}), true);
  assert.is(opens(0, {}), false);
  assert.is(opens(0, { asked: true }), true);
  assert.is(opens(0, { first: { 'flask-has-3-replicas': 'none' } }), true);
  assert.is(opens(3, { asked: true }), false);
});

test('the current step is current until it passes, also if it passed before', () => {
  assert.is(markOf('setup/up', learnStates.working, undefined), 'passed');
  assert.is(markOf('scale/out', { ...learnStates.working, progress: learnStates.passed.progress }, undefined), 'current');
  assert.is(markOf('scale/out', learnStates.passed, undefined), 'passed');
  assert.is(markOf('setup/count', undefined, runStates.running), 'failed');
  assert.is(markOf('balance/even', undefined, runStates.running), 'open');
});

test('the receipt shows evidence of the file, and of the current step without it', () => {
  const data = {
    steps: [
      {
        key: 'setup/up',
        checks: [
          { claim: { en: 'it runs' }, actual: { en: 'yes' } },
          { claim: { en: 'x' }, actual: null },
        ],
      },
    ],
  };
  const steps = receiptSteps(content, learnStates.passed, data);
  assert.equal(steps[0]?.checks, [
    { claim: { en: 'it runs', 'zh-TW': 'it runs' }, seen: { en: 'yes', 'zh-TW': 'yes' } },
    { claim: { en: 'x', 'zh-TW': 'x' } },
  ]);
  assert.is(steps[2]?.checks.length, 4);
  assert.is(steps[6]?.at, undefined);
});

test('actions, numbers and what cannot be undone, in both languages', () => {
  assert.is(actionText({ kind: 'exec', at, what: 'client: ping flask' }, wordsOf('zh-TW')), '在 client 裡：ping flask');
  assert.is(actionText({ kind: 'engine', at, what: 'lab-web-1 die' }, wordsOf('en')), 'lab-web-1 ended');
  assert.is(actionText({ kind: 'engine', at, what: 'odd' }, wordsOf('en')), 'odd');
  assert.is(grouped(1234567), '1,234,567');
  assert.equal([shortened(999), shortened(12_900)], ['999', '12k']);
  assert.match(
    helpOf({ help: { en: 'x', 'zh-TW': 'x' }, lasting: { service: 'web', how: 'stopped' } }, 'en'),
    /^You stopped web; .*Reset/,
  );
});

test.run();
