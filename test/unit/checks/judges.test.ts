import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../labs/index.ts';
import type { AnyCheck } from '../../../src/lab/check.ts';
import { type Cases, inEnglish } from '../../fixtures/english-verdict.ts';
import { asked } from './cases/asked.ts';
import { mounts } from './cases/mounts.ts';
import { replicas } from './cases/replicas.ts';
import { stack } from './cases/stack.ts';
import { traffic } from './cases/traffic.ts';

const cases: Cases = { ...asked, ...mounts, ...replicas, ...stack, ...traffic };

/** Every check of every lab, by its path. */
const checks = tutorials.flatMap((tutorial) =>
  tutorial.labs.flatMap((lab) =>
    lab.steps.flatMap((step) => step.verify.map((check): [string, AnyCheck] => [`${lab.id}/${step.id}/${check.id}`, check])),
  ),
);

/** A check with a different remedy in one step has its own cases for that step. */
const casesOf = (where: string, check: AnyCheck) => cases[where] ?? cases[check.id] ?? [];

for (const [where, check] of checks) {
  for (const { name, facts, before, verdict: expected } of casesOf(where, check)) {
    test(`${where}: ${name}`, () => assert.equal(inEnglish(check.judge(facts, before)), expected));
  }
}

test("a container's state is Chinese in Chinese", () => {
  for (const [where, check] of checks)
    for (const { name, facts, before } of casesOf(where, check)) {
      const judged = check.judge(facts, before);
      if (judged.outcome !== 'failed' && judged.outcome !== 'waiting') continue;
      assert.not.match(judged.actual['zh-TW'], /\b(?:running|exited|created|paused)\b/, `${where}: ${name}`);
    }
});

test('bars are shown once for a sample, and whenever it is uneven', () => {
  const spread = (id: string, outcome: 'passed' | 'failed' | 'waiting') => {
    const verdicts = (cases[id] ?? []).map(({ facts }) => checks.find(([, check]) => check.id === id)?.[1].judge(facts));
    return verdicts.flatMap((one) => (one?.outcome === outcome ? [one.spread] : [])).at(-1);
  };
  const bars = (counts: readonly number[], label = 'host-f') =>
    counts.map((count, at) => ({ label: `${label}${at + 1}`, count }));
  assert.equal(spread('ping-meets-all-3', 'passed'), { bars: bars([2, 1, 1], '172.18.0.1') });
  assert.equal(spread('nginx-still-reaches-one', 'passed'), { bars: bars([6, 0, 0]) });
  for (const silent of ['curl-meets-all-3', 'nginx-reaches-all-three', 'one-hostname-answers']) {
    assert.is(spread(silent, 'passed'), undefined, silent);
  }
  assert.equal(spread('curl-meets-all-3', 'failed'), { bars: bars([2]) });
  assert.equal(spread('nginx-reaches-all-three', 'failed'), { bars: bars([1, 1, 1, 1]) });
  const even = spread('spread-is-fair', 'passed');
  assert.equal(even?.bars, bars([8, 1, 1]));
  assert.ok(even?.fairness && even.fairness > 0.001 && even.fairness < 0.02, `${even?.fairness}`);
  assert.ok((spread('front-spreads-evenly', 'waiting')?.fairness ?? 1) < 1e-6);
});

test('every check of every step passes in at least one case, and fails in at least one', () => {
  const lacks = (outcome: string) =>
    checks
      .filter(([where, check]) => !casesOf(where, check).some((one) => one.verdict.outcome === outcome))
      .map(([where]) => where);
  assert.equal(lacks('passed'), []);
  assert.equal(lacks('failed'), []);
});

test('every case belongs to an existing check', () => {
  assert.equal(
    Object.keys(cases).filter((id) => !checks.some(([where, check]) => check.id === id || where === id)),
    [],
  );
});

test('a check that needs a baseline does not pass without one', () => {
  for (const [where, check] of checks.filter(([, check]) => check.needsBaseline)) {
    const known = casesOf(where, check);
    assert.ok(known.length > 0, where);
    for (const { facts } of known) assert.is.not(check.judge(facts).outcome, 'passed', where);
  }
});

test.run();
