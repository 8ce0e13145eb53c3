import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { nginx } from '../../../../labs/compose-scale/nginx.ts';
import { loadRubric, type Rubric } from '../../../../src/grade/rubric/rubric.ts';
import { type StepDone, score, settledBy } from '../../../../src/grade/scoring/score.ts';
import type { Grade, GradedCheck, Remark } from '../../../../src/grade/types.ts';
import { needsBaseline } from '../../../../src/lab/judge-checks.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import { skipped } from '../../../../src/lab/verdict.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { performed, type Said } from '../../../fixtures/graded.ts';

/** Without goals: each check costs its own points. */
const rubric = await loadRubric('test/fixtures/rubrics/points.yaml', composeScale);
const graded = (otherwise: Readonly<Record<string, Said>> = {}, over: Partial<Rubric> = {}): Grade =>
  score({ ...rubric, ...over }, nginx, performed(nginx, otherwise), []);
const checkOf = (grade: Grade, id: string): GradedCheck => {
  const check = grade.checks.find((one) => one.id === id);
  assert.ok(check, id);
  return check as GradedCheck;
};
const failing = (...ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, 'failed' as const]));
const remark = (code: string, service?: string): Remark => ({
  code,
  ...(service === undefined ? {} : { service }),
  text: text(`set aside: ${code}`, `略過：${code}`),
});

test('a check that holds has its points, and shows what was seen', () => {
  const grade = graded();
  assert.equal([grade.status, grade.points, grade.max, grade.durationMs], ['graded', 100, 100, 0]);
  assert.equal(
    grade.checks.map(({ id }) => id),
    Object.keys(rubric.checks),
  );
  const check = checkOf(grade, 'up/networks-are-as-drawn');
  assert.equal([check.outcome, check.max, check.points, check.actual], ['passed', 8, 8, verbatim('1')]);
  assert.is(check.visible, true);
  assert.is(checkOf(grade, 'single/nginx-was-asked').visible, false);
  assert.ok(grade.checks.every((one) => one.excusedBy === undefined));
  assert.is(grade.review, undefined);
});

test('a check that failed by itself names the files in which the mistake can be; one that follows from it does not', () => {
  const otherwise = failing('single/counter-rises', 'restart/counter-is-shared', 'up/flask-started-before-nginx');
  const grade = score(rubric, nginx, performed(nginx, otherwise), [], ({ roles }) => [{ file: `of ${roles.join(' and ')}` }]);
  const placed = grade.checks.flatMap(({ id, places }) => (places ? [[id, ...places.map(({ file }) => file)]] : []));
  assert.equal(placed, [
    ['up/flask-started-before-nginx', 'of flask and nginx'],
    ['single/counter-rises', 'of '],
  ]);
});

test('a failed check has no points, and shows what was expected, what was seen and what to try', () => {
  const grade = graded(failing('up/flask-started-before-nginx'));
  assert.is(grade.points, 97);
  const { outcome, points, expected, actual, help } = checkOf(grade, 'up/flask-started-before-nginx');
  assert.equal(
    [outcome, points, expected, actual, help],
    ['failed', 0, verbatim('1'), verbatim('2'), verbatim('docker compose up -d')],
  );
});

