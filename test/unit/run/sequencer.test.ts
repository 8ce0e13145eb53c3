import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyCheck } from '../../../src/lab/check.ts';
import { defineLab } from '../../../src/lab/define.ts';
import { LabError } from '../../../src/lab/error.ts';
import type { RunEvent } from '../../../src/lab/event.ts';
import type { Stack } from '../../../src/lab/stack.ts';
import { text, verbatim } from '../../../src/lab/text.ts';
import type { Lab, Step } from '../../../src/lab/tutorial.ts';
import { perform, type Sequence } from '../../../src/run/sequencer.ts';
import { emitter } from '../../../src/run/step-events.ts';
import { fakeView, type HandClock, handClock, wordCheck } from './fakes.ts';

const step = (id: string, over: Partial<Step> = {}): Step => ({
  id,
  title: verbatim(`step ${id}`),
  teach: verbatim(`about ${id}`),
  hints: [verbatim('vague'), verbatim('clearer'), verbatim('exact')],
  run: async () => undefined,
  verify: [wordCheck(`${id}-holds`, { gather: async () => 'yes' })],
  ...over,
});
const wrong = (id: string): readonly AnyCheck[] => [wordCheck(id, { gather: async () => 'no' })];
const lab = (id: string, steps: Step[], over: Partial<Lab> = {}): Lab =>
  defineLab({ id, title: verbatim(`lab ${id}`), stack: 'base', steps, ...over });

type Reported = Parameters<Sequence['listen']>[0];

/** Performs labs on a stack that reports a command for each call, and collects the events. */
function start(labs: readonly Lab[], over: Partial<Sequence> = {}) {
  const clock = handClock();
  const events: Reported[] = [];
  const made: string[] = [];
  const performed = perform({
    labs,
    clock,
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    listen: (event) => events.push(event),
    site: async (name) => {
      made.push(name);
      return {
        ...fakeView(['yes'], clock),
        stack: (watch, signal) =>
          ({
            compose: async (pieces: TemplateStringsArray) => {
              signal.throwIfAborted();
              watch.started(pieces[0] ?? '');
              watch.output('working', 'stdout');
              watch.finished(pieces[0] ?? '', 0, 5);
            },
          }) as unknown as Stack,
      };
    },
    ...over,
  });
  const ends = () =>
    events
      .filter((event) => event.kind === 'step-finished' || event.kind === 'lab-finished')
      .map((event) => `${event.lab}${'step' in event ? `/${event.step}` : ''} ${event.outcome}`);
  const reason = (id: string) =>
    events.flatMap((event) => (event.kind === 'step-finished' && event.step === id ? [event.reason] : []))[0];
  return { performed, clock, events, made, ends, reason };
}

test('a step reports its events in order, from start to end', async () => {
  const run = start([lab('x', [step('a', { run: (stack) => stack.compose`up -d` })])]);
  assert.is(await run.performed, 'passed');
  const at = { lab: 'x', step: 'a' };
  const check = run.events.find((event) => event.kind === 'check-finished');
  assert.equal(run.events, [
    { kind: 'lab-started', lab: 'x', title: verbatim('lab x') },
    { kind: 'step-started', ...at, title: verbatim('step a'), teach: verbatim('about a') },
    { kind: 'command-started', ...at, line: 'up -d' },
    { kind: 'command-output', ...at, line: 'working', stream: 'stdout' },
    { kind: 'command-finished', ...at, line: 'up -d', exitCode: 0, durationMs: 5 },
    { kind: 'verify-started', ...at, checks: [{ id: 'a-holds', claim: text('a-holds holds', 'a-holds 成立') }] },
    check,
    { kind: 'step-finished', ...at, outcome: 'passed', durationMs: 0, hints: [] },
    { kind: 'lab-finished', lab: 'x', outcome: 'passed', durationMs: 0 },
  ]);
  assert.is(check?.kind === 'check-finished' && check.result.outcome, 'passed');
});

