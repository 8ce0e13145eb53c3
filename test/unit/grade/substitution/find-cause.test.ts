import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findCause, type Trial } from '../../../../src/grade/substitution/find-cause.ts';
import type { Grade } from '../../../../src/grade/types.ts';
import { text } from '../../../../src/lab/text.ts';
import { grade, gradedCheck } from '../../../fixtures/graded.ts';
import { loadedReference, project, seen } from '../../../fixtures/substitution.ts';

const reference = await loadedReference();
const handedIn = { composeFile: 'compose.yaml', composeText: '', built: {} };
const prices = Object.fromEntries(['conf', 'flask', 'networks', 'redis', 'nginx'].map((part) => [part, { points: 5 }]));

const seenByStudent = grade({
  points: 0,
  checks: [
    gradedCheck('up/one', { outcome: 'failed', points: 0, actual: text('HTTP 502', 'HTTP 502') }),
    gradedCheck('up/two', { outcome: 'skipped', points: 10, excusedBy: 'up/one' }),
  ],
});

/** Finds the cause where these parts make the stack work; returns the grade and the parts that were tried. */
async function found(works: readonly string[], trial: Partial<Grade> = {}, most = 9) {
  const tried: string[] = [];
  const run = async (part: string): Promise<Trial | undefined> => {
    if (tried.length >= most) return undefined;
    tried.push(part);
    return { works: works.includes(part), grade: grade(works.includes(part) ? trial : { points: 0 }) };
  };
  const result = await findCause(seenByStudent, { project, handedIn, reference, evidence: seen(), prices, run });
  return { tried, found: result, result: result ?? seenByStudent };
}

test('parts are replaced until the stack works: that part is the cause, and costs its points', async () => {
  const { tried, result } = await found(['flask', 'networks']);
  assert.equal(tried, ['conf', 'flask']);
  assert.equal([result.points, result.cause?.part, result.cause?.points], [15, 'flask', 5]);
  assert.equal(
    result.deductions.map(({ remark, points }) => [remark.code, remark.service, points]),
    [['cause', 'web', 5]],
  );
});

test('a check that did not pass as handed in has its points, and still shows what was seen', async () => {
  const { result } = await found(['conf']);
  const [one, two] = result.checks;
  assert.equal([one?.outcome, one?.points, one?.repaired, one?.actual?.en], ['failed', 10, true, 'HTTP 502']);
  assert.equal([two?.outcome, two?.points, two?.repaired, two?.excusedBy], ['skipped', 10, true, undefined]);
});

test('a check that also fails with the part replaced costs its points', async () => {
  const checks = [
    gradedCheck('up/one', { outcome: 'failed', points: 0, actual: text('seen later', '之後看到') }),
    gradedCheck('up/two'),
  ];
  const { result } = await found(['conf'], { checks, points: 10 });
  assert.equal([result.points, result.checks[0]?.repaired, result.checks[0]?.actual?.en], [5, undefined, 'seen later']);
  assert.match(
    result.cause?.text.en ?? '',
    /^proxy\/site\.conf is the cause: with the reference configuration the stack works\./,
  );
});

test('if no part alone is the cause, or the time is over, there is none', async () => {
  const none = await found([]);
  assert.equal([none.tried.length, none.found], [4, undefined]);
  const late = await found(['networks'], {}, 1);
  assert.equal([late.tried, late.found], [['conf'], undefined]);
});

test('a stack that works but cannot be judged needs review', async () => {
  const { result } = await found(['conf'], { status: 'review', points: null, review: text('an error', '錯誤') });
  assert.equal([result.status, result.points, result.cause], ['review', null, undefined]);
});

test.run();
