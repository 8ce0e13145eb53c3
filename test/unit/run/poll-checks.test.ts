import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApiError, asLabError } from '../../../src/docker/api/api-error.ts';
import type { AnyCheck } from '../../../src/lab/check.ts';
import { LabError } from '../../../src/lab/error.ts';
import type { CheckResult } from '../../../src/lab/event.ts';
import { text, verbatim } from '../../../src/lab/text.ts';
import { failed, passed, waiting } from '../../../src/lab/verdict.ts';
import { gatherBaseline, type PollOptions, pollChecks, type VerdictOf } from '../../../src/run/poll-checks.ts';
import { errorReason } from '../../../src/run/step-events.ts';
import { fakeView, handClock, stateOf, wordCheck } from './fakes.ts';

const setUp = (states: readonly unknown[], over: Partial<PollOptions> = {}) => {
  const clock = handClock();
  const view = fakeView(states, clock);
  const reported: string[] = [];
  const settling: PollOptions = {
    view,
    clock,
    signal: new AbortController().signal,
    deadlineMs: 1000,
    onResult: ({ id, outcome }) => reported.push(`${id} ${outcome}`),
    ...over,
  };
  return { view, reported, settled: (checks: readonly AnyCheck[]) => pollChecks(checks, settling) };
};
const brief = ({ id, outcome, looks, durationMs }: CheckResult) => ({ id, outcome, looks, durationMs });
const unable = new LabError('E_PROBE', verbatim('unable'), verbatim('hint'));

test('a check that holds passes in one look, without waiting', async () => {
  const { view, settled } = setUp(['yes']);
  const [result] = await settled([wordCheck('a')]);
  assert.equal(result, {
    id: 'a',
    claim: text('a holds', 'a 成立'),
    outcome: 'passed',
    verdict: passed(verbatim('yes')),
    evidence: 'yes',
    looks: 1,
    durationMs: 0,
  });
  assert.equal(view.calls, { looks: 1, watched: 0, waited: [], closed: 0 });
});

test('a final wrong state fails at once, in one look', async () => {
  const { view, settled } = setUp(['no', 'yes']);
  assert.equal((await settled([wordCheck('a')])).map(brief), [{ id: 'a', outcome: 'failed', looks: 1, durationMs: 0 }]);
  assert.is(view.calls.watched, 0);
});

test('a check that waits is judged again until it holds', async () => {
  const { view, reported, settled } = setUp(['not yet', 'not yet', 'not yet', 'yes']);
  assert.equal((await settled([wordCheck('a')])).map(brief), [{ id: 'a', outcome: 'passed', looks: 4, durationMs: 200 }]);
  // watches once, before the second look; then waits for a change or a short time
  assert.equal(view.calls, { looks: 4, watched: 1, waited: [250, 250], closed: 1 });
  assert.equal(reported, ['a passed']);
});

test('a check that waits and then finds a final wrong state fails at that look', async () => {
  const { settled } = setUp(['not yet', 'not yet', 'no']);
  assert.equal((await settled([wordCheck('a')])).map(brief), [{ id: 'a', outcome: 'failed', looks: 3, durationMs: 100 }]);
});

test('while the stack is busy, a claim has until the later deadline; a check with a deadline of its own has not', async () => {
  const slow = Array.from({ length: 5 }, () => 'not yet');
  const asked: number[] = [];
  const busyUntil = (calls: number) => ({
    deadlineMs: 300,
    busyDeadlineMs: 900,
    busy: async () => asked.push(1) <= calls,
  });
  const passes = setUp([...slow, 'yes'], busyUntil(Infinity));
  assert.equal((await passes.settled([wordCheck('a')])).map(brief), [{ id: 'a', outcome: 'passed', looks: 6, durationMs: 400 }]);
  // at 300 ms
  assert.is(asked.splice(0).length, 1);
  const idle = setUp([...slow, 'yes'], busyUntil(0));
  assert.equal((await idle.settled([wordCheck('a')])).map(brief), [{ id: 'a', outcome: 'failed', looks: 5, durationMs: 300 }]);
  const never = setUp(['not yet'], busyUntil(Infinity));
  assert.equal((await never.settled([wordCheck('a')])).map(brief), [{ id: 'a', outcome: 'failed', looks: 11, durationMs: 900 }]);
  const short = setUp(['not yet'], { ...busyUntil(Infinity), deadlineFor: () => 100 });
  assert.equal((await short.settled([wordCheck('a')])).map(brief), [{ id: 'a', outcome: 'failed', looks: 3, durationMs: 100 }]);
});