test('beforeStep is awaited before each step that is performed; if it rejects, so does the run', async () => {
  const order: string[] = [];
  const labs = [
    lab('x', [step('a', { run: async () => void order.push('run a'), verify: wrong('w') }), step('b')]),
    lab('y', [step('c')]),
  ];
  const asked = start(labs, { beforeStep: async ({ id }) => void order.push(`before ${id}`) });
  assert.is(await asked.performed, 'failed');
  assert.equal(order, ['before a', 'run a', 'before c']);
  const stopped = start(labs, { beforeStep: () => Promise.reject(new Error('stopped')) });
  await stopped.performed.then(assert.unreachable, (error: Error) => assert.is(error.message, 'stopped'));
  assert.equal(stopped.ends(), []);
});

test('an abort ends a run that waits before a step, and the step does not begin', async () => {
  const interrupt = new AbortController();
  const run = start([lab('x', [step('a'), step('b')])], {
    signal: interrupt.signal,
    beforeStep: async ({ id }) => {
      if (id === 'a') return;
      interrupt.abort('SIGINT');
      await new Promise(() => undefined);
    },
  });
  await run.performed.then(assert.unreachable, (reason: unknown) => assert.is(reason, 'SIGINT'));
  assert.equal(run.ends(), ['x/a passed']);
});

test('the time before a step does not count for its limit', async () => {
  const run = start([lab('x', [step('a')])], { beforeStep: async () => run.clock.pass(600_000) });
  assert.is(await run.performed, 'passed');
});

test('a failed step skips the later ones and the labs that need its lab, but no others', async () => {
  let ran = 0;
  const counted = { run: async () => void ran++ };
  const run = start([
    lab('x', [step('a', { ...counted, verify: wrong('w') }), step('b', counted), step('c', counted)]),
    lab('y', [step('d', counted)], { needs: ['x'] }),
    lab('z', [step('e', counted)]),
    lab('w', [step('f', counted)], { needs: ['y'] }),
  ]);
  assert.is(await run.performed, 'failed');
  assert.equal(run.ends(), [
    'x/a failed',
    'x/b skipped',
    'x/c skipped',
    'x failed',
    'y/d skipped',
    'y skipped',
    'z/e passed',
    'z passed',
    'w/f skipped',
    'w skipped',
  ]);
  assert.is(ran, 2);
  const finished = run.events.find((event) => event.kind === 'step-finished' && event.step === 'a');
  assert.equal(finished?.kind === 'step-finished' && finished.hints, []);
  // each reason is the title of what did not pass first
  assert.equal(run.reason('b')?.message, text('“step a” did not pass', '「step a」沒有通過'));
  assert.equal(run.reason('c')?.message.en, '“step a” did not pass');
  assert.equal(run.reason('d')?.message.en, '“lab x” did not pass');
});

test('the checks of a skipped step are reported as skipped, with the reason', async () => {
  const run = start([lab('x', [step('a', { verify: wrong('w') }), step('b')])]);
  await run.performed;
  const result = run.events.flatMap((event) => (event.kind === 'check-finished' && event.step === 'b' ? [event.result] : []))[0];
  assert.equal(result, {
    id: 'b-holds',
    claim: text('b-holds holds', 'b-holds 成立'),
    outcome: 'skipped',
    verdict: { outcome: 'skipped', because: text('“step a” did not pass', '「step a」沒有通過') },
    evidence: null,
    looks: 0,
    durationMs: 0,
  });
});

test('a step that lists its needs does not need the step before', async () => {
  const run = start([
    lab('x', [step('a'), step('b', { verify: wrong('w') }), step('c', { needs: ['a'] }), step('d', { needs: [] })]),
  ]);
  assert.is(await run.performed, 'failed');
  assert.equal(run.ends(), ['x/a passed', 'x/b failed', 'x/c passed', 'x/d passed', 'x failed']);
});

test('a lab that needs a lab that was not requested is performed', async () => {
  assert.is(await start([lab('y', [step('a')], { needs: ['x'] })]).performed, 'passed');
});

test('a failed command makes the step errored, with its reason, and no check is judged', async () => {
  const error = new LabError('E_COMMAND_FAILED', text('up ended with 1', 'up 失敗'), text('look', '看'));
  const run = start([lab('x', [step('a', { run: () => Promise.reject(error) }), step('b')]), lab('z', [step('c')])]);
  assert.is(await run.performed, 'errored');
  assert.equal(run.ends(), ['x/a errored', 'x/b skipped', 'x errored', 'z/c passed', 'z passed']);
  assert.equal(run.reason('a'), {
    message: text('E_COMMAND_FAILED: up ended with 1', 'E_COMMAND_FAILED：up 失敗'),
    hint: text('look', '看'),
  });
  assert.not.ok(run.events.some((event) => event.kind === 'verify-started' && event.step === 'a'));
});

