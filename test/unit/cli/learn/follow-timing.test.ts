import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../../labs/index.ts';
import { createFollower, ndjsonLine } from '../../../../src/cli/learn/follow.ts';
import type { CheckResult } from '../../../../src/lab/event.ts';
import { verbatim } from '../../../../src/lab/text.ts';
import { passed } from '../../../../src/lab/verdict.ts';
import { planOf } from '../../../../src/learn/plan.ts';
import { reduce } from '../../../../src/learn/reduce.ts';
import { type LearnEvent, stateAt } from '../../../../src/learn/state.ts';

const [tutorial] = tutorials;
if (!tutorial) throw new Error('no tutorial');
const key = 'scale/out';
const before = { ...stateAt(planOf(tutorial, 'base'), key, {}), phase: 'working' as const };
const [check] = before.checks;
const verdict = passed(verbatim('3 running'));
const result: CheckResult = {
  ...{ id: check?.id ?? '', claim: verbatim(''), outcome: 'passed', verdict },
  ...{ evidence: null, looks: 1, durationMs: 0 },
};
const lineOf = (event: LearnEvent) => {
  const [found] = createFollower(tutorial, 'en')(reduce(before, event).state, event, before);
  assert.is(found?.kind, 'check');
  return JSON.parse(found ? ndjsonLine(found, 'en') : '{}');
};

test('a verdict in ndjson has the time since its cause, and the part of the probes', () => {
  const line = lineOf({ kind: 'result', key, result, timing: { latencyMs: 312.26, probesMs: 268.04 } });
  assert.equal([line.mark, line.latencyMs, line.probesMs], ['passed', 312.3, 268]);
});

test('both are omitted if no event caused the look', () => {
  const line = lineOf({ kind: 'result', key, result });
  assert.is(line.mark, 'passed');
  assert.not('latencyMs' in line || 'probesMs' in line);
});

test.run();