test('whether to wait longer can depend on the verdicts that would be reported', async () => {
  const words = ['not yet', 'not yet', 'not yet', 'almost…'];
  const wants = (word: string) => ({
    deadlineMs: 100,
    busyDeadlineMs: 900,
    explains: true,
    busy: async (verdictOf: VerdictOf) => {
      assert.is(await verdictOf('none'), undefined);
      const verdict = await verdictOf('a');
      return !(verdict?.outcome === 'failed' && verdict.actual.en === word);
    },
  });
  const looksOf = async (word: string) => {
    const explained = { ...wordCheck('a'), explain: async () => ({ text: verbatim('so'), help: verbatim('h') }) };
    const [result] = await setUp(words, wants(word)).settled([explained]);
    return [result?.outcome, result?.durationMs];
  };
  assert.equal(await looksOf('not yet; so'), ['failed', 100]);
  assert.equal(await looksOf('almost…; so'), ['failed', 200]);
  assert.equal(await looksOf('almost…'), ['failed', 900]);
});

/** A check that waits, and shows why while the word ends with `!`; its cause is known if the word has `because`. */
const telling = () =>
  wordCheck('a', {
    judge: (word) => {
      if (word === 'yes') return passed(verbatim('yes'));
      const mismatch = { expected: verbatim('yes'), actual: verbatim(String(word)), help: verbatim('help') };
      return waiting(mismatch, { evident: String(word).endsWith('!') });
    },
    explain: async (_, word) =>
      String(word).includes('because') ? { text: verbatim('so'), help: verbatim('do that') } : undefined,
  });

/** The reasons that were reported before the check was decided, with their time; and its outcome, with its own. */
async function reasonsOf(states: readonly string[], over: Partial<PollOptions> = {}) {
  const told: [string, number][] = [];
  const { settled } = setUp(states, {
    ...{ explains: true, deadlineMs: 300, busyDeadlineMs: 900, busy: async () => true },
    onReason: ({ verdict, durationMs }) => told.push([verdict.outcome === 'failed' ? verdict.actual.en : '', durationMs]),
    ...over,
  });
  const [result] = await settled([telling()]);
  return { told, result: [result?.outcome, result?.durationMs] };
}

test('a check that still waits is reported as soon as it shows why; it can become true after that', async () => {
  assert.equal(await reasonsOf(['no!', 'no!', 'no!', 'no!', 'yes']), { told: [['no!', 0]], result: ['passed', 300] });
  // it has until the later deadline, although nothing is busy
  const idle = { busy: async () => false };
  assert.equal(await reasonsOf(['no!', 'no!', 'no!', 'no!', 'no!', 'no!', 'no!', 'yes'], idle), {
    told: [['no!', 0]],
    result: ['passed', 600],
  });
  assert.equal((await reasonsOf(['no'], idle)).result, ['failed', 300]);
});

test('after the deadline, a known cause is reported while the stack is busy; without one, nothing', async () => {
  assert.equal(await reasonsOf(['because']), { told: [['because; so', 300]], result: ['failed', 900] });
  assert.equal(await reasonsOf(['no']), { told: [], result: ['failed', 900] });
});

test('another reason is reported after a second, the same one once; without a listener, a check is reported when it is decided', async () => {
  const long = { busyDeadlineMs: 2500 };
  const words = ['one!', ...Array.from({ length: 14 }, () => 'two!'), 'yes'];
  assert.equal(await reasonsOf(words, long), {
    told: [
      ['one!', 0],
      ['two!', 1000],
    ],
    result: ['passed', 1400],
  });
  const { result } = await reasonsOf(['no!'], { onReason: undefined as never, busy: async () => false });
  assert.equal(result, ['failed', 300]);
});

test('a cause is looked for with the facts, of a check with a baseline too', async () => {
  for (const needsBaseline of [false, true]) {
    const explain = async (_: unknown, facts: unknown) => ({ text: verbatim(`it is ${facts}`), help: verbatim('h') });
    const check = wordCheck('a', { needsBaseline, explain });
    const baseline = await gatherBaseline([check], fakeView(['then'], handClock()));
    const [result] = await setUp(['no'], { explains: true, baseline }).settled([check]);
    assert.is(result?.verdict.outcome === 'failed' && result.verdict.actual.en, 'no; it is no');
  }
});

test('a check that still waits at the deadline fails, with its last facts', async () => {
  const { view, settled } = setUp(['first…', 'then…', 'last…'], { deadlineMs: 300 });
  const [result] = await settled([wordCheck('a')]);
  assert.equal(result?.verdict, failed({ expected: verbatim('yes'), actual: verbatim('last…'), help: verbatim('help') }));
  assert.equal([result?.evidence, result?.looks, result?.durationMs], ['last…', 5, 300]);
  assert.is(view.calls.closed, 1);
});

test('a check can have a shorter deadline than the others', async () => {
  const { settled } = setUp(['not yet'], { deadlineFor: (id) => (id === 'short' ? 100 : 300) });
  assert.equal(
    (await settled([wordCheck('short'), wordCheck('long')])).map(({ id, outcome, durationMs }) => [id, outcome, durationMs]),
    [
      ['short', 'failed', 100],
      ['long', 'failed', 300],
    ],
  );
});

