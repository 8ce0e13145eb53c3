import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { repairedGrade } from '../../../../src/grade/scoring/repaired.ts';
import type { Cause } from '../../../../src/grade/types.ts';
import { verbatim } from '../../../../src/lab/text.ts';
import { grade, gradedCheck } from '../../../fixtures/graded.ts';

const cause: Cause = { part: 'conf', service: 'nginx', points: 10, text: verbatim('nginx.conf is the cause') };
const goals = [{ id: 'answers', title: verbatim('Answers'), points: 10, max: 10 }];
const check = (id: string) => gradedCheck(id, { goal: 'answers', max: 10, points: 10 });

test('what the cause costs is taken from its goal first, and checks that it defeated cost nothing more', () => {
  const lost = { points: 0, outcome: 'failed', follows: 'up/one' } as const;
  const handedIn = grade({
    points: 0,
    goals: goals.map((goal) => ({ ...goal, points: 0 })),
    // the goal had no points left for the second
    checks: [
      { ...check('up/one'), points: 0, outcome: 'failed' },
      { ...check('up/two'), ...lost, points: 10, capped: 10 },
    ],
  });
  const repaired = grade({ points: 10, goals, checks: [check('up/one'), check('up/two')] });
  const merged = repairedGrade(handedIn, repaired, { cause, price: { goal: 'answers', points: 6 } });
  assert.equal([merged.points, merged.goals?.map(({ points }) => points)], [4, [4]]);
  assert.equal(
    merged.checks.map(({ id, outcome, points, repaired: by }) => [id, outcome, points, by]),
    [
      ['up/one', 'failed', 10, true],
      ['up/two', 'failed', 10, true],
    ],
  );
  assert.equal(
    merged.deductions.map(({ points, goal }) => [points, goal]),
    [[6, 'answers']],
  );
});

test('a check that fails on the repaired stack too costs its points', () => {
  const failed = { ...check('up/one'), points: 6, max: 4, outcome: 'failed' } as const;
  const both = { ...failed, points: 0 };
  const repaired = grade({
    points: 6,
    goals: [{ ...goals[0], id: 'answers', title: verbatim('A'), points: 6, max: 10 }],
    checks: [both],
  });
  const merged = repairedGrade(grade({ checks: [both] }), repaired, { cause, price: { goal: 'answers', points: 8 } });
  assert.equal([merged.points, merged.checks[0]?.points, merged.checks[0]?.capped], [0, 2, 2]);
});

test.run();
