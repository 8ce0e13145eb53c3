import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { nginx } from '../../../../labs/compose-scale/nginx.ts';
import { loadRubric, type Rubric, standardRubric } from '../../../../src/grade/rubric/rubric.ts';
import { capByGoals } from '../../../../src/grade/scoring/goals.ts';
import { applyOverrides } from '../../../../src/grade/scoring/overrides.ts';
import { totalOf } from '../../../../src/grade/scoring/points.ts';
import { score } from '../../../../src/grade/scoring/score.ts';
import type { Grade, GradedCheck, GradedGoal, Remark } from '../../../../src/grade/types.ts';
import { text } from '../../../../src/lab/text.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { gradedCheck, performed, type Said } from '../../../fixtures/graded.ts';

/** Goals: what their checks and deductions cost is capped at their points. */

const goal = (id: string, max: number): GradedGoal => ({ id, title: text(id, id), points: max, max });
const failed = (id: string, max: number, over: Partial<GradedCheck> = {}) =>
  gradedCheck(id, { outcome: 'failed', goal: 'one', max, points: 0, ...over });
const remark = (code: string, service?: string): Remark => ({
  code,
  ...(service === undefined ? {} : { service }),
  text: text(`ignored: ${code}`, `略過：${code}`),
});
const taken = (points: number, to?: string) => ({ remark: remark('x'), points, ...(to === undefined ? {} : { goal: to }) });
const lossesOf = ({ checks }: { readonly checks: readonly GradedCheck[] }) =>
  Object.fromEntries(checks.map(({ id, max, points }) => [id, max - points]));
const pointsOf = ({ goals }: { readonly goals?: readonly GradedGoal[] }) =>
  Object.fromEntries((goals ?? []).map(({ id, points }) => [id, points]));

test('without goals nothing is capped', () => {
  const parts = { checks: [failed('a/a', 60), failed('a/b', 60)], deductions: [taken(60)] };
  assert.is(capByGoals(parts), parts);
});

test('a goal loses at most its points: causes first, then deductions, then what follows', () => {
  const checks = [
    failed('a/follows', 4, { follows: 'a/cause' }),
    failed('a/cause', 5),
    gradedCheck('a/fine', { goal: 'one', max: 9, points: 9 }),
    failed('a/other', 3, { goal: 'two' }),
  ];
  const capped = capByGoals({ checks, deductions: [taken(4, 'one')], goals: [goal('one', 10), goal('two', 10)] });
  assert.equal(lossesOf(capped), { 'a/follows': 1, 'a/cause': 5, 'a/fine': 0, 'a/other': 3 });
  assert.equal(
    capped.checks.map((one) => one.capped),
    [3, undefined, undefined, undefined],
  );
  assert.equal(capped.deductions, [taken(4, 'one')]);
  assert.equal(pointsOf(capped), { one: 0, two: 7 });
  assert.is(totalOf(capped.checks, capped.deductions, capped.goals), 7);
});

test('a deduction is capped with its goal; one without a goal is taken from the total', () => {
  const capped = capByGoals({
    checks: [failed('a/a', 8)],
    deductions: [taken(5, 'one'), taken(3)],
    goals: [goal('one', 10), goal('two', 10)],
  });
  assert.equal(
    capped.deductions.map(({ points, capped: over }) => [points, over]),
    [
      [2, 3],
      [3, undefined],
    ],
  );
  assert.is(totalOf(capped.checks, capped.deductions, capped.goals), 7);
  assert.is(totalOf([], [taken(30)], [goal('one', 10)]), 0, 'never less than nothing');
});

test('of the points that are left, checks that were not reached lose a share', () => {
  const unreached = (id: string) => gradedCheck(id, { outcome: 'skipped', goal: 'one', max: 8, points: 4, notShown: 0.5 });
  const capped = capByGoals({
    checks: [failed('a/a', 4), unreached('b/b'), unreached('b/c')],
    deductions: [],
    goals: [goal('one', 10)],
  });
  // 6 are left, and half of them are lost, although the two checks together can cost 16
  assert.equal(lossesOf(capped), { 'a/a': 4, 'b/b': 3, 'b/c': 0 });
  assert.equal(pointsOf(capped), { one: 3 });
  const none = capByGoals({
    ...capped,
    checks: capped.checks.map((one) => (one.notShown === undefined ? one : { ...one, notShown: 0 })),
  });
  assert.equal(pointsOf(none), { one: 0 });
});

test('applied again, the result is the same', () => {
  const parts = {
    checks: [failed('a/a', 8, { follows: 'a/b' }), failed('a/b', 8), failed('a/c', 8)],
    deductions: [taken(5, 'one')],
    goals: [goal('one', 10)],
  };
  const once = capByGoals(parts);
  assert.equal(capByGoals(once), once);
});

