import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atRandom, inTurn, isAccident } from '../../../../../src/learn/web/picture/accident.ts';

const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('a random choice: the probability for given replicas, times the number of their choices', () => {
  near(atRandom(1, 3, 1), 1);
  near(atRandom(10, 3, 1), 3 * (1 / 3) ** 10);
  near(atRandom(20, 3, 2), 3 * (2 / 3) ** 20);
});

test('in turn: the chance that each process receives at most as many requests as replicas were reached', () => {
  // 16 × 15 × … × 5 / 16^12: no process receives two
  const each = Array.from({ length: 12 }, (_, n) => (16 - n) / 16).reduce((product, one) => product * one, 1);
  near(inTurn(12, 16, 1), each);
  assert.is(inTurn(17, 16, 1), 0, 'one process has received two');
  // 4 requests to 2 processes, at most 2 each: 6 of 16
  near(inTurn(4, 2, 2), 6 / 16);
  near(inTurn(12, 16, 1), each);
});

test('it is an accident while one of both is possible; nothing that is known was reached: none', () => {
  const one = { known: 3, reached: 1, processes: 2 };
  assert.equal([isAccident(7, one), isAccident(8, one)], [true, false], '3 × (1/3)^8 is below 0.001');
  const many = { known: 3, reached: 1, processes: 16 };
  assert.equal([isAccident(10, many), isAccident(17, many)], [true, false]);
  assert.not(isAccident(1, { known: 2, reached: 0, processes: 4 }));
});

test.run();
