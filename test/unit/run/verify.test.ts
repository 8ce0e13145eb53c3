import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../labs/index.ts';
import type { AnyCheck } from '../../../src/lab/check.ts';
import { defineLab, defineTutorial } from '../../../src/lab/define.ts';
import type { RunEvent } from '../../../src/lab/event.ts';
import { verbatim } from '../../../src/lab/text.ts';
import type { Step } from '../../../src/lab/tutorial.ts';
import { skipped } from '../../../src/lab/verdict.ts';
import type { World } from '../../../src/lab/world.ts';
import { gatherSteps, graceMs, notSeen, verifyLab } from '../../../src/run/verify.ts';
import { fakeView, handClock, stateOf, wordCheck } from './fakes.ts';

/** The state for each check by its ID, and from when (in ms); before that it is `not yet`, or the given word. */
type Seen = Readonly<Record<string, readonly [word: string, sinceMs?: number, before?: string]>>;

const check = (id: string, over: Partial<AnyCheck> = {}) =>
  wordCheck(id, { ...over, gather: async (world: World) => ((await stateOf(world)) as Record<string, string>)[id] });
const step = (id: string, ...verify: AnyCheck[]): Step => ({
  id,
  title: verbatim(id),
  teach: verbatim(''),
  hints: [verbatim(`do ${id}`), verbatim(''), verbatim('')],
  run: async () => {
    throw new Error('lab verify performs nothing');
  },
  verify,
});
const watched = (id: string) => check(id, { needsBaseline: true });

function setting(steps: readonly Step[], seen: Seen) {
  const clock = handClock();
  const startMs = clock.now();
  const state = () =>
    Object.fromEntries(
      Object.entries(seen).map(([id, [word, sinceMs = 0, before = 'not yet']]) => [
        id,
        clock.now() - startMs >= sinceMs ? word : before,
      ]),
    );
  const view = fakeView([], clock);
  const look = () => ({ state: async () => state() }) as unknown as World;
  const [real] = tutorials;
  assert.ok(real);
  const lab = defineLab({ id: 'lab', title: verbatim('lab'), stack: 'base', steps });
  const tutorial = defineTutorial({ ...real, labs: [lab] });
  return { lab, tutorial, clock, view: { ...view, look }, signal: new AbortController().signal };
}

interface More {
  readonly only?: Step;
  readonly shown?: readonly string[];
  busy?(): Promise<boolean>;
  oneStart?(): Promise<boolean>;
}

/** The outcome, the next step, and each reported step: its outcome, and the reason why it was skipped or its hint. */
async function verified(steps: readonly Step[], seen: Seen, { only, shown = [], busy, oneStart }: More = {}) {
  const events: RunEvent[] = [];
  const engine = {
    kind: 'docker',
    version: '1',
    apiVersion: '1',
    compose: '2',
    composeLine: 'docker compose',
    host: 'none',
  } as const;
  const { outcome, next } = await verifyLab({
    ...setting(steps, seen),
    ...(only ? { step: only } : {}),
    ...(busy ? { busy } : {}),
    ...(oneStart ? { oneStart } : {}),
    shown: new Set(shown),
    engine,
    project: 'mine',
    listen: (event) => events.push(event),
  });
  const finished = events.filter((event) => event.kind === 'step-finished');
  const ends = events.flatMap((event) => (event.kind === 'lab-finished' || event.kind === 'run-finished' ? event.outcome : []));
  assert.equal(ends, [outcome, outcome]);
  return {
    outcome,
    next: next?.step.id,
    reported: finished.map(({ step: id, outcome: end, reason, hints }) =>
      [id, end, ...(reason ? [reason.message.en] : []), ...hints.map(({ en }) => en)].join(' | '),
    ),
  };
}

const unseen = (claim: string) => `skipped | not seen yet: “${claim} holds” did not pass`;
const before = 'skipped | not seen yet: this was true before the lab too, so one look does not show that it was done';
const nothing = 'skipped | not seen yet: one look does not show it';
const three = [step('a', check('a1')), step('b', check('b1')), step('c', check('c1'))];

test('every step holds: passed', async () => {
  assert.equal(await verified(three, { a1: ['yes'], b1: ['yes'], c1: ['yes'] }), {
    outcome: 'passed',
    next: undefined,
    reported: ['a | passed', 'b | passed', 'c | passed'],
  });
});

test('the step after the last one that holds is next, and fails with its hint; the steps after it are not seen yet', async () => {
  assert.equal(await verified(three, { a1: ['yes'], b1: ['no'], c1: ['no'] }), {
    outcome: 'failed',
    next: 'b',
    reported: ['a | passed', 'b | failed | do b', `c | ${unseen('c1')}`],
  });
});

test('a step that no longer holds is not seen, although a later one holds: the lab does not pass', async () => {
  assert.equal(await verified(three, { a1: ['no'], b1: ['yes'], c1: ['yes'] }), {
    outcome: 'failed',
    next: undefined,
    reported: [`a | ${unseen('a1')}`, 'b | passed', 'c | passed'],
  });
});

