import pc from 'picocolors';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type WallLinesOptions, wallEventLine, wallLines } from '../../../../src/cli/class/wall-lines.ts';
import type { WallEvent, WallLearner } from '../../../../src/learn/class/wall.ts';
import { widthOf } from '../../../../src/report/terminal/layout.ts';

const now = 3_600_000;
const learner = (id: number, nickname: string, over: Partial<WallLearner> = {}): WallLearner => ({
  ...{ id, nickname, at: 'a/one', passed: 0, steps: 3, phase: 'working', movedAt: now },
  ...over,
});
const wall: readonly WallLearner[] = [
  learner(1, 'Ann'),
  learner(2, '王小明', { at: 'a/two', helpSince: now - 125_000 }),
  learner(3, 'Ben', { movedAt: now - 11 * 60_000 }),
  learner(4, 'Eve', { phase: 'finished' }),
  learner(5, 'Zoë', { awaySince: now }),
];
const lines = (over: Partial<WallLinesOptions> = {}, all = wall) =>
  wallLines(all, {
    ...{ paint: pc.createColors(false), lang: 'en', columns: 80, rows: 20, keys: ['a/one', 'a/two', 'b/one'], now },
    ...over,
  });

test('the wall on a terminal: totals, who asks, the steps that have learners, and who has not moved', () => {
  assert.equal(lines(), [
    '4 learners · 1 finished · 1 not connected',
    'Ask for help',
    '  王小明  a/two  2 min',
    `   2  ${'█'.repeat(20)}  a/one`,
    `   1  ${'█'.repeat(10)}  a/two`,
    'At the same step for long',
    '  Ben  a/one  11 min',
  ]);
  assert.is(lines({ lang: 'zh-TW' })[0], '4 人 · 1 人完成 · 1 人未連線');
  assert.equal(lines({}, []), ['No learner has joined yet.']);
});

test('lines fit the terminal, and what does not fit in its rows is cut', () => {
  const long = [learner(1, '王'.repeat(24), { helpSince: now }), learner(2, 'Ann', { at: 'b/one' })];
  for (const line of lines({ columns: 30 }, long).slice(1)) assert.ok(widthOf(line) < 30, line);
  assert.equal(lines({ rows: 3 }), [...lines().slice(0, 2), '…']);
  assert.is(lines({ rows: 7 }).length, 7);
});

test('one line for an event that matters, with the name of the wall', () => {
  const state = (over: object) => ({ at: 'a/one', passed: 0, steps: 3, phase: 'working', help: false, ...over }) as const;
  const moved = (over: object): WallEvent => ({ kind: 'state', id: 1, state: state(over) });
  const [ann, asking] = wall;
  const said = (event: WallEvent, before = ann) => wallEventLine(event, before, 'en');
  assert.is(said({ kind: 'joined', id: 9, nickname: 'Ann 2' }, undefined), 'Ann 2 has joined');
  assert.is(said({ kind: 'left', id: 1 }), 'Ann has left');
  assert.is(said(moved({ help: true })), 'Ann asks for help at a/one');
  assert.is(said(moved({ at: 'a/two', passed: 1 })), 'Ann is at a/two, 1 of 3 passed');
  assert.is(said(moved({ at: 'a/two', phase: 'finished' })), 'Ann has finished');
  assert.is(said(moved({ at: 'a/two' }), asking), '王小明 does not ask for help any more');
  for (const event of [moved({}), moved({ phase: 'waiting' }), { kind: 'away', id: 1 } as const])
    assert.is(said(event), undefined, JSON.stringify(event));
});

test.run();