/** The checks that fail for this mistake of a student (others are skipped because of it), and the points it costs. */
const mistakes: readonly (readonly [what: string, wrong: readonly string[], lost: number])[] = [
  ['redis on the frontend too', ['up/networks-are-as-drawn'], 8],
  ['flask published', ['up/only-nginx-is-published'], 3],
  ['no port published', ['up/nginx-publishes-its-port'], 4],
  ['conf writable', ['up/conf-is-mounted-read-only'], 4],
  ['conf baked into an image', ['up/conf-is-mounted-read-only', 'up/conf-is-the-same-file'], 4],
  ['no depends_on', ['up/flask-started-before-nginx'], 3],
  ['logs not mounted', ['up/log-folder-is-mounted', 'single/access-log-gains-a-line-each', 'down/logs-are-still-on-the-host'], 3],
  ['access log off', ['single/access-log-gains-a-line-each', 'down/logs-are-still-on-the-host'], 3],
  ['a counter that stands still', ['single/counter-rises', 'restart/counter-is-shared'], 5],
  ['a counter in memory', ['restart/counter-is-shared'], 3],
  ['answers cached', ['single/counter-rises', 'restart/nginx-reaches-all-three'], 13],
  ['ip_hash', ['restart/nginx-reaches-all-three'], 8],
  ['uneven weights', ['restart/front-spreads-evenly'], 2],
  ['can not be scaled', ['scale/flask-has-3-replicas', 'restart/flask-has-3-replicas'], 10],
  [
    'wrong port behind nginx',
    ['single/hostname-is-the-replicas', 'scale/nginx-still-reaches-one', 'restart/nginx-reaches-all-three'],
    20,
  ],
  [
    'an app that makes its hostname up',
    [
      'single/hostname-is-the-replicas',
      'scale/nginx-still-reaches-one',
      'scale/each-flask-answers',
      'restart/nginx-reaches-all-three',
    ],
    20,
  ],
  [
    'conf not mounted',
    [
      'up/conf-is-mounted-read-only',
      'up/conf-is-the-same-file',
      'single/hostname-is-the-replicas',
      'scale/nginx-still-reaches-one',
      'restart/nginx-reaches-all-three',
    ],
    24,
  ],
  [
    'flask listens on 127.0.0.1',
    [
      'up/flask-is-ready',
      'single/hostname-is-the-replicas',
      'scale/flask-is-ready',
      'scale/nginx-still-reaches-one',
      'restart/flask-is-ready',
      'restart/nginx-reaches-all-three',
    ],
    21,
  ],
  [
    'flask can not reach redis: it is on the frontend alone',
    [
      'up/networks-are-as-drawn',
      'single/hostname-is-the-replicas',
      'scale/nginx-still-reaches-one',
      'restart/nginx-reaches-all-three',
    ],
    28,
  ],
  [
    'nginx does not start: nothing excuses what was not shown',
    [
      'up/nginx-has-1-replica',
      'single/hostname-is-the-replicas',
      'scale/nginx-is-untouched',
      'scale/nginx-was-not-restarted',
      'scale/nginx-still-reaches-one',
      'restart/nginx-has-1-replica',
      'down/logs-are-still-on-the-host',
    ],
    // up: 4 + 4 + 8 + 2 + 5 + 3 + 3 + 1; single: 29; scale: 1 + 2; restart: 8 + 2 + 3; down: nothing, because an nginx that ended may have written a line
    75,
  ],
];
for (const [what, wrong, lost] of mistakes)
  test(`a mistake costs its points only once: ${what}`, () => {
    const grade = graded(failing(...wrong));
    assert.is(
      grade.points,
      100 - lost,
      grade.checks
        .filter(({ points, max }) => points < max)
        .map(({ id }) => id)
        .join(', '),
    );
  });

test('an excused check names the check that already cost points', () => {
  const grade = graded(
    failing('single/hostname-is-the-replicas', 'scale/nginx-still-reaches-one', 'restart/nginx-reaches-all-three'),
  );
  const by = 'single/hostname-is-the-replicas';
  assert.equal([checkOf(grade, by).points, checkOf(grade, by).excusedBy], [0, undefined]);
  const still = checkOf(grade, 'scale/nginx-still-reaches-one');
  assert.equal([still.outcome, still.points, still.excusedBy], ['failed', 2, by]);
  const counter = checkOf(grade, 'single/counter-rises');
  assert.equal([counter.outcome, counter.points, counter.excusedBy], ['skipped', 5, by]);
  // through `restart/nginx-reaches-all-three`, which costs nothing itself
  assert.is(checkOf(grade, 'restart/front-spreads-evenly').excusedBy, by);
  // a check that holds needs no excuse
  assert.is(checkOf(grade, 'scale/each-flask-answers').excusedBy, undefined);
});