test('points have at most two decimals', () => {
  const third = failed('a/a', 0.1);
  const capped = capByGoals({ checks: [third, failed('a/b', 0.2)], deductions: [], goals: [goal('one', 0.7)] });
  assert.equal(pointsOf(capped), { one: 0.4 });
});

const rubric = await loadRubric(standardRubric(composeScale), composeScale);
const graded = (otherwise: Readonly<Record<string, Said>>, notes: readonly Remark[] = [], over: Partial<Rubric> = {}): Grade =>
  score({ ...rubric, ...over }, nginx, performed(nginx, otherwise), notes);
const failing = (...ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, 'failed' as const]));
const lostGoals = ({ goals = [] }: Grade) =>
  Object.fromEntries(goals.filter(({ points, max }) => points < max).map(({ id, points, max }) => [id, max - points]));
const checkOf = ({ checks }: Grade, id: string) => checks.find((one) => one.id === id);

test('the grade has each goal with its points, and each check its goal', () => {
  const grade = graded({});
  assert.is(grade.points, 100);
  assert.equal(
    grade.goals?.map(({ id, points, max }) => [id, points, max]),
    Object.entries(rubric.goals ?? {}).map(([id, { points }]) => [id, points, points]),
  );
  for (const { title } of grade.goals ?? []) assertComplete(title, title.en);
  assert.ok(grade.checks.every((check) => check.goal !== undefined && check.capped === undefined));
});

/** A mistake: the checks that fail, the remarks about ignored settings, and what it costs. */
type Mistake = readonly [
  what: string,
  wrong: readonly string[],
  notes: readonly Remark[],
  lost: Readonly<Record<string, number>>,
];

const published = 'up/only-nginx-is-published';
const mistakes: readonly Mistake[] = [
  // each defeats a goal
  ['a counter in memory, or a key for each replica', ['restart/counter-is-shared'], [], { counter: 14 }],
  ['a counter that stands still', ['single/counter-rises', 'restart/counter-is-shared'], [], { counter: 14 }],
  ['a fixed name', [], [remark('container_name', 'flask')], { scaling: 14 }],
  ['a fixed host port', [published], [remark('fixed-port', 'flask')], { scaling: 14 }],
  ['a fixed address', [], [remark('ipv4_address', 'flask')], { scaling: 14 }],
  [
    'a fixed name and a fixed host port',
    [published],
    [remark('fixed-port', 'flask'), remark('container_name', 'flask')],
    { scaling: 14 },
  ],
  ['a wrong published port', ['up/nginx-publishes-its-port'], [], { stack: 12 }],
  ['uneven weights', ['restart/front-spreads-evenly'], [], { balancing: 12 }],
  ['no logs on the host', ['up/log-folder-is-mounted', 'single/access-log-gains-a-line-each'], [], { logs: 12 }],
  ['the proxy passes nothing on', ['single/hostname-is-the-replicas', 'restart/nginx-reaches-all-three'], [], { answers: 20 }],
  // hygiene
  ['a range of host ports', [published], [], { stack: 4 }],
  ['a fixed host port of Redis', [published], [remark('fixed-port', 'redis-server')], { stack: 4 }],
  ['a writable configuration', ['up/conf-is-mounted-read-only'], [], { stack: 4 }],
  ['no start order', [], [remark('order', 'nginx')], { stack: 4 }],
];
for (const [what, wrong, notes, lost] of mistakes)
  test(`what a mistake costs: ${what}`, () => {
    const grade = graded(failing(...wrong), notes);
    assert.equal(lostGoals(grade), lost);
    const all = Object.values(lost).reduce((sum, one) => sum + one, 0);
    assert.is(grade.points, 100 - all);
    const shown = [...grade.checks.map(({ max, points }) => max - points), ...grade.deductions.map(({ points }) => points)];
    assert.is(
      shown.reduce((sum, one) => sum + one, 0),
      all,
      'the losses shown add up',
    );
  });

test('a check is excused by a deduction for the same mistake', () => {
  const { excusedBy, points, max, outcome } =
    checkOf(graded(failing(published), [remark('fixed-port', 'flask')]), published) ?? {};
  assert.equal([excusedBy, points === max, outcome], ['fixed-port/flask', true, 'failed']);
  assert.is(checkOf(graded(failing(published)), published)?.excusedBy, undefined);
});

test('a mistake that defeats everything loses each goal only once', () => {
  const later = ['single/hostname-is-the-replicas', 'scale/flask-has-3-replicas', 'restart/nginx-reaches-all-three'];
  const grade = graded(failing('up/flask-has-1-replica', ...later));
  assert.equal(lostGoals(grade), { stack: 22, answers: 20, counter: 14, scaling: 14, balancing: 16 });
  assert.is(checkOf(grade, 'up/flask-has-1-replica')?.points, 0, 'the cause loses first');
  assert.is(grade.points, 14);
});

