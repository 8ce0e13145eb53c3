import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LabError } from '../../../src/lab/error.ts';
import { judgeChecks, needsBaseline, skippedForNeeds, verifyOnce } from '../../../src/lab/judge-checks.ts';
import { text, verbatim } from '../../../src/lab/text.ts';
import { didNotPass, errored, failed, passed, skipped, type Verdict, waiting } from '../../../src/lab/verdict.ts';
import type { World } from '../../../src/lab/world.ts';
import { fakeView, handClock, wordCheck } from '../run/fakes.ts';

/** A world with one state. */
const worldOf = (state: unknown): World => fakeView([state], handClock()).look();
const mismatch = (actual: string) => ({ expected: verbatim('yes'), actual: verbatim(actual), help: verbatim('help') });

test('checks with the same gather share one look', async () => {
  let looks = 0;
  const gather = async () => `yes ${++looks}`;
  const judge = (facts: unknown) => passed(verbatim(String(facts)));
  const judged = await judgeChecks([wordCheck('a', { gather, judge }), wordCheck('b', { gather, judge })], worldOf(''));
  assert.equal(
    [...judged.values()].map(({ evidence }) => evidence),
    ['yes 1', 'yes 1'],
  );
});

test('a check that needs a baseline gets its facts, and is skipped without them', async () => {
  const check = wordCheck('a', { needsBaseline: true, judge: (now, before) => passed(verbatim(`${before} → ${now}`)) });
  const baseline = new Map([[check.gather, 'then']]);
  assert.equal((await judgeChecks([check], worldOf('now'), { baseline })).get('a'), {
    judgement: passed(verbatim('then → now')),
    evidence: { before: 'then', now: 'now' },
  });
  assert.equal((await judgeChecks([check], worldOf('now'))).get('a'), { judgement: skipped(needsBaseline), evidence: null });
});

test('a LabError makes the check errored; a bug is thrown', async () => {
  const lost = new LabError('E_PROBE', verbatim('lost'), verbatim('hint'));
  assert.equal((await judgeChecks([wordCheck('a')], worldOf(lost))).get('a')?.judgement, errored(lost));
  const bug = new TypeError('a bug');
  assert.is(await judgeChecks([wordCheck('a')], worldOf(bug)).catch((error: unknown) => error), bug);
  const known = await judgeChecks([wordCheck('a')], worldOf(bug), { asLabError: () => lost });
  assert.equal(known.get('a')?.judgement, errored(lost));
});

test('a check is skipped if a check that it needs did not pass, with the first cause as its reason', () => {
  const claim = (id: string) => text(`${id} holds`, `${id} 成立`);
  const results = (verdict: Verdict) => new Map([['a', { claim: claim('a'), verdict }]]);
  const b = wordCheck('b', { needs: ['a'] });
  assert.is(skippedForNeeds(b, results(passed(verbatim('yes')))), undefined);
  assert.equal(skippedForNeeds(b, results(failed(mismatch('no')))), skipped(didNotPass(claim('a'))));
  assert.equal(skippedForNeeds(b, results(skipped(verbatim('the root')))), skipped(verbatim('the root')));
});

test('after one look, a check that still waits has failed, and a check that needs it is skipped', async () => {
  const checks = [wordCheck('a'), wordCheck('b', { needs: ['a'] }), wordCheck('c', { judge: () => passed(verbatim('c')) })];
  const [a, b, c] = await verifyOnce(checks, worldOf('not yet'));
  assert.equal(a, failed(mismatch('not yet')));
  assert.equal(b, skipped(didNotPass(text('a holds', 'a 成立'))));
  assert.equal(c, passed(verbatim('c')));
});

test('a judgement can be waiting, a verdict cannot', async () => {
  const check = wordCheck('a', { judge: () => waiting(mismatch('…')) });
  assert.equal((await judgeChecks([check], worldOf(''))).get('a')?.judgement, waiting(mismatch('…')));
  assert.equal(await verifyOnce([check], worldOf('')), [failed(mismatch('…'))]);
});

test.run();