test('a check in `after` that holds excuses nothing, whatever failed before it', () => {
  const checks = {
    ...rubric.checks,
    'restart/front-spreads-evenly': { points: 2, after: ['restart/nginx-reaches-all-three'], visible: true },
  };
  const wrong = failing('single/hostname-is-the-replicas', 'restart/front-spreads-evenly');
  const evenly = checkOf(graded(wrong, { checks }), 'restart/front-spreads-evenly');
  assert.equal([evenly.outcome, evenly.points, evenly.excusedBy], ['failed', 0, undefined]);
});

test('a check in `after` that was only skipped excuses nothing', () => {
  const checks = {
    ...rubric.checks,
    'up/conf-is-the-same-file': { points: 1, after: ['up/nginx-cannot-reach-redis'], visible: true },
  };
  const wrong = failing('up/networks-are-as-drawn', 'up/conf-is-the-same-file');
  // reach is skipped because of the networks and excused by them, so a check after it is excused too
  assert.is(checkOf(graded(wrong, { checks }), 'up/conf-is-the-same-file').excusedBy, 'up/networks-are-as-drawn');
  const unexcused = { ...checks, 'up/nginx-cannot-reach-redis': { points: 1, after: [], visible: true } };
  const grade = graded(wrong, { checks: unexcused });
  assert.is(checkOf(grade, 'up/nginx-cannot-reach-redis').points, 0);
  assert.equal(
    [checkOf(grade, 'up/conf-is-the-same-file').points, checkOf(grade, 'up/conf-is-the-same-file').excusedBy],
    [0, undefined],
  );
});

test('a check skipped for a failed need loses its points; one skipped by its own verdict keeps them', () => {
  const lost = checkOf(graded(failing('up/nginx-has-1-replica')), 'up/log-folder-is-mounted');
  assert.equal([lost.outcome, lost.points], ['skipped', 0]);
  assert.match(lost.because?.en ?? '', /nginx.* did not pass/);
  const grade = graded({ 'scale/nginx-still-reaches-one': 'apart' });
  const apart = checkOf(grade, 'scale/nginx-still-reaches-one');
  assert.equal([apart.outcome, apart.points, apart.because?.en], ['skipped', 2, 'it looks the name up by itself']);
  assert.is(grade.points, 100);
});

test('a check that needs one skipped by its own verdict keeps its points', () => {
  const grade = graded({ 'up/networks-are-as-drawn': 'apart' });
  assert.is(checkOf(grade, 'up/nginx-cannot-reach-redis').outcome, 'skipped');
  assert.is(grade.points, 100);
});

test('a check that could not be determined needs review: no points, and the checks with their reasons', () => {
  const grade = graded({ 'up/networks-are-as-drawn': 'errored', 'up/only-nginx-is-published': 'failed' });
  assert.equal([grade.status, grade.points], ['review', null]);
  assert.match(
    grade.review?.en ?? '',
    /^these could not be judged: up\/networks-are-as-drawn \(E_PROBE: the probe ended\), up\/nginx-cannot-resolve-redis \(.* could not be determined\), .*up\/flask-is-ready/,
  );
  if (grade.review) assertComplete(grade.review, 'review');
  assert.is(checkOf(grade, 'up/networks-are-as-drawn').because?.['zh-TW'], 'E_PROBE：探測中斷了');
  assert.is(checkOf(grade, 'up/flask-is-ready').outcome, 'errored');
  assert.is(checkOf(grade, 'up/only-nginx-is-published').points, 0);
});

const stoppedAt = (at: string, results: 'none' | 'half' = 'none'): StepDone[] => {
  const steps = performed(nginx, failing('up/networks-are-as-drawn'));
  const place = steps.findIndex(({ step }) => step === at);
  const kept = results === 'half' ? (steps[place]?.results.slice(0, 1) ?? []) : [];
  const said = { service: 'flask', lines: ['Killed'] };
  return [...steps.slice(0, place), { step: at, results: kept, stopped: { text: stoppedBy, said } }];
};
const stoppedBy = text('out of memory:\nKilled in line 3', '記憶體不足：\nKilled in line 3');