test('a deadline of 0 ms is one look', async () => {
  const { settled } = setUp(['not yet', 'yes'], { deadlineMs: 0 });
  assert.equal((await settled([wordCheck('a')])).map(brief), [{ id: 'a', outcome: 'failed', looks: 1, durationMs: 0 }]);
});

test('a check is reported as soon as it is decided; results are in the order of the checks', async () => {
  const { view, reported, settled } = setUp(['not yet', 'yes']);
  const results = await settled([wordCheck('slow'), wordCheck('fast', { judge: () => passed(verbatim('at once')) })]);
  assert.equal(results.map(brief), [
    { id: 'slow', outcome: 'passed', looks: 2, durationMs: 0 },
    { id: 'fast', outcome: 'passed', looks: 1, durationMs: 0 },
  ]);
  assert.equal(reported, ['fast passed', 'slow passed']);
  assert.is(view.calls.looks, 2);
});

test('checks with the same gather share a look, and a decided check is not gathered again', async () => {
  let [shared, own] = [0, 0];
  const gather: AnyCheck['gather'] = (world) => {
    shared++;
    return stateOf(world);
  };
  const other: AnyCheck['gather'] = async () => {
    own++;
    return 'yes';
  };
  const { settled } = setUp(['not yet', 'not yet', 'yes']);
  await settled([wordCheck('a', { gather }), wordCheck('b', { gather }), wordCheck('c', { gather: other })]);
  assert.equal([shared, own], [3, 1]);
});

test('needs: a check is judged after its needs passed, and skipped if one did not', async () => {
  const needy = wordCheck('b', { needs: ['a'] });
  const passing = setUp(['not yet', 'yes']);
  assert.equal((await passing.settled([wordCheck('a'), needy])).map(brief), [
    { id: 'a', outcome: 'passed', looks: 2, durationMs: 0 },
    { id: 'b', outcome: 'passed', looks: 3, durationMs: 0 },
  ]);

  const failing = setUp(['no']);
  const [, skipped] = await failing.settled([wordCheck('a'), needy]);
  assert.equal(skipped?.verdict, { outcome: 'skipped', because: text('“a holds” did not pass', '「a 成立」沒有通過') });

  const erring = setUp([unable]);
  const three = await erring.settled([wordCheck('a'), needy, wordCheck('c', { needs: ['b'] })]);
  assert.equal(
    three.map(({ outcome }) => outcome),
    ['errored', 'skipped', 'skipped'],
  );
});

test('needs: a check with its own gather is not gathered before its needs passed; one with a shared gather is judged in the same look', async () => {
  let looked = 0;
  const gather: AnyCheck['gather'] = async () => {
    looked++;
    return 'yes';
  };
  const own = setUp(['not yet', 'not yet', 'yes']);
  await own.settled([wordCheck('a'), wordCheck('b', { needs: ['a'], gather })]);
  assert.is(looked, 1);

  const shared = setUp(['not yet', 'yes']);
  const results = await shared.settled([wordCheck('a', { gather: stateOf }), wordCheck('b', { gather: stateOf, needs: ['a'] })]);
  assert.equal(
    results.map(({ outcome, looks }) => [outcome, looks]),
    [
      ['passed', 2],
      ['passed', 2],
    ],
  );
});

test('if all checks are expected to hold, the first look gathers all of them; an undecided one is gathered again after its needs passed', async () => {
  let looked = 0;
  const gather: AnyCheck['gather'] = async () => {
    looked++;
    return 'yes';
  };
  const chain = [wordCheck('a'), wordCheck('b', { needs: ['a'], gather }), wordCheck('c', { needs: ['b'] })];
  const holding = setUp(['yes'], { expected: true });
  assert.equal(
    (await holding.settled(chain)).map(({ id, outcome, looks }) => [id, outcome, looks]),
    [
      ['a', 'passed', 1],
      ['b', 'passed', 1],
      ['c', 'passed', 1],
    ],
  );
  assert.equal([looked, holding.view.calls.looks], [1, 1]);

  looked = 0;
  const later = setUp(['not yet', 'not yet', 'yes'], { expected: true });
  await later.settled(chain);
  assert.is(looked, 2);

  const wrong = setUp(['no'], { expected: true });
  assert.equal(
    (await wrong.settled(chain)).map(({ outcome }) => outcome),
    ['failed', 'skipped', 'skipped'],
  );
});