test('a step that an earlier record shows as done counts, and is not looked at', async () => {
  const steps = [step('a', { ...check('a1'), gather: failing }), ...three.slice(1)];
  assert.equal(await verified(steps, { b1: ['yes'], c1: ['yes'] }, { shown: ['lab/a'] }), {
    outcome: 'passed',
    next: undefined,
    reported: ['a | passed | it was done before', 'b | passed', 'c | passed'],
  });
});

test('a check that holds within the grace period passes; one that still waits after it fails', async () => {
  assert.equal(await verified(three, { a1: ['yes', 500], b1: ['yes', 1000], c1: ['yes', graceMs + 1000] }), {
    outcome: 'failed',
    next: 'c',
    reported: ['a | passed', 'b | passed', 'c | failed | do c'],
  });
});

test('while the containers use the processor, a check that still waits has longer than the grace period', async () => {
  const only = three[0] as Step;
  const seen: Seen = { a1: ['yes', graceMs + 7000] };
  const busy = async () => true;
  assert.is((await verified(three, seen, { only, busy })).outcome, 'passed');
  assert.is((await verified(three, seen, { only, busy: async () => false })).outcome, 'failed');
  assert.is((await verified(three, { a1: ['yes', 30_000] }, { only, busy })).outcome, 'failed');
});

test('a step that returns to the state in which the lab began passes only after the step before it is known to be done', async () => {
  const steps = [
    step('out', check('out1'), watched('out2')),
    { ...step('in', check('in1'), watched('in2')), returnsToStart: true } as const,
  ];
  assert.equal(await verified(steps, { out1: ['no'], in1: ['yes'] }), {
    outcome: 'failed',
    next: 'out',
    reported: ['out | failed | do out', `in | ${before}`],
  });
  assert.equal(await verified(steps, { out1: ['no'], in1: ['yes'] }, { shown: ['lab/out'] }), {
    outcome: 'passed',
    next: undefined,
    reported: ['out | passed | it was done before', 'in | passed'],
  });
  assert.equal((await verified(steps, { out1: ['yes'], in1: ['no'] })).reported, ['out | passed', 'in | failed | do in']);
  assert.equal(await verified(steps, { in1: ['yes'] }, { only: steps[1] as Step }), {
    outcome: 'skipped',
    next: 'in',
    reported: [`in | ${before} | do in`],
  });
});

test('a step that a stack can have done from its start counts only after more than one command, and does not lead to the step after it', async () => {
  const steps = [
    step('up', check('up1')),
    { ...step('restart', check('r1')), laterThanStart: true } as const,
    step('down', check('d1')),
  ];
  const seen: Seen = { up1: ['no'], r1: ['yes'], d1: ['no'] };
  const from = 'skipped | not seen yet: the stack was started like this, so one look does not show that it was done';
  assert.equal(await verified(steps, seen, { oneStart: async () => true }), {
    outcome: 'failed',
    next: 'up',
    reported: ['up | failed | do up', `restart | ${from}`, `down | ${unseen('d1')}`],
  });
  assert.is((await verified(steps, seen, { oneStart: async () => false })).next, 'down');
  // a record shows that it was done
  assert.is((await verified(steps, seen, { oneStart: async () => true, shown: ['lab/up', 'lab/restart'] })).next, 'down');
});

test('a step whose traffic is not seen does not pass, even if its check is only skipped', async () => {
  const traffic = { ...check('ping1'), mode: 'once', judge: () => skipped(verbatim('forgotten')) } as AnyCheck;
  assert.equal(await verified([step('ping', traffic, check('ping2'))], { ping2: ['yes'] }), {
    outcome: 'skipped',
    next: 'ping',
    reported: [`ping | ${nothing} | do ping`],
  });
});

test('a step with only checks that need a baseline is not seen', async () => {
  const blind = step('blind', watched('blind1'));
  assert.equal(await verified([blind], {}), { outcome: 'skipped', next: 'blind', reported: [`blind | ${nothing} | do blind`] });
  const { lab, ...verifying } = setting([blind], {});
  const [state] = await gatherSteps(verifying, [[lab, blind]]);
  assert.is(state?.progress, 'not-seen');
});

test('an error makes the step errored, and the lab', async () => {
  const steps = [step('a', { ...check('a1'), gather: failing }), step('b', check('b1'))];
  assert.equal(await verified(steps, { b1: ['no'] }), {
    outcome: 'errored',
    next: 'a',
    reported: ['a | errored | do a', `b | ${unseen('b1')}`],
  });
});
async function failing(): Promise<never> {
  throw Object.assign(new Error('no'), { code: 'EIO', syscall: 'read' });
}

test('a step of which live mode saw that a claim cannot become true any more is not done, whatever the look shows', async () => {
  const only = step('only', check('a'));
  const { lab, ...verifying } = setting([only], { a: ['yes'] });
  const [before] = await gatherSteps(verifying, [[lab, only]]);
  assert.is(before?.progress, 'done');
  const [state] = await gatherSteps({ ...verifying, spoiled: 'lab/only' }, [[lab, only]]);
  assert.is(state?.progress, 'not-seen');
  assert.match(state ? notSeen(state).message.en : '', /press r there to set the step up again/);
  const later = { ...only, laterThanStart: true } as const;
  const [old] = await gatherSteps({ ...verifying, spoiled: 'lab/only', oneStart: async () => true }, [[lab, later]]);
  assert.is(old?.spoiled, true);
});

test.run();
