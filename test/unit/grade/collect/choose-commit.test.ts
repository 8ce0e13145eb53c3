import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Evidence, firstSeenAfter } from '../../../../src/grade/collect/choose-commit.ts';

const due = 100;
const look = (fromMs: number, untilMs: number, contains: boolean): Evidence => ({ fromMs, untilMs, contains });

test('a commit is first seen after the deadline if a collect after the deadline did not find it', () => {
  assert.equal(firstSeenAfter([look(90, 120, false), look(130, 140, true)], due), { absentMs: 120, seenMs: 130 });
  assert.equal(firstSeenAfter([look(90, 95, false), look(110, 120, false), look(130, 140, true)], due), {
    absentMs: 120,
    seenMs: 130,
  });
});

test('a first collect, or one before the deadline, is no evidence', () => {
  assert.is(firstSeenAfter([look(130, 140, true)], due), undefined);
  assert.is(firstSeenAfter([look(80, 90, false), look(130, 140, true)], due), undefined);
  assert.is(firstSeenAfter([look(80, 100, false), look(130, 140, true)], due), undefined);
  assert.is(firstSeenAfter([], due), undefined);
});

test('what was there before the deadline counts, also if it was gone in between', () => {
  assert.is(firstSeenAfter([look(80, 90, true), look(110, 120, false), look(130, 140, true)], due), undefined);
});

test.run();
