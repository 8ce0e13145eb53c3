import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../labs/index.ts';
import type { AnyCheck } from '../../../src/lab/check.ts';
import { defineLab, defineTutorial } from '../../../src/lab/define.ts';
import type { RunEvent } from '../../../src/lab/event.ts';
import { verbatim } from '../../../src/lab/text.ts';
import type { Step } from '../../../src/lab/tutorial.ts';
import type { World } from '../../../src/lab/world.ts';
import { gatherSteps, graceMs, verifyLab } from '../../../src/run/verify.ts';
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

/** The outcome, and each reported step: its outcome, and the reason why it was skipped or its hint. */
async function verified(steps: readonly Step[], seen: Seen, only?: Step, busy?: () => Promise<boolean>) {
  const events: RunEvent[] = [];
  const engine = {
    kind: 'docker',
    version: '1',
    apiVersion: '1',
    compose: '2',
    composeLine: 'docker compose',
    host: 'none',
  } as const;
  const outcome = await verifyLab({
    ...setting(steps, seen),
    ...(only ? { step: only } : {}),
    ...(busy ? { busy } : {}),
    engine,
    project: 'mine',
    listen: (event) => events.push(event),
  });
  const finished = events.filter((event) => event.kind === 'step-finished');
  const ends = events.flatMap((event) => (event.kind === 'lab-finished' || event.kind === 'run-finished' ? event.outcome : []));
  assert.equal(ends, [outcome, outcome]);
  return {
    outcome,
    reported: finished.map(({ step: id, outcome: end, reason, hints }) =>
      [id, end, ...(reason ? [reason.message.en] : []), ...hints.map(({ en }) => en)].join(' | '),
    ),
  };
}

const unseen = 'skipped | one look cannot determine whether this was done; it must be observed while it happens';
const three = [step('a', check('a1')), step('b', check('b1')), step('c', check('c1'))];

test('the step after the last one that holds fails with its hint; the steps after it are skipped', async () => {
  assert.equal(await verified(three, { a1: ['yes'], b1: ['no'], c1: ['no'] }), {
    outcome: 'failed',
    reported: ['a | passed', 'b | failed | do b', 'c | skipped | “b” did not pass'],
  });
});

test('a step that does not hold is skipped if a later step was judged completely and holds', async () => {
  assert.equal(await verified(three, { a1: ['no'], b1: ['yes'], c1: ['yes'] }), {
    outcome: 'passed',
    reported: ['a | skipped | a later step holds', 'b | passed', 'c | passed'],
  });
});

test('a check that holds within the grace period passes, and the steps after it are judged again', async () => {
  // the first look judges c as failed while b still waits
  assert.equal(await verified(three, { a1: ['yes'], b1: ['yes', 1000], c1: ['yes', 1000, 'no'] }), {
    outcome: 'passed',
    reported: ['a | passed', 'b | passed', 'c | passed'],
  });
  assert.equal(await verified(three, { a1: ['yes', 500], b1: ['yes', 400, 'no'], c1: ['no'] }), {
    outcome: 'failed',
    reported: ['a | passed', 'b | passed', 'c | failed | do c'],
  });
});

test('a last step that still waits is judged again before an earlier step is reported as failed', async () => {
  assert.equal(await verified(three, { a1: ['no'], b1: ['no'], c1: ['yes', 1000] }), {
    outcome: 'passed',
    reported: ['a | skipped | a later step holds', 'b | skipped | a later step holds', 'c | passed'],
  });
});

test('a check that still waits fails after the grace period, which all checks share', async () => {
  assert.equal(await verified(three, { a1: ['yes', graceMs + 1000], b1: ['no'], c1: ['no'] }), {
    outcome: 'failed',
    reported: ['a | failed | do a', 'b | skipped | “a” did not pass', 'c | skipped | “a” did not pass'],
  });
});

test('while the containers use the processor, a check that still waits has longer than the grace period', async () => {
  const seen: Seen = { a1: ['yes', graceMs + 7000], b1: ['no'], c1: ['no'] };
  const reported = ['a | passed', 'b | failed | do b', 'c | skipped | “b” did not pass'];
  assert.equal(await verified(three, seen, undefined, async () => true), { outcome: 'failed', reported });
  assert.is((await verified(three, seen, three[0], async () => true)).outcome, 'passed');
  assert.is((await verified(three, seen, three[0], async () => false)).outcome, 'failed');
  assert.is((await verified(three, { ...seen, a1: ['yes', 30_000] }, three[0], async () => true)).outcome, 'failed');
});

test('a step that was not judged completely does not show that earlier steps were done', async () => {
  const steps = [step('out', check('out1'), watched('out2')), step('in', check('in1'), watched('in2'))];
  assert.equal(await verified(steps, { out1: ['no'], in1: ['yes'] }), {
    outcome: 'passed',
    reported: [`out | ${unseen}`, 'in | passed'],
  });
  assert.equal(await verified(steps, { out1: ['yes'], in1: ['no'] }), {
    outcome: 'failed',
    reported: ['out | passed', 'in | failed | do in'],
  });
  const more = [...steps, step('end', check('end1'))];
  assert.equal((await verified(more, { out1: ['no'], in1: ['yes'], end1: ['no'] })).reported, [
    `out | ${unseen}`,
    'in | passed',
    'end | failed | do end',
  ]);
  assert.equal((await verified(more, { out1: ['no'], in1: ['no'], end1: ['yes'] })).reported, [
    'out | skipped | a later step holds',
    'in | skipped | a later step holds',
    'end | passed',
  ]);
});

test('a step with only checks that need a baseline is skipped: it does not block later steps, and does not pass', async () => {
  const blind = step('blind', watched('blind1'));
  assert.equal(await verified([blind], {}, blind), { outcome: 'skipped', reported: ['blind | skipped'] });
  assert.equal(await verified([blind], {}), { outcome: 'skipped', reported: ['blind | skipped'] });
  assert.equal(await verified([step('a', check('a1')), blind, step('c', check('c1'))], { a1: ['yes'], c1: ['no'] }), {
    outcome: 'failed',
    reported: ['a | passed', 'blind | skipped', 'c | failed | do c'],
  });
  const { lab, ...verifying } = setting([blind], {});
  const [state] = await gatherSteps(verifying, [[lab, blind]]);
  assert.is(state?.outcome, 'skipped');
});

test('an error makes the step errored, and the steps after it are skipped', async () => {
  const steps = [step('a', { ...check('a1'), gather: failing }), step('b', check('b1'))];
  assert.equal(await verified(steps, { b1: ['no'] }), {
    outcome: 'errored',
    reported: ['a | errored', 'b | skipped | “a” did not pass'],
  });
});
async function failing(): Promise<never> {
  throw Object.assign(new Error('no'), { code: 'EIO', syscall: 'read' });
}

test.run();
