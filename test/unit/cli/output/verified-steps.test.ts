import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { verifiedSteps } from '../../../../src/cli/output/verified-steps.ts';
import type { CheckResult } from '../../../../src/lab/event.ts';
import type { Lang } from '../../../../src/lab/text.ts';
import { verbatim } from '../../../../src/lab/text.ts';
import { failed, passed, skipped, type Verdict } from '../../../../src/lab/verdict.ts';
import { nextStep, type Progress, type StepState } from '../../../../src/run/learner/progress.ts';
import { fakeScreen } from '../../../fixtures/screen.ts';

const result = (verdict: Verdict): CheckResult => ({
  ...{ id: 'a', claim: verbatim('three run'), outcome: verdict.outcome, verdict, evidence: null, looks: 1, durationMs: 1 },
});
const one = failed({ expected: verbatim('3'), actual: verbatim('1'), help: verbatim('docker compose up -d') });
const state = (labId: string, at: number, progress: Progress, ...verdicts: Verdict[]): StepState => {
  const lab = composeScale.labs.find(({ id }) => id === labId);
  const step = lab?.steps[at];
  if (!lab || !step) throw new Error(`no step ${at} of ${labId}`);
  return { lab, step, progress, results: verdicts.map(result) };
};
const shown = (states: readonly StepState[], lang: Lang = 'en', options: Parameters<typeof fakeScreen>[0] = {}) => {
  const next = nextStep(states);
  const more = { project: 'p', dir: '/p', sent: 5, composeLine: 'docker-compose' };
  return verifiedSteps(fakeScreen(options).screen, lang, { states, ...(next ? { next } : {}), ...more });
};
const begun = [
  state('scale', 0, 'not-seen', one, one, one, skipped(verbatim('later'))),
  state('scale', 1, 'not-seen', passed(verbatim('1'))),
];

test('what is done, the next step, and what is missing for it, in the words of the Compose command that exists', () => {
  assert.is(
    shown(begun),
    `Project p (/p)

  › scale/out  Scale out to three
  · scale/in   Scale in to one  (true before, too)

0 of 2 done. Next: scale/out, Scale out to three
  three run
    expected  3
    saw       1
    try next  docker-compose up -d
  three run
    expected  3
    saw       1
    try next  docker-compose up -d
  1 more not seen yet
    hint      The number of replicas is an option of the command that starts the stack.

labwright sent 5 requests to your stack. They do not count as yours.
`,
  );
});

test('the same in Chinese', () => {
  const output = shown(begun, 'zh-TW');
  assert.match(output, '  · scale/in   縮減為一個  (原本就成立)\n\n已完成 0／2。下一步：scale/out，擴展為三個\n');
  assert.match(output, '    預期    3\n    實際    1\n    下一步  docker-compose up -d\n');
  assert.match(output, '\n  另有 1 項尚未看到\n');
});

test('nothing is red: a step that is not done yet is no mistake', () => {
  assert.not.match(shown(begun, 'en', { color: true }), '\u001b[31m');
});

test('one step alone: its checks; one that could not be made says why', () => {
  const output = shown([state('scale', 0, 'done', passed(verbatim('3')), skipped(verbatim('it must be observed')))]);
  assert.match(output, '(1 not visible in one look)\n    ✓ three run: 3\n    – three run: it must be observed\n\nDone.\n');
});

test('on a narrow terminal, no line is longer than the screen', () => {
  const lines = shown(begun, 'en', { interactive: true, columns: 60 }).split('\n');
  assert.equal(
    lines.filter((line) => line.length > 60),
    [],
  );
});

test.run();
