import { getEventListeners } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../labs/compose-scale/index.ts';
import { LimitExceededError } from '../../../src/grade/errors.ts';
import { performSteps } from '../../../src/grade/perform-steps.ts';
import { loadRubric, type RubricCheck, standardRubric } from '../../../src/grade/rubric/rubric.ts';
import type { SandboxStack } from '../../../src/grade/sandbox/sandbox-stack.ts';
import { LabError } from '../../../src/lab/error.ts';
import { type Text, text, verbatim } from '../../../src/lab/text.ts';
import type { Lab } from '../../../src/lab/tutorial.ts';
import { failed, passed, waiting } from '../../../src/lab/verdict.ts';
import { rejection } from '../../helpers/rejection.ts';
import { fakeView, handClock, wordCheck } from '../run/fakes.ts';

const rubric = await loadRubric(standardRubric(composeScale), composeScale);

interface Otherwise {
  readonly signal?: AbortSignal;
  readonly disturbed?: Text;
  readonly limit?: Text;
  run?(): Promise<unknown>;
  readonly audit?: Lab['steps'][number]['verify'];
  readonly trust?: boolean;
  readonly unlisted?: readonly string[];
  /** The submission's containers use the processor. */
  readonly busy?: boolean;
}

/** Performs a step on these states, one for each look; the first look is before its work. */
async function performed(
  states: readonly unknown[],
  verify: Lab['steps'][number]['verify'],
  {
    signal = new AbortController().signal,
    disturbed,
    limit,
    run = async () => undefined,
    audit,
    trust = false,
    unlisted = [],
    busy = false,
  }: Otherwise = {},
) {
  const clock = handClock();
  const did: string[] = [];
  const place = {
    ...fakeView(states, clock),
    stack: () => undefined,
    starts: async () => '',
    opened: async () => void did.push('opened'),
    disturbance: async () => disturbed,
    limit: async () => limit,
    busy: async () => busy,
  } as unknown as SandboxStack;
  const step = {
    id: 'up',
    title: text('up', '啟動'),
    verify,
    ...(audit ? { audit } : {}),
    run: () => run().then(() => did.push('run')),
  };
  const lab = { ...composeScale.labs[0], id: 'tiny', steps: [step] } as unknown as Lab;
  const [done] = await performSteps({ lab, place, clock, rubric: { ...rubric, unlisted }, alone: false, trust, signal });
  return { did, done, results: done?.results.map(({ id, outcome }) => `${id} ${outcome}`) ?? [] };
}
const is = (...words: readonly string[]) => ({
  judge: (word: unknown) =>
    words.includes(String(word))
      ? passed(verbatim('yes'))
      : failed({ expected: verbatim('yes'), actual: verbatim(String(word)), help: verbatim('help') }),
});

test('checks are judged after the proxy is open or has ended', async () => {
  const { did, results } = await performed(['before', 'up'], [wordCheck('runs', is('up'))]);
  assert.equal([did, results], [['run', 'opened'], ['runs passed']]);
});

test('a check that holds in the first look but not in the last fails, and a check that needs it is skipped', async () => {
  const checks = [
    wordCheck('runs', is('up')),
    wordCheck('drawn', { ...is('up', 'gone'), needs: ['runs'] }),
    wordCheck('ready', is('ready')),
    // it failed in the first look already
    wordCheck('named', { ...is('named'), needs: ['drawn'] }),
  ];
  const { results } = await performed(['before', 'up', 'gone'], checks);
  assert.equal(results, ['runs failed', 'drawn skipped', 'ready failed', 'named skipped']);
});

test('a probe that fails because its container ends does not make the check errored', async () => {
  const gone = new LabError('E_PROBE', verbatim('gone'), verbatim('hint'));
  const reach = wordCheck('reach', {
    needs: ['runs'],
    gather: async (world) => {
      if (((await world.state()) as unknown) === 'up') throw gone;
      return 'gone';
    },
  });
  const { results } = await performed(['before', 'up', 'gone'], [wordCheck('runs', is('up')), reach]);
  assert.equal(results, ['runs failed', 'reach skipped']);
});

