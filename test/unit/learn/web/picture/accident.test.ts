import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accident } from '../../../../../src/learn/web/picture/accident.ts';

const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('one process in turn, or a random choice: the more likely of both', () => {
  near(accident(1, { known: 3, reached: 1, processes: 1 }), 1);
  // 3 × (1/3)^10
  near(accident(10, { known: 3, reached: 1, processes: 1 }), 3 * (1 / 3) ** 10);
  // 3 × (2/3)^20
  near(accident(20, { known: 3, reached: 2, processes: 1 }), 3 * (2 / 3) ** 20);
});

test('several processes: the chance that each receives at most as many requests as replicas were reached', () => {
  // 16 × 15 × … × 5 / 16^12: no process receives two
  const each = Array.from({ length: 12 }, (_, n) => (16 - n) / 16).reduce((product, one) => product * one, 1);
  near(accident(12, { known: 3, reached: 1, processes: 16 }), each);
  assert.ok(accident(17, { known: 3, reached: 1, processes: 16 }) < 1e-6, 'one process has received two');
  // 4 requests to 2 processes, at most 2 each: 6 of 16
  near(accident(4, { known: 9, reached: 2, processes: 2 }), Math.max(6 / 16, 36 * (2 / 9) ** 4));
});

test('nothing that is known was reached: no accident', () => {
  assert.is(accident(1, { known: 2, reached: 0, processes: 4 }), 0);
});

test.run();
