import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../labs/index.ts';
import type { AnyCheck } from '../../src/lab/check.ts';
import { type Cases, told } from '../fixtures/told.ts';
import { replicas } from './cases/replicas.ts';
import { stack } from './cases/stack.ts';
import { traffic } from './cases/traffic.ts';

const cases: Cases = { ...replicas, ...stack, ...traffic };

/** Every check that a lab makes, by where it stands. */
const checks = tutorials.flatMap((tutorial) =>
  tutorial.labs.flatMap((lab) =>
    lab.steps.flatMap((step) => step.verify.map((check): [string, AnyCheck] => [`${lab.id}/${step.id}/${check.id}`, check])),
  ),
);

for (const [where, check] of checks) {
  for (const { name, facts, before, told: expected } of cases[check.id] ?? []) {
    test(`${where}: ${name}`, () => assert.equal(told(check.judge(facts, before)), expected));
  }
}

test('every check of every step passes in one case at least, and fails in one', () => {
  const lacks = (outcome: string) =>
    checks.filter(([, { id }]) => !cases[id]?.some((one) => one.told.outcome === outcome)).map(([where]) => where);
  assert.equal(lacks('passed'), []);
  assert.equal(lacks('failed'), []);
});

test('no case is of a check that is no more', () => {
  assert.equal(
    Object.keys(cases).filter((id) => !checks.some(([, check]) => check.id === id)),
    [],
  );
});

test('what has to be watched fails without a look before', () => {
  for (const [where, check] of checks.filter(([, check]) => check.watched)) {
    for (const { facts } of cases[check.id] ?? []) assert.not.equal(check.judge(facts).outcome, 'passed', where);
  }
});

test.run();