test('a check that cannot be determined in the second look either is errored', async () => {
  const never = wordCheck('reach', { gather: async () => Promise.reject(new LabError('E_PROBE', verbatim('x'), verbatim('y'))) });
  const { results } = await performed(['before', 'up'], [wordCheck('runs', is('up')), never]);
  assert.equal(results, ['runs passed', 'reach errored']);
});

test('an app that needs 45 s to start on a busy machine costs no points; one that does nothing is not waited for', async () => {
  // a look every 100 ms
  const states = ['before', ...Array<string>(450).fill('not yet'), 'yes'];
  assert.equal((await performed(states, [wordCheck('ready')], { busy: true })).results, ['ready passed']);
  assert.equal((await performed(states, [wordCheck('ready')])).results, ['ready failed']);
});

test('the second look waits too: an app that is slow for a moment costs no points', async () => {
  const answers = (word: unknown) => {
    const mismatch = { expected: verbatim('up'), actual: verbatim(String(word)), help: verbatim('help') };
    return word === 'up' ? passed(verbatim('yes')) : word === 'busy' ? waiting(mismatch) : failed(mismatch);
  };
  const checks = [wordCheck('answers', { judge: answers }), wordCheck('named', is('named'))];
  assert.equal((await performed(['before', 'up', 'busy', 'busy', 'up'], checks)).results, ['answers passed', 'named failed']);
  assert.equal((await performed(['before', 'up', 'busy'], checks)).results, ['answers failed', 'named failed']);
});

const commandFails = async () => {
  throw new LabError(
    'E_COMMAND_FAILED',
    text('`docker compose up -d` ended with exit code 1', '以結束碼 1 結束'),
    verbatim('hint'),
  );
};

test('a failure costs no points if another process stopped or removed a container', async () => {
  const disturbed = text('another process removed p-flask-1', '其他程式移除了 p-flask-1');
  const checks = [wordCheck('runs', is('up'))];
  const failing = await rejection(performed(['before', 'gone'], checks, { disturbed }));
  assert.equal([failing.code, failing.text], ['E_ENGINE_API', disturbed]);
  const ended = await rejection(performed(['before', 'gone'], checks, { disturbed, run: commandFails }));
  assert.equal([ended.code, ended.text], ['E_ENGINE_API', disturbed]);
  assert.equal((await performed(['before', 'up'], checks, { disturbed })).results, ['runs passed']);
});

test('a failure caused by a limit of the grader is reported as the limit; otherwise the failed command is reported', async () => {
  const limit = text('builds have no network', '建置沒有網路');
  const checks = [wordCheck('runs', is('up'))];
  const failing = await performed(['before', 'gone'], checks, { limit });
  assert.equal([failing.results, failing.done?.limited, failing.done?.stopped?.text], [['runs failed'], limit, limit]);
  const ended = await performed(['before', 'gone'], checks, { limit, run: commandFails });
  assert.equal([ended.done?.limited, ended.done?.stopped?.text], [limit, limit]);
  const own = await performed(['before', 'gone'], checks, { run: commandFails });
  assert.equal([own.done?.limited, own.done?.stopped?.text.en], [undefined, '`docker compose up -d` ended with exit code 1']);
});

test('an audit has one look, after the checks; it is skipped if a check that it needs did not pass', async () => {
  const audit = [
    wordCheck('honest', { ...is('looked at'), needs: ['runs'] }),
    wordCheck('alone', { ...is('up'), needs: ['fast'] }),
  ];
  const checks = [wordCheck('runs', is('up')), wordCheck('fast', is('faster'))];
  const { results } = await performed(['before', 'up', 'up', 'looked at'], checks, { audit });
  assert.equal(results, ['runs passed', 'fast failed', 'honest passed', 'alone skipped']);
});

test('an audit that fails costs no points if another process stopped a container', async () => {
  const disturbed = text('another process stopped p-flask-1', '其他程式停止了 p-flask-1');
  const audit = [wordCheck('honest', { ...is('no'), needs: ['runs'] })];
  const failing = await rejection(performed(['before', 'up'], [wordCheck('runs', is('up'))], { audit, disturbed }));
  assert.equal([failing.code, failing.text], ['E_ENGINE_API', disturbed]);
});

