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
const heard = (line: string): RunEvent[] => {
  const told: RunEvent[] = [];
  for (const event of events) inComposeV1Wording((one) => told.push(one), line)(event);
  return told;
};

test('who types docker-compose reads docker-compose', () => {
  const told = JSON.stringify(heard('docker-compose'));
  assert.is(told.match(/try docker-compose up -d/g)?.length, 2 * (2 + 3 + 2 + 2 + 1 + 3 + 1));
  assert.ok(told.includes('"evidence":"docker compose"'), 'facts are left as they are');
});

test('an error is the same error in their words', () => {
  const told = heard('docker-compose').flatMap((event) => (event.kind === 'check-finished' ? [event.result.verdict] : []));
  const reason = told.flatMap((verdict) => (verdict.outcome === 'errored' ? [verdict.reason] : []))[0];
  assert.equal([reason?.code, reason?.cause, reason?.message], ['E_PROBE', 'why', 'try docker-compose up -d']);
});

test('who types docker compose hears the very events', () => {
  for (const [index, event] of heard('docker compose').entries()) assert.is(event, events[index]);
});

test.run();
