import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCauses } from '../../../../src/cli/learn/causes.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import { failed, passed, type Verdict } from '../../../../src/lab/verdict.ts';
import { reduce } from '../../../../src/learn/reduce.ts';
import { type LearnEvent, type LearnState, stateAt } from '../../../../src/learn/state.ts';

const claim = text('all run', '全部執行中');
const plan = [{ key: 'a/one', checks: [{ id: 'run', claim, mode: 'now' as const }], hints: 3 }];
const first: LearnState = { ...stateAt(plan, 'a/one', {}), phase: 'working' };

const typed = (what: string): LearnEvent => ({ kind: 'acted', action: { kind: 'command', at: what, what, id: what } });
const saw = (verdict: Verdict): LearnEvent => ({
  kind: 'result',
  key: 'a/one',
  result: { id: 'run', claim, outcome: verdict.outcome, verdict, evidence: null, looks: 1, durationMs: 1 },
});
const lost = (actual: string) =>
  saw(failed({ expected: verbatim('all'), actual: verbatim(actual), help: verbatim('start them') }));

/** What is shown as the cause after these events. */
function causeAfter(...events: readonly LearnEvent[]): string | undefined {
  const causes = createCauses();
  let state = first;
  let shown = first;
  for (const event of events) {
    const next = reduce(state, event).state;
    shown = causes(next, event, state);
    state = next;
  }
  return shown.checks[0]?.cause?.what;
}

const runs = saw(passed(verbatim('2 of 2')));

test('the cause of a lost check is the last action that changed what is seen of it', () => {
  const began = [runs, typed('down'), lost('none')];
  assert.is(causeAfter(...began), 'down');
  assert.is(causeAfter(...began, typed('stop'), lost('none')), 'down', 'it changed nothing');
  assert.is(causeAfter(...began, typed('stop'), lost('one')), 'stop');
  assert.is(causeAfter(...began, typed('stop'), lost('one'), typed('pull'), lost('one')), 'stop', 'it stays');
  assert.is(causeAfter(...began, typed('stop'), lost('one'), runs, typed('kill'), lost('one')), 'kill');
  assert.is(causeAfter(...began, typed('up'), runs), undefined);
});

test.run();
