import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nginx } from '../../../../labs/compose-scale/nginx.ts';
import type { StepDone } from '../../../../src/grade/scoring/check-results.ts';
import { type EndOfFailing, FailureWatch } from '../../../../src/grade/substitution/watch-failure.ts';
import { text } from '../../../../src/lab/text.ts';
import { performed, type Said } from '../../../fixtures/graded.ts';
import { seen } from '../../../fixtures/substitution.ts';

const priced = { points: 4, after: [], visible: true };
const rubric = {
  foundation: ['up/flask-has-1-replica'],
  works: ['single/hostname-is-the-replicas'],
  checks: { 'single/hostname-is-the-replicas': priced, 'single/nginx-was-asked': { ...priced, points: 0 } },
};
const silent = { 'single/hostname-is-the-replicas': 'failed' } as const;

/** Performs steps until the run ends; returns their number, how often the stack was looked at, and the steps as they are scored. */
async function watched(end: EndOfFailing, status: number, otherwise: Readonly<Record<string, Said>> = silent) {
  let looks = 0;
  const watch = new FailureWatch({
    ...{ rubric, lab: nginx, end },
    look: async () => {
      looks++;
      // once the last step has removed everything, nothing answers
      return seen({}, { status: looks === 1 ? status : 0 });
    },
  });
  const all = performed(nginx, otherwise);
  const done: StepDone[] = [];
  for (const step of all) {
    done.push(step);
    if (await watch.after(done)) break;
  }
  return { steps: done.length, looks, evidence: watch.evidence, scored: watch.ended(done) };
}

test('a run ends at the first step in which nothing comes back, after one look', async () => {
  const { steps, looks, evidence, scored } = await watched('seen', 502);
  assert.equal([steps, looks, evidence?.status], [2, 1, 502]);
  assert.match(scored.at(-1)?.stopped?.text.en ?? '', /^not tried as handed in/);
});

test('an answer that is wrong does not end it, and it is looked at only once', async () => {
  const { steps, looks, evidence, scored } = await watched('seen', 200);
  assert.equal([steps, looks, evidence, scored.some(({ stopped }) => stopped)], [5, 1, undefined, false]);
});

test('a run that works, or that is performed to its end, is not looked at', async () => {
  assert.equal([(await watched('seen', 502, {})).looks, (await watched('never', 502)).looks], [0, 0]);
  assert.is((await watched('never', 502)).steps, 5);
});

test('a run with a part replaced ends without a look', async () => {
  const { steps, looks, scored } = await watched('at-once', 502);
  assert.equal([steps, looks, scored.at(-1)?.stopped], [2, 0, undefined]);
});

test('of an exam, a run ends after the first check that costs points, without a look', async () => {
  const { steps, looks, scored } = await watched('at-first-failure', 200);
  assert.equal([steps, looks], [2, 0]);
  assert.match(scored.at(-1)?.stopped?.text.en ?? '', /^not tried, because an earlier check failed/);
  const free = await watched('at-first-failure', 200, { 'single/nginx-was-asked': 'failed' });
  assert.equal([free.steps, free.scored.some(({ stopped }) => stopped)], [5, false]);
});

test('a step that fails because of what the grader lacks, and the reason of a failed command, stay', async () => {
  const limited = { step: 'up', results: [], stopped: { text: text('x', '無') }, limited: text('x', '無') };
  const watch = new FailureWatch({ rubric, lab: nginx, end: 'seen', look: async () => seen() });
  assert.is(await watch.after([limited]), false);
  const failed = [{ step: 'up', results: [], stopped: { text: text('exit code 1', '結束碼 1') } }];
  assert.is(await watch.after(failed), true);
  assert.equal(watch.ended(failed), failed);
});

test.run();