test('needs: a check may need a later check, but not one that does not exist', async () => {
  const { settled } = setUp(['yes']);
  const results = await settled([wordCheck('b', { needs: ['a'] }), wordCheck('a')]);
  assert.equal(
    results.map(({ id, outcome }) => `${id} ${outcome}`),
    ['b passed', 'a passed'],
  );
  const error = await setUp(['yes'])
    .settled([wordCheck('b', { needs: ['gone'] })])
    .catch((thrown: unknown) => thrown);
  assert.ok(error instanceof TypeError && /no check gone/.test(error.message));
});

test('a check that needs a baseline is skipped without one, and gets it otherwise', async () => {
  const check = wordCheck('a', {
    needsBaseline: true,
    judge: (now, before) => passed(verbatim(`${before} → ${now}`)),
  });
  const without = setUp(['now']);
  const [skipped] = await without.settled([check]);
  assert.equal(skipped?.verdict, {
    outcome: 'skipped',
    because: text('it must be observed while it happens', '這一項必須全程觀察才能判斷'),
  });

  const clock = handClock();
  const view = fakeView(['then', 'now'], clock);
  const before = await gatherBaseline([check, wordCheck('b')], view);
  assert.is(before.size, 1);
  const signal = new AbortController().signal;
  const [seen] = await pollChecks([check], { view, clock, signal, deadlineMs: 0, baseline: before });
  assert.equal([seen?.verdict, seen?.evidence], [passed(verbatim('then → now')), { before: 'then', now: 'now' }]);
});

test('the baseline is shared, and not gathered if no check needs it', async () => {
  let looked = 0;
  const gather = async () => ++looked;
  const view = fakeView([''], handClock());
  await gatherBaseline([wordCheck('a', { gather }), wordCheck('b', { gather })], view);
  assert.is(looked, 0);
  await gatherBaseline([wordCheck('a', { gather, needsBaseline: true }), wordCheck('b', { gather, needsBaseline: true })], view);
  assert.is(looked, 1);
});

test('an error of ours or of the engine makes the check errored, and does not affect the others', async () => {
  const { settled } = setUp([unable]);
  const results = await settled([wordCheck('a'), wordCheck('b', { gather: async () => 'yes' })]);
  assert.equal(
    results.map(({ verdict }) => verdict),
    [{ outcome: 'errored', reason: unable }, passed(verbatim('yes'))],
  );

  const [refused] = await setUp([new ApiError(500, 'no space left')]).settled([wordCheck('a')]);
  assert.is(refused?.verdict.outcome, 'errored');
  const reason = refused?.verdict.outcome === 'errored' ? refused.verdict.reason : undefined;
  assert.equal([reason?.code, reason?.message], ['E_ENGINE_API', 'the engine refused (HTTP 500): no space left']);
});

test('any other error in gather or judge is a bug and is rethrown; the watch is closed', async () => {
  const bug = new TypeError('x is undefined');
  const thrown = (checks: readonly AnyCheck[], states: readonly unknown[]) => {
    const { view, settled } = setUp(states);
    return settled(checks).then(
      () => ['nothing'],
      (error: unknown) => [error, view.calls.watched - view.calls.closed],
    );
  };
  assert.equal(await thrown([wordCheck('a')], [bug]), [bug, 0]);
  assert.equal(await thrown([wordCheck('a')], ['not yet', 'not yet', bug]), [bug, 0]);
  const judge = () => {
    throw bug;
  };
  assert.equal(await thrown([wordCheck('a', { judge })], ['yes']), [bug, 0]);
});

test('an abort rejects with its reason before the next look', async () => {
  const stop = new AbortController();
  const { view, settled } = setUp(['not yet'], { signal: stop.signal });
  const judge: AnyCheck['judge'] = (facts) => {
    if (view.calls.looks === 3) stop.abort('enough');
    return wordCheck('x').judge(facts);
  };
  assert.is(await settled([wordCheck('a', { judge })]).catch((reason: unknown) => reason), 'enough');
  assert.equal([view.calls.looks, view.calls.closed], [3, 1]);
});

test('without checks the results are empty', async () => {
  assert.equal(await setUp([]).settled([]), []);
});

test('errors are converted to a LabError and to text for people', () => {
  assert.is(asLabError(unable), unable);
  assert.throws(() => asLabError(new Error('a bug')), 'a bug');
  assert.equal(errorReason(unable), { message: text('E_PROBE: unable', 'E_PROBE：unable'), hint: verbatim('hint') });
});

test('sparing: a check of which a need did not pass is skipped, and not looked at', async () => {
  for (const sparing of [false, true]) {
    const gathered: string[] = [];
    const { settled } = setUp(['no'], { sparing });
    const dear = wordCheck('dear', { needs: ['a'], gather: async () => gathered.push('dear') });
    const results = await settled([wordCheck('a'), dear]);
    assert.equal(
      results.map(({ outcome }) => outcome),
      ['failed', 'skipped'],
    );
    assert.equal(gathered, sparing ? [] : ['dear']);
  }
});

test.run();
