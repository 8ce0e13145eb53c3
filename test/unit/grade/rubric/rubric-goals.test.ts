import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { loadRubric, type Rubric, standardRubric } from '../../../../src/grade/rubric/rubric.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

/** Rubrics with goals. */

const path = standardRubric(composeScale);
const basePath = path.replace('rubric.yaml', 'rubric-base.yaml');
const standard = readFileSync(path, 'utf8');
const changed = (from: string, to: string): string => {
  assert.ok(standard.includes(from), `nothing to change: ${from}`);
  return standard.replace(from, () => to);
};
const written = (source: string): string => join(folder({ 'rubric.yaml': source }), 'rubric.yaml');
const load = (source: string) => loadRubric(written(source), composeScale);

const costsOf = ({ checks, notes }: Rubric, goal: string) =>
  [...Object.values(checks), ...Object.values(notes)].filter((one) => one.goal === goal).map(({ points }) => points);

for (const [file, count] of [
  [path, 7],
  [basePath, 6],
] as const)
  test(`a rubric of the tutorial has 100 points in goals with titles in both languages: ${file.split('/').at(-1)}`, async () => {
    const rubric = await loadRubric(file, composeScale);
    const goals = Object.entries(rubric.goals ?? {});
    assert.equal([goals.length, rubric.max], [count, 100]);
    for (const [id, { title, points }] of goals) {
      assertComplete(title, id);
      // a mistake that defeats a goal costs all or most of it; only cleanup, which the grader does, is worth less than such a mistake
      if (id !== 'cleanup') assert.ok(Math.max(...costsOf(rubric, id)) >= Math.min(11, points), id);
    }
    assert.equal([rubric.notShown, rubric.empty], ['review', 0]);
  });

test('hygiene costs at most 5 points; what cannot be scaled by hand costs the goal, whatever the setting', async () => {
  for (const [file, hygiene, full] of [
    [path, ['up/conf-is-mounted-read-only', 'up/flask-started-before-nginx', 'up/only-nginx-is-published'], 14],
    [basePath, ['up/no-port-is-published'], 18],
  ] as const) {
    const { checks, notes } = await loadRubric(file, composeScale);
    for (const id of hygiene) assert.ok((checks[id]?.points ?? 99) <= 5, id);
    for (const note of ['container_name/flask', 'fixed-port/flask', 'ipv4_address/flask'])
      assert.equal(notes[note], { goal: 'scaling', points: full });
  }
});

test('a check and a note have the points that they cost, and their goal', async () => {
  const { checks, notes } = await loadRubric(path, composeScale);
  assert.equal(checks['restart/counter-is-shared'], {
    goal: 'counter',
    points: 14,
    after: ['single/counter-rises', 'restart/nginx-reaches-all-three'],
    visible: true,
  });
  assert.equal(notes['order/nginx'], { goal: 'stack', points: 4 });
});

test('without goals, notShown and empty have the values of rubrics from before', async () => {
  const rubric = await loadRubric('test/fixtures/rubrics/points.yaml', composeScale);
  assert.equal([rubric.goals, rubric.notShown, rubric.empty], [undefined, 0, undefined]);
});

test('the hash depends on the goals, and on what is not shown', async () => {
  const { hash } = await load(standard);
  const others = [
    changed("en: 'Scaling'", "en: 'Scale'"),
    changed('points: 16 }', 'points: 17 }'),
    changed('up/redis-has-1-replica: { goal: stack, costs: 12 }', 'up/redis-has-1-replica: { goal: counter, costs: 12 }'),
    changed('notShown: review', 'notShown: 0.5'),
    changed('empty: 0\n', ''),
  ];
  const hashes = await Promise.all(others.map(async (source) => (await load(source)).hash));
  assert.is(new Set([hash, ...hashes]).size, 1 + others.length);
});

/** A change, the text at whose position it is reported, and the message. */
const wrongs: readonly (readonly [from: string, to: string, at: string, says: RegExp])[] = [
  ['up/redis-has-1-replica: { goal: stack', 'up/redis-has-1-replica: { goal: stak', 'stak,', /: there is no goal stak$/],
  [
    'up/redis-has-1-replica: { goal: stack, ',
    'up/redis-has-1-replica: { ',
    'up/redis-has-1-replica: {',
    /goal: expected a name, saw nothing$/,
  ],
  [
    'up/redis-has-1-replica: { goal: stack, costs: 12',
    'up/redis-has-1-replica: { goal: stack, points: 12',
    'up/redis-has-1-replica: {',
    /costs: expected a number/,
  ],
  [
    'up/redis-has-1-replica: { goal: stack, costs: 12',
    'up/redis-has-1-replica: { goal: stack, costs: 23',
    '23 }',
    /: it costs 23 points, and the goal stack has 22$/,
  ],
  ['order/nginx: { goal: stack', 'order/nginx: { goal: toString', 'toString', /: there is no goal toString$/],
  ['order/nginx: { goal: stack, costs: 4 }', 'order/nginx: 4', '4\n', /notes\.order\/nginx: expected a map .*, saw 4$/],
  [
    'container_name/flask: { goal: scaling, costs: 14 }',
    'container_name/flask: { goal: scaling, costs: 15 }',
    '15 }',
    /: it costs 15 points, and the goal scaling has 14$/,
  ],
  ["zh-TW: '清理' }, points: 2", "zh-TW: '清理' }, points: 5", '5 }\n', /: its checks together cost only 4 of its 5 points$/],
  [
    "en: 'Scaling', zh-TW: '擴展'",
    "en: 'Scaling'",
    "title: { en: 'Scaling' }",
    /title\.zh-TW: expected a text of one line, saw nothing$/,
  ],
  ["zh-TW: '清理' }, points: 2", "zh-TW: ' ' }, points: 2", "' ' }", /title\.zh-TW: expected a text of one line, saw " "$/],
  ['notShown: review', 'notShown: part', 'part\n', /notShown: expected review, or a number from 0 to 1, saw "part"$/],
  ['notShown: review', 'notShown: 2', '2\n\n# A', /notShown: expected review, or a number from 0 to 1, saw 2$/],
  ['empty: 0', 'empty: 5', '5\n\n# While', /empty: expected 0, saw 5$/],
  [
    'after: [fixed-port/flask] }',
    'after: [fixed-port/nginx] }',
    'fixed-port/nginx] }',
    /: no check fixed-port\/nginx in the lab nginx$/,
  ],
];
for (const [from, to, at, says] of wrongs)
  test(`reported with its position: ${says}`, async () => {
    const source = changed(from, to);
    const file = written(source);
    const error = await rejection(loadRubric(file, composeScale));
    assert.is(error.code, 'E_RUBRIC_INVALID');
    assert.match(error.text.en, says);
    assertComplete(error.text, says.source);
    assertComplete(error.hint, says.source);
    const lines = source.slice(0, source.indexOf(at)).split('\n');
    assert.ok(source.includes(at), at);
    assert.ok(error.text.en.startsWith(`${file}:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}: `), error.text.en);
  });

test('all goals together need points', async () => {
  const free = standard
    .replaceAll(/points: \d+/g, 'points: 0')
    .replaceAll(/costs: \d+/g, 'costs: 0')
    .replaceAll(/after: \[[^\]]*\]/g, 'after: []');
  assert.match((await rejection(load(free))).text.en, /: all goals together are worth 0 points$/);
});

test.run();