test('after a stack stopped, checks that were not judged lose their points, and nothing excuses them', () => {
  const grade = score(rubric, nginx, stoppedAt('scale'), []);
  assert.equal([grade.status, grade.points], ['graded', 40 - 8 + 29]);
  const [first, second] = grade.checks.filter(({ id }) => id.startsWith('scale/'));
  assert.equal([first?.outcome, first?.points, first?.because?.en, first?.said?.lines], ['skipped', 0, stoppedBy.en, ['Killed']]);
  assert.equal(
    [second?.because?.en, second?.because?.['zh-TW'], second?.said],
    ['out of memory', '記憶體不足', undefined],
    'all words are told once',
  );
  const down = grade.checks.filter(({ id }) => id.startsWith('down/'));
  assert.ok(down.length > 0 && down.every((one) => one.points === 0 && one.because?.en === 'out of memory' && !one.said));
  assert.ok(grade.checks.every(({ id, excusedBy }) => excusedBy === undefined || id.startsWith('up/')));
  assert.is(first?.follows, undefined);
  assert.ok(
    [second, ...down].every((one) => one?.follows === first?.id),
    'all follow from the one that shows the reason',
  );
});

test('a check that costs points although another caused it names that cause', () => {
  const grade = graded(failing('up/flask-has-1-replica', 'single/hostname-is-the-replicas', 'up/log-folder-is-mounted'));
  const causes = (id: string) => {
    const { excusedBy, follows, points, max } = checkOf(grade, id);
    return [excusedBy, follows, points === max];
  };
  const root = 'up/flask-has-1-replica';
  assert.equal(causes(root), [undefined, undefined, false]);
  // needs it in the same step, and is excused by nothing
  assert.equal(causes('up/networks-are-as-drawn'), [undefined, root, false]);
  // excused by the rubric
  assert.equal(causes('up/conf-is-mounted-read-only'), [root, undefined, true]);
  // a later step on a stack that does not run, and what needs it
  assert.equal(causes('single/hostname-is-the-replicas'), [undefined, root, false]);
  assert.equal(causes('single/counter-rises'), [undefined, root, false]);
  assert.ok(graded().checks.every((one) => one.follows === undefined));
  const writable = graded(failing('up/conf-is-mounted-read-only', 'up/only-nginx-is-published'));
  assert.is(checkOf(writable, 'up/conf-is-mounted-read-only').follows, undefined, 'another mistake');
});

test('a service that ended by itself excuses a service that ends because of it, even if the foundation failed', () => {
  const own = [
    'up/nginx-publishes-its-port',
    'up/conf-is-mounted-read-only',
    'up/conf-is-the-same-file',
    'up/log-folder-is-mounted',
  ];
  const grade = graded(failing('up/flask-has-1-replica'));
  for (const id of ['up/nginx-has-1-replica', ...own])
    assert.equal([checkOf(grade, id).points > 0, checkOf(grade, id).excusedBy], [true, 'up/flask-has-1-replica'], id);
  assert.equal(
    [checkOf(grade, 'up/networks-are-as-drawn').points, checkOf(grade, 'up/networks-are-as-drawn').excusedBy],
    [0, undefined],
  );
  const other = graded(failing('up/nginx-has-1-replica'));
  for (const id of own) assert.equal([checkOf(other, id).points, checkOf(other, id).excusedBy], [0, undefined], id);
});

test('settledBy: a check needs no long wait if its cause already cost points, or if the foundation failed', () => {
  const ahead = [
    'scale/flask-has-3-replicas',
    'scale/dns-knows-3-flask',
    'scale/nginx-still-reaches-one',
    'restart/nginx-reaches-all-three',
  ];
  const after = (...wrong: readonly string[]) =>
    ahead.filter(settledBy(rubric, nginx, performed(nginx, failing(...wrong)).slice(0, 2)));
  assert.equal(after(), []);
  assert.equal(after('single/counter-rises'), []);
  assert.equal(after('single/hostname-is-the-replicas'), ahead.toSpliced(1, 1));
  assert.equal(after('up/redis-has-1-replica'), ahead);
  assert.is(settledBy(rubric, nginx, [])('up/flask-is-ready'), false);
});