test('a stack that cannot be created or a baseline that fails makes the step errored', async () => {
  const error = new LabError('E_STATE', verbatim('no disk'), verbatim('make room'));
  const noSite = start([lab('x', [step('a')])], { site: () => Promise.reject(error) });
  assert.is(await noSite.performed, 'errored');
  assert.is(noSite.reason('a')?.message.en, 'E_STATE: no disk');

  const watched = wordCheck('w', { needsBaseline: true, gather: () => Promise.reject(error) });
  const noLook = start([lab('x', [step('a', { verify: [watched] })])]);
  assert.is(await noLook.performed, 'errored');
  assert.equal(noLook.ends(), ['x/a errored', 'x errored']);
});

test('the baseline is gathered before the commands', async () => {
  let state = 'before';
  const watched = wordCheck('w', {
    needsBaseline: true,
    gather: async () => state,
    judge: (now, was) => wordCheck('').judge(was === 'before' && now === 'after' ? 'yes' : 'no'),
  });
  const run = async () => {
    state = 'after';
  };
  assert.is(await start([lab('x', [step('a', { run, verify: [watched] })])]).performed, 'passed');
});

test('a bug is rethrown', async () => {
  const bug = new TypeError('x is undefined');
  const run = start([lab('x', [step('a', { run: () => Promise.reject(bug) })])]);
  assert.is(await run.performed.catch((error: unknown) => error), bug);
});

test('an abort rejects with its reason, whatever the command throws then, and no later step runs', async () => {
  const stop = new AbortController();
  const reason = new Error('Ctrl-C');
  let ran = 0;
  const run = start(
    [
      lab('x', [
        step('a', {
          run: async () => {
            stop.abort(reason);
            throw new LabError('E_COMMAND_FAILED', verbatim('ended by SIGTERM'), verbatim(''));
          },
        }),
      ]),
      lab('z', [step('b', { run: async () => void ran++ })]),
    ],
    { signal: stop.signal },
  );
  assert.is(await run.performed.catch((error: unknown) => error), reason);
  assert.equal([run.ends(), ran], [[], 0]);
});

test('an abort between command and checks rejects too', async () => {
  const stop = new AbortController();
  const run = start([lab('x', [step('a', { run: async () => stop.abort('enough') })])], { signal: stop.signal });
  assert.is(await run.performed.catch((error: unknown) => error), 'enough');
});

test('a step that exceeds the time limit is E_TIMEOUT, and its command is aborted', async () => {
  const run: ReturnType<typeof start> = start(
    [
      lab('x', [
        step('a', {
          run: async (stack) => {
            run.clock.pass(30_000);
            await stack.compose`up`;
          },
        }),
        step('b'),
      ]),
    ],
    { timeoutMs: 30_000 },
  );
  assert.is(await run.performed, 'errored');
  assert.equal(run.ends(), ['x/a errored', 'x/b skipped', 'x errored']);
  assert.equal(run.reason('a')?.message, text('E_TIMEOUT: the step took longer than 30 s', 'E_TIMEOUT：這一步超過了 30 秒'));
  assert.not.ok(run.events.some((event) => event.kind === 'command-started'));
});

test('checks get the time that the commands left', async () => {
  const run: ReturnType<typeof start> = start(
    [
      lab('x', [
        step('a', {
          run: async () => run.clock.pass(900),
          verify: [wordCheck('w', { gather: async () => 'not yet' })],
        }),
      ]),
    ],
    { timeoutMs: 1000 },
  );
  assert.is(await run.performed, 'failed');
  const looks = run.events.flatMap((event) => (event.kind === 'check-finished' ? [event.result.looks] : []));
  assert.equal(looks, [3]);
});

