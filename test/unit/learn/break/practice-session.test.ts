import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../../../labs/compose-scale/faults/index.ts';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { clock } from '../../../../src/cli/clock.ts';
import { ApiError } from '../../../../src/docker/api/api-error.ts';
import { LabError } from '../../../../src/lab/error.ts';
import type { Fault } from '../../../../src/lab/fault.ts';
import type { StackSpec } from '../../../../src/lab/stack.ts';
import { verbatim } from '../../../../src/lab/text.ts';
import type { Repair } from '../../../../src/learn/break/check-repair.ts';
import { hinted, loadProgress, type Progress, saveProgress } from '../../../../src/learn/break/practice.ts';
import { type PracticeOptions, type PracticeSession, startPractice } from '../../../../src/learn/break/practice-session.ts';
import type { LearnPageState } from '../../../../src/learn/web/protocol.ts';
import { type FakeEngine, fakeEngine } from '../../../helpers/fake-engine.ts';
import { folder } from '../../../helpers/folder.ts';

const fault = faults[0] as Fault;
const spec = composeScale.stacks[fault.stack] as StackSpec;
const fresh: Progress = { tutorial: 'compose-scale', number: 1, startedAt: '2026-11-27T01:00:00.000Z', hints: 0, checks: 0 };

interface Context {
  fake: FakeEngine;
  dir: string;
  stop: AbortController;
  session: PracticeSession;
  /** Resolves when the session has left the engine. */
  sessionLeft: Promise<void>;
  /** The first state of the page for which this is true, from now on. */
  until(isIt: (state: LearnPageState) => boolean): Promise<LearnPageState>;
  start(prove: PracticeOptions['prove']): Promise<void>;
}

/** A session in a practice folder of its own, on an engine without containers. */
const test = suite<Context>('practice session');
test.before.each(async (context) => {
  let left: () => void = () => undefined;
  context.sessionLeft = new Promise((resolve) => {
    left = resolve;
  });
  context.fake = await fakeEngine((request) =>
    request.includes('/events') ? { lines: [], open: () => left() } : { lines: [[]] },
  );
  context.dir = folder({ '.labwright/break.json': JSON.stringify(fresh), 'compose.yaml': 'services: {}\n' });
  context.stop = new AbortController();
  const changed = new EventTarget();
  let shown: LearnPageState | undefined;
  context.until = async (isIt) => {
    while (!shown || !isIt(shown)) await Promise.race([once(changed, 'state'), context.session.ended]);
    return shown;
  };
  context.start = async (prove) => {
    const { dir, stop, fake } = context;
    const own = { stack: fault.stack, spec, dir, project: 'practice', imageOf: async () => '' };
    context.session = startPractice({
      ...{ tutorial: composeScale, fault, progress: fresh, prove },
      learning: { engine: fake.engine, own, clock, signal: stop.signal, env: {}, nonce: () => 'n' },
      update: async (change) => {
        const next = change((await loadProgress(dir)) ?? fresh);
        await saveProgress(dir, next);
        return next;
      },
      listen: (state) => {
        shown = state;
        changed.dispatchEvent(new Event('state'));
      },
    });
    context.session.ended.catch(() => undefined); // awaited where it is tested
    await context.until(({ phase }) => phase === 'working');
  };
});
test.after.each(async ({ stop, session, fake }) => {
  stop.abort();
  await session.ended.catch(() => undefined);
  await fake.close();
});

const press = ({ session }: Context, key: 'hint' | 'check') => session.press({ kind: 'key', key });
const notRepaired: Repair = { outcome: 'failed', checks: 1, open: [] };
const rejected = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a hint and a check count on what a terminal has saved meanwhile', async (context) => {
  const { dir, until, start } = context;
  await start(async () => notRepaired);
  await saveProgress(dir, { ...hinted(hinted(fresh)), checks: 4 });
  press(context, 'check');
  assert.is((await until(({ note }) => note !== undefined)).hints, 2);
  assert.equal(await loadProgress(dir), { ...fresh, hints: 2, checks: 5 });
  press(context, 'hint');
  await until(({ hints }) => hints === 3);
  assert.equal(await loadProgress(dir), { ...fresh, hints: 3, checks: 5 });
});

test('a check that the system or the engine refuses does not end the page: it shows why and what to do', async (context) => {
  const { dir, until, start } = context;
  const refused = Object.assign(new Error('EACCES: permission denied, copyfile'), { code: 'EACCES', syscall: 'copyfile' });
  const errors: Error[] = [refused, new ApiError(500, 'no space left')];
  await start(() => Promise.reject(errors.shift()));
  press(context, 'check');
  const { note, phase } = await until((state) => state.note !== undefined);
  assert.is(phase, 'working');
  assert.is(note?.en, 'the system refused: EACCES: permission denied, copyfile\ncheck the permissions there: `ls -ld`');
  press(context, 'check');
  await until((state) => state.note?.en.startsWith('the engine refused (HTTP 500): no space left\n') === true);
  assert.equal(await loadProgress(dir), fresh, 'what was not judged does not count');
});

test('a bug in a check ends the page', async (context) => {
  await context.start(() => Promise.reject(new TypeError('a bug')));
  press(context, 'check');
  assert.is(String(await rejected(context.session.ended)), 'TypeError: a bug');
});

test('an interrupt waits for the check; containers that it could not remove are reported instead of the interrupt', async (context) => {
  const { stop, start, sessionLeft } = context;
  const left = new LabError('E_CLEAN', verbatim('1 container is left'), verbatim('lab clean'));
  await start(async () => {
    await sessionLeft;
    await turn();
    throw left;
  });
  press(context, 'check');
  stop.abort(new Error('interrupted'));
  assert.is(await rejected(context.session.ended), left);
});

test('an interrupt of a check that removed everything is an interrupt', async (context) => {
  const { stop, start } = context;
  await start(async () => {
    await once(stop.signal, 'abort');
    throw stop.signal.reason;
  });
  press(context, 'check');
  const why = new Error('interrupted');
  stop.abort(why);
  assert.is(await rejected(context.session.ended), why);
});

test.run();
