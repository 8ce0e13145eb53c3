import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LabError } from '../../../src/lab/error.ts';
import type { RunEvent } from '../../../src/lab/event.ts';
import { verbatim } from '../../../src/lab/text.ts';
import { errored, failed, passed, skipped } from '../../../src/lab/verdict.ts';
import { inComposeV1Wording } from '../../../src/run/compose-v1-wording.ts';

const at = { atMs: 1, lab: 'x', step: 'y' };
const up = verbatim('try docker compose up -d');
const events: RunEvent[] = [
  { ...at, kind: 'step-started', title: up, teach: up },
  {
    ...at,
    kind: 'check-finished',
    result: {
      id: 'c',
      claim: up,
      outcome: 'failed',
      verdict: failed({ expected: up, actual: up, help: up }),
      evidence: 'docker compose',
      looks: 1,
      durationMs: 1,
    },
  },
  {
    ...at,
    kind: 'check-finished',
    result: { id: 'c', claim: up, outcome: 'passed', verdict: passed(up, { note: up }), evidence: null, looks: 1, durationMs: 1 },
  },
  ...[errored(new LabError('E_PROBE', up, up, { cause: 'why' })), skipped(up)].map(
    (verdict): RunEvent => ({
      ...at,
      kind: 'check-finished',
      result: { id: 'c', claim: up, outcome: 'errored', verdict, evidence: null, looks: 1, durationMs: 1 },
    }),
  ),
  { ...at, kind: 'step-finished', outcome: 'failed', durationMs: 1, hints: [up], reason: { message: up, hint: up } },
  { ...at, kind: 'note', text: up },
  { atMs: 1, kind: 'teardown-started' },
];
const convert = (line: string): RunEvent[] => {
  const converted: RunEvent[] = [];
  for (const event of events) inComposeV1Wording((one) => converted.push(one), line)(event);
  return converted;
};

test('for docker-compose, all texts contain docker-compose', () => {
  const converted = JSON.stringify(convert('docker-compose'));
  assert.is(converted.match(/try docker-compose up -d/g)?.length, 2 * (2 + 3 + 2 + 2 + 1 + 3 + 1));
  assert.ok(converted.includes('"evidence":"docker compose"'), 'facts are left as they are');
});

test('an error keeps its code and cause, and only its texts change', () => {
  const converted = convert('docker-compose').flatMap((event) => (event.kind === 'check-finished' ? [event.result.verdict] : []));
  const reason = converted.flatMap((verdict) => (verdict.outcome === 'errored' ? [verdict.reason] : []))[0];
  assert.equal([reason?.code, reason?.cause, reason?.message], ['E_PROBE', 'why', 'try docker-compose up -d']);
});

test('for docker compose, the events are unchanged', () => {
  for (const [index, event] of convert('docker compose').entries()) assert.is(event, events[index]);
});

test.run();