const stopped = (over: Partial<Rubric>, at = 'up', wrong: readonly string[] = []): Grade => {
  const steps = performed(nginx, failing(...wrong));
  const place = steps.findIndex(({ step }) => step === at);
  const why = text(
    '`docker compose build` ended with exit code 1:\nno such file',
    '`docker compose build` 以結束碼 1 結束：\nno such file',
  );
  return score({ ...rubric, ...over }, nginx, [...steps.slice(0, place), { step: at, results: [], stopped: { text: why } }], []);
};

test('not shown: without points, as a share of the points, or for a person to decide', () => {
  const none = stopped({ notShown: 0 });
  assert.equal([none.status, none.points, none.checks.some(({ notShown }) => notShown !== undefined)], ['graded', 0, false]);
  // the first check stands for the build and costs 12 of the stack; of the 88 points that are left, half are lost
  const half = stopped({ notShown: 0.5 });
  assert.equal([half.status, half.points], ['graded', 44]);
  assert.equal(lostGoals(half)['stack'], 17);
  assert.equal(
    [checkOf(half, 'up/flask-has-1-replica')?.notShown, checkOf(half, 'up/redis-has-1-replica')?.notShown],
    [undefined, 0.5],
  );
  assert.is(stopped({ notShown: 1 }).points, 88);
  const review = stopped({ notShown: 'review' });
  assert.equal([review.status, review.points], ['review', null]);
  assert.match(
    review.review?.en ?? '',
    /^the stack stopped, and \d+ checks were not reached: `docker compose build` ended with exit code 1: no such file$/,
  );
  if (review.review) assertComplete(review.review, 'review');
});

test('not shown: a check that a failed one excuses keeps its points', () => {
  const grade = stopped({ notShown: 0 as const }, 'restart', ['scale/flask-has-3-replicas']);
  assert.is(checkOf(grade, 'restart/nginx-reaches-all-three')?.excusedBy, undefined, 'if nothing is given for it');
  const half = stopped({ notShown: 0.5 }, 'restart', ['scale/flask-has-3-replicas']);
  const { excusedBy, points, max } = checkOf(half, 'restart/nginx-reaches-all-three') ?? {};
  assert.equal([excusedBy, points === max], ['scale/flask-has-3-replicas', true]);
  // not excused: the removal, whose first check stands for what stopped the stack, and the logs
  assert.equal(lostGoals(half), { scaling: 14, cleanup: 2, logs: 6 });
});

test('without goals, a check that was not reached keeps its share', async () => {
  const points = await loadRubric('test/fixtures/rubrics/points.yaml', composeScale);
  const steps = performed(nginx).slice(0, 4);
  const end = { step: 'down', results: [], stopped: { text: text('it wrote too much', '寫入太多') } };
  const of = (notShown: Rubric['notShown']) => score({ ...points, notShown }, nginx, [...steps, end], []);
  assert.is(of(0).points, 99);
  const two = { ...points.checks, 'down/containers-are-gone': { points: 1, after: [], visible: true } };
  const grade = score({ ...points, max: 101, checks: two, notShown: 0.5 }, nginx, [...steps, end], []);
  assert.is(grade.points, 99.5, 'the first of them stands for what stopped the stack');
  assert.is(grade.goals, undefined);
});

test('an override of a check replaces what it cost, and the caps are applied again', () => {
  const grade = graded(
    failing('single/counter-rises', 'restart/counter-is-shared', 'up/nginx-publishes-its-port', 'up/redis-has-1-replica'),
  );
  const override = (check: string, points: number) => ({ student: 's', check, points, reason: 'as agreed' });
  const two = graded(failing('up/nginx-publishes-its-port', 'up/networks-are-as-drawn'));
  assert.equal([two.points, lostGoals(two)], [78, { stack: 22 }]);
  assert.is(checkOf(two, 'up/networks-are-as-drawn')?.capped, 2);
  // 12 of the other mistake, which is not capped any more
  const after = applyOverrides(two, [override('up/nginx-publishes-its-port', 12)]);
  assert.equal([after.points, lostGoals(after)], [88, { stack: 12 }]);
  assert.is(checkOf(after, 'up/networks-are-as-drawn')?.capped, undefined);
  // a decided loss is shown as it was decided: the cap applies to the others
  const lower = applyOverrides(two, [override('up/networks-are-as-drawn', 0)]);
  assert.equal([lower.points, checkOf(lower, 'up/networks-are-as-drawn')?.points], [78, 0]);
  assert.is(checkOf(lower, 'up/nginx-publishes-its-port')?.capped, 2);
  assert.equal(applyOverrides(grade, []), grade);
});

test.run();