test('claims have longer while the containers use the processor, but not if they have a limit of their own', async () => {
  // an app that is ready after 45 s, as in the middle of many other programs
  const slow = (clock: HandClock, busy: boolean) => {
    const states = [...Array<string>(90).fill('not yet'), 'yes'];
    const view = fakeView(states, clock, 500);
    return { ...view, busy: async () => busy, stack: () => ({}) as unknown as Stack };
  };
  const outcomeOf = async (busy: boolean, own: Partial<Sequence> = {}) => {
    const clock = handClock();
    const waits = step('a', { verify: [wordCheck('ready')] });
    return start([lab('x', [waits])], { clock, site: async () => slow(clock, busy), timeoutMs: 180_000, ...own }).performed;
  };
  assert.is(await outcomeOf(true), 'passed');
  assert.is(await outcomeOf(false), 'failed');
  assert.is(await outcomeOf(true, { settleMs: 10_000 }), 'failed');
  assert.is(await outcomeOf(true, { timeoutMs: 40_000 }), 'failed');
});

test('each lab opens the session of its own stack', async () => {
  const run = start([lab('x', [step('a'), step('b')]), lab('y', [step('c')], { stack: 'other' })]);
  await run.performed;
  assert.equal([...new Set(run.made)], ['base', 'other']);
  assert.is(run.made[0], 'base');
});

test('labs on different stacks are performed at the same time, and their events are in the order of the labs', async () => {
  let begin = () => {};
  const otherBegan = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const retired: string[] = [];
  const run = start(
    [
      // ends only if the other lab is performed meanwhile
      lab('x', [step('a', { run: () => otherBegan }), step('b')]),
      lab('y', [step('c', { run: async () => begin() })], { stack: 'other' }),
      lab('z', [step('d')]),
    ],
    { retire: (stack) => retired.push(stack) },
  );
  assert.is(await run.performed, 'passed');
  assert.equal(run.ends(), ['x/a passed', 'x/b passed', 'x passed', 'y/c passed', 'y passed', 'z/d passed', 'z passed']);
  assert.equal(retired, ['other']);
});

test('a lab waits for one that it needs on another stack', async () => {
  const order: string[] = [];
  const noted = (id: string) => step(id, { run: async () => void order.push(id) });
  const labs = (verify: readonly AnyCheck[]) => [
    lab('x', [step('a', { run: async () => void order.push('a'), verify })]),
    lab('y', [noted('b')], { stack: 'other', needs: ['x'] }),
  ];
  assert.is(await start(labs([wordCheck('w', { gather: async () => 'yes' })])).performed, 'passed');
  assert.equal(order, ['a', 'b']);
  const failed = start(labs(wrong('w')));
  await failed.performed;
  assert.equal(failed.ends(), ['x/a failed', 'x failed', 'y/b skipped', 'y skipped']);
});

test('with beforeStep, labs on different stacks are performed one after the other', async () => {
  const order: string[] = [];
  const noted = (id: string) => step(id, { run: async () => void order.push(`run ${id}`) });
  const labs = [lab('x', [noted('a'), noted('b')]), lab('y', [noted('c')], { stack: 'other' })];
  await start(labs, { beforeStep: async ({ id }) => void order.push(id) }).performed;
  assert.equal(order, ['a', 'run a', 'b', 'run b', 'c', 'run c']);
});

test('a bug in one lab ends those on other stacks before it is rethrown', async () => {
  const bug = new TypeError('x is undefined');
  let ended = false;
  const run: ReturnType<typeof start> = start(
    [
      lab('x', [step('a', { run: (stack) => stack.compose`up` })]),
      lab('y', [step('b', { run: () => Promise.reject(bug) })], { stack: 'other' }),
    ],
    {
      site: async (name) => ({
        ...fakeView(['yes'], handClock()),
        stack: (_watch, signal) => {
          if (name === 'base')
            return {
              compose: () =>
                new Promise((_, reject) => {
                  signal.addEventListener('abort', () => {
                    ended = true;
                    reject(signal.reason);
                  });
                }),
            } as unknown as Stack;
          return {} as Stack;
        },
      }),
    },
  );
  assert.is(await run.performed.catch((error: unknown) => error), bug);
  assert.is(ended, true);
});

test('events are stamped with the time since the run began', () => {
  const clock = handClock();
  const reported: RunEvent[] = [];
  const emit = emitter((event) => reported.push(event), clock);
  clock.pass(1234.6);
  emit({ kind: 'teardown-started' });
  assert.equal(reported, [{ kind: 'teardown-started', atMs: 1235 }]);
});

test.run();
