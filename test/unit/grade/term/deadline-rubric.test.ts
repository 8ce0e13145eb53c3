import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { keyOf } from '../../../../src/grade/grade-key.ts';
import { type Rubric, rubricOf } from '../../../../src/grade/rubric/rubric.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';

const standard = readFileSync('test/fixtures/rubrics/points.yaml', 'utf8');
const lines = standard.split('\n').length;
const rubric = (added: string): Rubric => rubricOf(`${standard}\n${added}`, 'rubric.yaml', composeScale);
const deadline = (keys: string) => rubric(`deadline: { due: 2026-12-01 23:59, timezone: Asia/Taipei, ${keys} }`).term.deadline;
const refusal = (added: string): LabError => {
  try {
    rubric(added);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

test('a deadline: times with a zone, durations, and a price per day in points or as a share of the maximum', () => {
  assert.equal(deadline('grace: 2h, perDay: 10%, latest: 2026-12-08, graceDays: 3'), {
    dueMs: Date.UTC(2026, 11, 1, 15, 59),
    timezone: 'Asia/Taipei',
    graceMs: 7_200_000,
    perDay: 10,
    latestMs: Date.UTC(2026, 11, 8, 16) - 1,
    graceDays: 3,
  });
  assert.equal(deadline(''), {
    dueMs: Date.UTC(2026, 11, 1, 15, 59),
    timezone: 'Asia/Taipei',
    graceMs: 0,
    perDay: 0,
    graceDays: 0,
  });
  assert.is(deadline('perDay: 7.5')?.perDay, 7.5);
  assert.is(deadline('perDay: 2.5%')?.perDay, 2.5);
  for (const [written, ms] of [
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['30 min', 1_800_000],
    ['1d', 86_400_000],
  ] as const)
    assert.is(deadline(`grace: ${written}`)?.graceMs, ms);
  assert.equal(rubric('deadline: { due: 2026-12-01T23:59:00+08:00 }\nattempts: best').term, {
    counting: 'best',
    deadline: { dueMs: Date.UTC(2026, 11, 1, 15, 59), timezone: 'UTC', graceMs: 0, perDay: 0, graceDays: 0 },
  });
  assert.equal(rubric('').term, {});
});

test('a due date is the end of its day, and the later one of a time that occurs twice', () => {
  const due = (written: string) => rubric(`deadline: { due: ${written}, timezone: America/New_York }`).term.deadline?.dueMs;
  assert.is(due('2026-11-01'), Date.UTC(2026, 10, 2, 5) - 1);
  assert.is(due('2026-11-01 01:30'), Date.UTC(2026, 10, 1, 6, 30));
});

test('a mistake is reported with its line and column', () => {
  const at = (line: number, column: number) => `rubric.yaml:${lines + line}:${column}: `;
  for (const [added, place, message] of [
    ['deadline: 2026-12-01', at(1, 11), 'deadline: expected a map of `key: value`'],
    ['deadline: { due: 20261201 }', at(1, 18), 'deadline.due: expected a time such as 2026-12-01 23:59'],
    ['deadline: { due: tomorrow, timezone: UTC }', at(1, 18), 'due: expected a time such as'],
    ['deadline: { due: 2026-12-01 23:59 }', at(1, 18), 'due: the time has no offset'],
    ['deadline:\n  due: 2026-12-32\n  timezone: UTC', at(2, 8), 'due: there is no day 2026-12-32'],
    ['deadline:\n  due: 2026-12-01\n  timezone: CST', at(3, 13), 'there is no time zone CST'],
    ['deadline:\n  due: 2026-12-01\n  timezone: UTC\n  grace: 2 hours', at(4, 10), 'expected a duration such as 30m, 2h or 1d'],
    ['deadline:\n  due: 2026-12-01\n  timezone: UTC\n  perDay: 101%', at(4, 11), 'expected a number of points, or a percentage'],
    ['deadline:\n  due: 2026-12-01\n  timezone: UTC\n  perDay: -1', at(4, 11), 'expected a number from 0 to 1000'],
    [
      'deadline:\n  due: 2026-12-02\n  timezone: UTC\n  latest: 2026-12-01',
      at(4, 11),
      'latest is before due and grace have ended',
    ],
    ['deadline:\n  due: 2026-12-01\n  timezone: UTC\n  graceDays: 2', at(4, 14), 'graceDays without perDay'],
    ['deadline:\n  due: 2026-12-01\n  timezone: UTC\n  perDay: 5\n  graceDays: 1.5', at(5, 14), 'a whole number from 0 to 365'],
    ['deadline:\n  due: 2026-12-01\n  days: 2', at(3, 3), 'unknown key days'],
    ['attempts: first', at(1, 11), 'attempts: expected last, best or last-before-due'],
    ['attempts: last-before-due', at(1, 11), 'last-before-due needs a `deadline`'],
  ] as const) {
    const error = refusal(added);
    assert.is(error.code, 'E_RUBRIC_INVALID', added);
    assert.ok(error.text.en.startsWith(place), `${added}\n${error.text.en}`);
    assert.ok(error.text.en.includes(message), `${added}\n${error.text.en}`);
    assertComplete(error.text, added);
  }
});

test('a deadline that moved, or another rule for attempts, grades nothing again', () => {
  const given = { version: '1', buildNetwork: { mode: 'none' } } as const;
  const key = (added: string) => keyOf('h', [], { ...given, rubric: rubric(added) }, {});
  const first = key('deadline: { due: 2026-12-01, timezone: UTC, perDay: 5 }\nattempts: last');
  assert.is(key('deadline: { due: 2026-12-24, timezone: UTC, perDay: 10%, graceDays: 3 }\nattempts: best'), first);
  assert.is(key(''), first);
  assert.is.not(key('notShown: 0.5'), first);
});

test.run();