test('with --trust nothing is audited', async () => {
  const audit = [wordCheck('honest', { gather: async () => assert.unreachable('it looked') })];
  const { results, done } = await performed(['before', 'up'], [wordCheck('runs', is('up'))], { audit, trust: true });
  assert.equal(results, ['runs passed', 'honest skipped']);
  const verdict = done?.results.at(-1)?.verdict;
  assert.match(verdict?.outcome === 'skipped' ? verdict.because.en : '', /--trust/);
});

test('an audit that the rubric does not list is not made', async () => {
  const audit = [wordCheck('honest', { gather: async () => assert.unreachable('it looked') }), wordCheck('listed', is('up'))];
  const { results, done } = await performed(['before', 'up'], [wordCheck('runs', is('up'))], { audit, unlisted: ['up/honest'] });
  assert.equal(results, ['runs passed', 'honest skipped', 'listed passed']);
  const verdict = done?.results[1]?.verdict;
  assert.match(verdict?.outcome === 'skipped' ? verdict.because.en : '', /the rubric does not list it/);
});

test('a finished step leaves no abort listener', async () => {
  const { signal } = new AbortController();
  await performed(['before', 'up'], [wordCheck('runs', is('up'))], { signal });
  assert.equal(getEventListeners(signal, 'abort'), []);
});

const rule: RubricCheck = { points: 1, after: [], visible: true };
const upOrWaiting = (word: unknown) =>
  word === 'up'
    ? passed(verbatim('yes'))
    : waiting({ expected: verbatim('up'), actual: verbatim(String(word)), help: verbatim('help') });

/** Performs two steps; `after` returns `ends`, and `did` is what happened in order. */
async function performedTwo(
  ends: boolean,
  run: () => Promise<unknown> = async () => undefined,
  signal = new AbortController().signal,
  { states = ['up'], starts = async () => '' }: { states?: readonly unknown[]; starts?: () => Promise<string> } = {},
) {
  const clock = handClock();
  const did: string[] = [];
  const place = {
    ...fakeView(states, clock),
    stack: () => undefined,
    starts,
    opened: async () => undefined,
    disturbance: async () => undefined,
    limit: async () => undefined,
  } as unknown as SandboxStack;
  const steps = ['one', 'two'].map((id) => ({
    ...{ id, title: text(id, id), verify: [wordCheck('runs', { judge: upOrWaiting })] },
    run: async () => {
      did.push(id);
      await run();
    },
  }));
  const lab = { ...composeScale.labs[0], id: 'tiny', steps } as unknown as Lab;
  const after = async (done: readonly { readonly step: string }[]) => {
    did.push(`after ${done.map(({ step }) => step).join()}`);
    return ends;
  };
  const own = { ...rubric, foundation: [], checks: { ...rubric.checks, 'one/runs': rule, 'two/runs': rule } };
  return { did, done: await performSteps({ lab, place, clock, rubric: own, alone: false, signal, after }) };
}

test('after each step its result can end the performance', async () => {
  assert.equal((await performedTwo(false)).did, ['one', 'after one', 'two', 'after one,two']);
  const { did, done } = await performedTwo(true);
  assert.equal([did, done.length], [['one', 'after one'], 1]);
  assert.equal((await performedTwo(false, commandFails)).did, ['one', 'after one'], 'a failed command ends it too');
});

test('a claim is waited for as long as what the step started may need, or shortly if it started nothing', async () => {
  const waited = async (starts: () => Promise<string>) => {
    const { done } = await performedTwo(false, undefined, undefined, { states: ['up', 'up', 'up', 'not yet'], starts });
    return Math.round((done[1]?.results[0]?.durationMs ?? 0) / 1000);
  };
  let at = 0;
  assert.equal([await waited(async () => 'same'), await waited(async () => `${at++}`)], [5, 20]);
});

test('a limit that the submission exceeded is distinguished from a failed command', async () => {
  const reasonOf = ({ done }: Awaited<ReturnType<typeof performedTwo>>) => done[0]?.stopped?.exceeded;
  assert.is(reasonOf(await performedTwo(false, commandFails)), undefined);
  const full = new AbortController();
  const fill = async () => {
    full.abort(new LimitExceededError(text('it filled the disk', '它用盡了磁碟空間')));
    full.signal.throwIfAborted();
  };
  assert.is(reasonOf(await performedTwo(false, fill, full.signal)), true);
});

test.run();
