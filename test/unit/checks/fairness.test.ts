import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decided } from '../../../src/checks/evidence/sample.ts';
import { enoughRequests, fairness, oneInAMillion } from '../../../src/checks/fairness.ts';

const near = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= 1e-9 * expected, `${what}: ${actual}, not ${expected}`);

/** Counts all k^n ways to distribute n requests over k replicas, each equally likely. */
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

test('fairness returns exact values', () => {
  near(fairness([5, 5, 5]), 1, 'as even as can be');
  near(fairness([2, 0]), 0.5, 'two heads or two tails');
  near(fairness([1, 1]), 1, 'one each');
  near(fairness([20, 0, 0]), 3 ** -19, 'all on one of three');
  near(fairness([0, 14, 0]), 3 ** -13, 'all on the second');
  near(fairness([7]), 1, 'one replica alone');
  near(fairness([0, 0, 0]), 1, 'nothing asked');
  near(fairness([]), 1, 'nobody');
});

test('fairness equals the result of counting every case', () => {
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

test('fairness does not depend on the order of the counts', () => {
  near(fairness([9, 2, 4]), fairness([2, 4, 9]), 'the same counts in another order');
});

test('fairness of many replicas is computed quickly', () => {
  const before = process.cpuUsage();
  assert.ok(fairness(Array<number>(12).fill(5)) > 0.999);
  assert.ok(fairness([49, ...Array<number>(11).fill(1)]) < oneInAMillion);
  // a hundred times the usual time; counting every case would take hours
  assert.ok(process.cpuUsage(before).user < 10_000_000);
});

test('fairness of more requests and replicas than can be counted is estimated', () => {
  const before = process.cpuUsage();
  const uneven = (counts: readonly number[]) => fairness(counts) < oneInAMillion;
  const even = Array<number>(100).fill(3);
  assert.ok(fairness(even) > 0.999);
  assert.ok(uneven([...even.slice(1), 40]));
  // as wide as chance usually is: the variance is that of the binomial distribution
  const usual = Array.from({ length: 100 }, (_, at) => [0, 1, 2, 2, 3, 3, 4, 4, 5, 6][at % 10] ?? 0);
  assert.ok(fairness(usual) > 0.1 && fairness(usual) < 0.9, String(fairness(usual)));
  assert.ok(process.cpuUsage(before).user < 10_000_000);
});

test('enoughRequests: all requests on one replica are less likely than one in a million, with one request fewer they are not', () => {
  for (const k of [2, 3, 4, 5, 7, 20]) {
    const n = enoughRequests(k);
    const allOnOne = (count: number) => fairness([count, ...Array<number>(k - 1).fill(0)]);
    assert.ok(allOnOne(n) < oneInAMillion, `${k} replicas, ${n} requests`);
    assert.not.ok(allOnOne(n - 1) < oneInAMillion, `${k} replicas, ${n - 1} requests`);
  }
  assert.equal([enoughRequests(3), enoughRequests(2), enoughRequests(1), enoughRequests(0)], [14, 21, 0, 0]);
});

test('decided: every replica was seen and the spread is not suspicious', () => {
  assert.ok(decided([5, 4, 6]));
  assert.ok(decided([1]));
  assert.not.ok(decided([8, 7, 0]), 'one unseen');
  assert.not.ok(decided([13, 1, 1]), 'suspicious');
  assert.not.ok(decided([]), 'nobody');
});

test.run();