test('a check that was judged before a stack stopped counts', () => {
  assert.is(score(rubric, nginx, stoppedAt('scale', 'half'), []).points, 40 - 8 + 29 + 10);
});

test('a step that was not performed or not judged needs review, and loses no points', () => {
  const [up, single, scale, restart, down] = performed(nginx);
  assert.ok(up && single && scale && restart && down);
  const without = (over: StepDone | undefined) =>
    score(rubric, nginx, [up, single, ...(over ? [over] : []), restart, down] as StepDone[], []).status;
  assert.is(without(scale), 'graded');
  assert.is(without(undefined), 'review');
  const results = (scale as StepDone).results;
  const put = (change: object) => ({
    step: 'scale',
    results: results.map((one) => (one.id === 'nginx-is-untouched' ? { ...one, ...change } : one)),
  });
  const verdict = skipped(text('“One replica” did not pass', '「單一副本」沒有通過'));
  assert.is(without(put({ outcome: 'skipped', verdict, looks: 0 })), 'review');
  assert.is(without(put({ outcome: 'skipped', verdict: skipped(needsBaseline), looks: 2 })), 'review');
});

test('a remark costs the points in the rubric, once', () => {
  const notes = [
    remark('container_name', 'flask'),
    remark('container_name', 'flask'),
    remark('container_name', 'nginx'),
    remark('ports', 'nginx'),
    remark('toString'),
  ];
  const grade = score(rubric, nginx, performed(nginx), notes);
  assert.is(grade.points, 90);
  assert.equal(grade.notes, notes);
  assert.equal(grade.deductions, [{ remark: notes[0], points: 10 }]);
  const general = score(
    { ...rubric, notes: { ports: { points: 1.5 }, 'container_name/flask': { points: 0 }, container_name: { points: 7 } } },
    nginx,
    performed(nginx),
    notes,
  );
  assert.equal(
    general.deductions.map(({ remark, points }) => [remark.code, remark.service, points]),
    [
      ['container_name', 'nginx', 7],
      ['ports', 'nginx', 1.5],
    ],
    'the word with its service goes before the word alone',
  );
  assert.is(general.points, 91.5);
});

test('a role is recognized by its service name in the rubric', () => {
  const notes = [remark('profiles', 'redis'), remark('profiles', 'redis-server')];
  const grade = score(rubric, nginx, performed(nginx), notes);
  assert.equal(grade.deductions, [{ remark: notes[1], points: 3 }]);
});

test('points are never negative, and have at most two decimals', () => {
  const notes = [remark('name')];
  assert.is(score({ ...rubric, notes: { name: { points: 101 } } }, nginx, performed(nginx), notes).points, 0);
  const tenth = { points: 0.1, after: [], visible: true };
  const checks = Object.fromEntries(Object.keys(rubric.checks).map((id, at) => [id, at < 3 ? tenth : { ...tenth, points: 0 }]));
  assert.is(graded({}, { checks, max: 0.3 }).points, 0.3);
});

test('a rubric that does not list a check of the lab throws an error', () => {
  assert.throws(() => graded({}, { checks: {} }), /does not list up\/flask-has-1-replica/);
});

test('a failure caused by a limit of the grader needs review, with the cause; the checks keep their outcomes', () => {
  const limited = text('builds have no network', '建置沒有網路');
  const steps = performed(nginx, failing('up/networks-are-as-drawn')).slice(0, 1);
  const grade = score(
    rubric,
    nginx,
    steps.map((step) => ({ ...step, stopped: { text: limited }, limited })),
    [],
  );
  assert.equal([grade.status, grade.points, grade.review], ['review', null, limited]);
  assert.is(checkOf(grade, 'up/networks-are-as-drawn').outcome, 'failed');
  assert.equal(checkOf(grade, 'single/counter-rises').because, limited);
});

test.run();
