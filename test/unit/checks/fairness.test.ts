import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decided } from '../../../src/checks/evidence/sample.ts';
import { enoughRequests, fairness, oneInAMillion } from '../../../src/checks/fairness.ts';

const near = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= 1e-9 * expected, `${what}: ${actual}, not ${expected}`);

/** Every way in which n requests can go to k replicas, one by one: k^n of them, all alike. */
function bruteForce(counts: readonly number[]): number {
  const [n, k] = [counts.reduce((sum, count) => sum + count, 0), counts.length];
  const ways = (of: readonly number[]) => of.reduce((product, count) => product / factorial(count), factorial(n));
  const seen = ways(counts);
  let hits = 0;
  for (let way = 0; way < k ** n; way++) {
    const drawn = Array<number>(k).fill(0);
    for (let at = 0, rest = way; at < n; at++, rest = Math.floor(rest / k)) drawn[rest % k] = (drawn[rest % k] ?? 0) + 1;
    if (ways(drawn) <= seen + 1e-6) hits++;
  }
  return hits / k ** n;
}
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

test('fairness has the exact values', () => {
  near(fairness([5, 5, 5]), 1, 'as even as can be');
  near(fairness([2, 0]), 0.5, 'two heads or two tails');
  near(fairness([1, 1]), 1, 'one each');
  near(fairness([20, 0, 0]), 3 ** -19, 'all on one of three');
  near(fairness([0, 14, 0]), 3 ** -13, 'all on the second');
  near(fairness([7]), 1, 'one replica alone');
  near(fairness([0, 0, 0]), 1, 'nothing asked');
  near(fairness([]), 1, 'nobody');
});

test('fairness is what counting every case gives', () => {
  for (const counts of [
    [3, 1],
    [0, 4],
    [7, 2],
    [1, 1, 2],
    [4, 0, 0],
    [5, 1, 1],
    [3, 3, 2],
    [2, 2, 0, 1],
    [6, 0, 0, 0],
    [1, 1, 1, 1, 2],
  ]) {
    near(fairness(counts), bruteForce(counts), counts.join(' : '));
  }
});

test('fairness does not mind who is who', () => {
  near(fairness([9, 2, 4]), fairness([2, 4, 9]), 'the same counts in another order');
});

test('a learner with many replicas waits no longer', () => {
  const before = process.cpuUsage();
  assert.ok(fairness(Array<number>(12).fill(5)) > 0.999);
  assert.ok(fairness([49, ...Array<number>(11).fill(1)]) < oneInAMillion);
  // a hundred times what it takes; one count after another would take hours
  assert.ok(process.cpuUsage(before).user < 10_000_000);
});

test('enough requests to tell: all on one is then less than one in a million, with one fewer it is not', () => {
  for (const k of [2, 3, 4, 5, 7, 20]) {
    const n = enoughRequests(k);
    const allOnOne = (count: number) => fairness([count, ...Array<number>(k - 1).fill(0)]);
    assert.ok(allOnOne(n) < oneInAMillion, `${k} replicas, ${n} requests`);
    assert.not.ok(allOnOne(n - 1) < oneInAMillion, `${k} replicas, ${n - 1} requests`);
  }
  assert.equal([enoughRequests(3), enoughRequests(2), enoughRequests(1), enoughRequests(0)], [14, 21, 0, 0]);
});

test('decided: all seen, and no reason for doubt', () => {
  assert.ok(decided([5, 4, 6]));
  assert.ok(decided([1]));
  assert.not.ok(decided([8, 7, 0]), 'one unseen');
  assert.not.ok(decided([13, 1, 1]), 'suspicious');
  assert.not.ok(decided([]), 'nobody');
});

test.run();
