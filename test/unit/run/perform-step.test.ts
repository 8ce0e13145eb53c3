import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyCheck } from '../../../src/lab/check.ts';
import { needsBaseline } from '../../../src/lab/judge-checks.ts';
import { verbatim } from '../../../src/lab/text.ts';
import { failed, passed, skipped } from '../../../src/lab/verdict.ts';
import { type PerformStepOptions, performStep } from '../../../src/run/perform-step.ts';
import { fakeView, handClock, wordCheck } from './fakes.ts';

/** Performs a step on these states, one for each look, and lists what happened in order. */
function start(states: readonly unknown[], checks: readonly AnyCheck[], over: Partial<PerformStepOptions> = {}, idle = false) {
  const clock = handClock();
  const happened: string[] = [];
  const view = fakeView(states, clock);
  const performed = performStep({
    checks,
    view: {
      ...view,
      look: () => {
        happened.push('look');
        return view.look();
      },
    },
    clock,
    signal: new AbortController().signal,
    baseline: 'gather',
    ...(idle ? {} : { act: async () => void happened.push('act') }),
    deadline: { ms: 1000 },
    onVerify: () => void happened.push('verify'),
    onResult: ({ id, outcome }) => void happened.push(`${id} ${outcome}`),
    ...over,
  });
  return { performed, clock, happened };
}

const thrown = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A check that the word has changed since the baseline. */
const changed = wordCheck('changed', {
  needsBaseline: true,
  judge: (now, before) => {
    const actual = verbatim(`${before} → ${now}`);
    return now === before ? failed({ expected: verbatim('a change'), actual, help: verbatim('help') }) : passed(actual);
  },
});

test('the baseline is gathered, then the step acts, then its checks look', async () => {
  const { performed, happened } = start(['no', 'yes'], [wordCheck('a'), changed]);
  const { outcome, results, baseline } = await performed;
  assert.equal(happened, ['look', 'act', 'verify', 'look', 'a passed', 'changed passed']);
  assert.equal([outcome, results.map(({ id }) => id), [...baseline.values()]], ['passed', ['a', 'changed'], ['no']]);
  assert.equal(results[1]?.evidence, { before: 'no', now: 'yes' });
});

test('without a baseline, checks that compare with one are skipped; without work, the checks judge the current state', async () => {
  const { performed, happened } = start(['yes'], [wordCheck('a'), changed], { baseline: 'none' }, true);
  const { outcome, results } = await performed;
  assert.equal(happened, ['verify', 'look', 'a passed', 'changed skipped']);
  assert.equal([outcome, results[1]?.verdict], ['passed', skipped(needsBaseline)]);
});

test('a second call can use the baseline of an earlier one', async () => {
  const baseline = new Map([[changed.gather, 'long ago']]);
  const { performed, happened } = start(['yes'], [changed], { baseline });
  assert.equal((await performed).results[0]?.evidence, { before: 'long ago', now: 'yes' });
  assert.equal(happened, ['act', 'verify', 'look', 'changed passed']);
});

test('a check that still waits at the deadline is reported as failed, with its last facts', async () => {
  const { performed } = start(['', '1…', '2…'], [wordCheck('a')], { deadline: { ms: 100 } });
  const { outcome, results } = await performed;
  assert.is(outcome, 'failed');
  const mismatch = { expected: verbatim('yes'), actual: verbatim('2…'), help: verbatim('help') };
  assert.equal([results[0]?.outcome, results[0]?.verdict, results[0]?.evidence], ['failed', failed(mismatch), '2…']);
});

test('a deadline can depend on how long the work took, and be shorter for one check', async () => {
  const { performed, clock } = start(['', 'not yet'], [wordCheck('hasty'), wordCheck('patient')], {
    act: async () => clock.pass(700),
    deadline: () => ({ ms: 2000 - clock.now(), forCheck: (id) => (id === 'hasty' ? 0 : 2000 - 1700) }),
  });
  const { results } = await performed;
  assert.equal(
    results.map(({ id, durationMs }) => [id, durationMs]),
    [
      ['hasty', 0],
      ['patient', 300],
    ],
  );
});

test('`around` wraps each phase, and nothing else', async () => {
  const phases: string[] = [];
  const around: PerformStepOptions['around'] = (phase, work) => {
    phases.push(phase);
    return work();
  };
  await start(['yes'], [wordCheck('a')], { around }).performed;
  await start(['yes'], [wordCheck('a')], { around, baseline: 'none' }, true).performed;
  assert.equal(phases, ['baseline', 'act', 'verify', 'verify']);
});

test('an error in the work ends the step before any check is gathered', async () => {
  const broken = new Error('broken');
  const { performed, happened } = start(['yes'], [wordCheck('a')], { baseline: 'none', act: () => Promise.reject(broken) });
  assert.is(await thrown(performed), broken);
  assert.equal(happened, []);
});

test('an abort rejects with the reason of the signal', async () => {
  const stop = new AbortController();
  const reason = new Error('interrupted');
  const { performed } = start(['not yet'], [wordCheck('a')], { signal: stop.signal, act: async () => stop.abort(reason) });
  assert.is(await thrown(performed), reason);
});

test.run();
