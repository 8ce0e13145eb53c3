import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defineCheck } from '../../../../src/lab/check.ts';
import { defineLab, defineTutorial } from '../../../../src/lab/define.ts';
import type { CheckResult } from '../../../../src/lab/event.ts';
import { verbatim } from '../../../../src/lab/text.ts';
import { failed, passed } from '../../../../src/lab/verdict.ts';
import { readReceipt, receiptPath, saveReceipt } from '../../../../src/learn/receipt/file.ts';
import { judgeReceipt } from '../../../../src/learn/receipt/judge-receipt.ts';
import { ReceiptRecorder } from '../../../../src/learn/receipt/recorder.ts';
import { reduce } from '../../../../src/learn/reduce.ts';
import { type LearnEvent, type LearnState, type PlannedStep, stateAt } from '../../../../src/learn/state.ts';
import { folder } from '../../../helpers/folder.ts';

/** What a session records, over plain objects. */
const test = suite('receipt recorder');

const hint = verbatim('hint');
interface Count {
  readonly count: number;
}
const atLeast = (id: string, least: number, mode: 'now' | 'once' = 'now') =>
  defineCheck<Count>({
    id,
    claim: verbatim(id),
    mode,
    gather: async () => ({ count: 0 }),
    judge: ({ count }) =>
      count >= least ? passed(verbatim(String(count))) : failed({ expected: hint, actual: verbatim(String(count)), help: hint }),
  });
const step = (id: string, ...verify: ReturnType<typeof atLeast>[]) => ({
  ...{ id, title: verbatim(id), teach: hint, hints: [hint, hint, hint] as const, run: async () => undefined, verify },
});
const tutorial = defineTutorial({
  id: 'small',
  title: verbatim('Small'),
  stacks: { base: { id: 'base', dir: 'base', services: { web: { name: 'web' } }, probeFrom: 'web' } },
  labs: [
    defineLab({
      id: 'lab',
      title: hint,
      stack: 'base',
      steps: [step('up', atLeast('runs', 1), atLeast('asked', 1, 'once')), step('more', atLeast('many', 3))],
    }),
  ],
});
const plan: readonly PlannedStep[] = (tutorial.labs[0]?.steps ?? []).map(({ id, verify, hints }) => ({
  key: `lab/${id}`,
  checks: verify.map(({ id: check, claim, mode }) => ({ id: check, claim, mode })),
  hints: hints.length,
}));

const result = (id: string, count: number): CheckResult => {
  const check = tutorial.labs[0]?.steps.flatMap(({ verify }) => verify).find((one) => one.id === id);
  assert.ok(check);
  const verdict = check.judge({ count }) as CheckResult['verdict'];
  return { id, claim: check.claim, outcome: verdict.outcome, verdict, evidence: { count }, looks: 1, durationMs: 1 };
};
const found = (key: string, id: string, count: number): LearnEvent => ({ kind: 'result', key, result: result(id, count) });
const whole = (key: string, at: string): LearnEvent => ({ kind: 'looked', key, at });

const time = { now: () => performance.now(), limitMs: 20_000 };

/** A session in a folder, as `session.ts` leads it. */
async function session(dir: string, first: LearnState, startedAt = '2026-01-01T08:00:00.000Z') {
  const engine = { kind: 'docker', version: '29.0.0', compose: '2.40.0' } as const;
  const recorder = new ReceiptRecorder({ dir, tutorial, engine, startedAt });
  await recorder.open();
  let state = first;
  return {
    recorder,
    state: () => state,
    async see(...events: readonly LearnEvent[]) {
      for (const event of events) {
        const before = state;
        state = reduce(before, event).state;
        recorder.follow(event, before, state);
      }
      await recorder.save(state);
    },
  };
}

test('a step that passes is recorded with the facts of the last look; the receipt is confirmed', async () => {
  const dir = folder();
  const me = await session(dir, stateAt(plan, 'lab/up', {}));
  await me.see({ kind: 'began', key: 'lab/up', results: [result('runs', 0), result('asked', 0)] });
  assert.is(await readReceipt(dir), undefined, 'nothing has passed');
  // the traffic was seen once; a later look sees less of it
  await me.see(found('lab/up', 'asked', 7), found('lab/up', 'runs', 1), found('lab/up', 'asked', 0), found('lab/up', 'runs', 2));
  await me.see(whole('lab/up', '2026-01-01T08:10:00.000Z'));
  const receipt = await readReceipt(dir);
  assert.ok(receipt);
  assert.equal(
    receipt.steps.map(({ key, checks }) => [key, checks?.map(({ id, evidence }) => [id, evidence])]),
    [
      [
        'lab/up',
        [
          ['runs', { count: 2 }],
          ['asked', { count: 7 }],
        ],
      ],
    ],
  );
  assert.is(receipt.tutorial.steps, 2);
  assert.is(receipt.finishedAt, undefined);
  const { steps, possible, confirmed } = judgeReceipt(receipt, tutorial, time);
  assert.equal([steps.map(({ finding }) => finding), possible, confirmed], [['confirmed'], 2, false]);
});

test('a later session keeps what was recorded, and says when all is done', async () => {
  const dir = folder();
  const one = await session(dir, stateAt(plan, 'lab/up', {}));
  await one.see({ kind: 'began', key: 'lab/up', results: [result('runs', 0), result('asked', 0)] });
  await one.see(found('lab/up', 'asked', 1), found('lab/up', 'runs', 1), whole('lab/up', '2026-01-01T08:10:00.000Z'));
  const two = await session(dir, stateAt(plan, 'lab/more', one.state().progress), '2026-01-05T08:00:00.000Z');
  await two.see({ kind: 'began', key: 'lab/more', results: [result('many', 1)] });
  await two.see(found('lab/more', 'many', 3), whole('lab/more', '2026-01-01T09:00:00.000Z'));
  const receipt = await readReceipt(dir);
  assert.equal([receipt?.startedAt, receipt?.finishedAt], ['2026-01-01T08:00:00.000Z', '2026-01-01T09:00:00.000Z']);
  assert.equal(
    receipt?.steps.map(({ key, checks }) => [key, checks?.length]),
    [
      ['lab/up', 2],
      ['lab/more', 1],
    ],
  );
  assert.ok(receipt && judgeReceipt(receipt, tutorial, time).confirmed);
  // that of another tutorial says nothing about these steps
  await saveReceipt(dir, { ...receipt, tutorial: { ...receipt.tutorial, id: 'other' } });
  const anew = await session(dir, two.state());
  await anew.see();
  const { startedAt, steps } = (await readReceipt(dir)) ?? {};
  assert.equal([startedAt, steps?.map(({ checks }) => checks)], ['2026-01-01T08:00:00.000Z', [undefined, undefined]]);
});

test('facts of one pass are not those of another', async () => {
  const dir = folder();
  const one = await session(dir, stateAt(plan, 'lab/more', {}));
  await one.see({ kind: 'began', key: 'lab/more', results: [result('many', 1)] });
  await one.see(found('lab/more', 'many', 3), whole('lab/more', '2026-01-01T09:00:00.000Z'));
  const progress = one.state().progress['lab/more'];
  assert.ok(progress);
  const two = await session(dir, stateAt(plan, 'lab/up', { 'lab/more': { ...progress, at: '2026-01-02T09:00:00.000Z' } }));
  await two.see();
  assert.is((await readReceipt(dir))?.steps[0]?.checks, undefined);
});

test('a step that passed before facts were recorded has none; one of earlier progress is left out', async () => {
  const old = { outcome: 'passed', at: '2025-12-01T08:00:00.000Z', hints: 2, solutionShown: true, performed: true } as const;
  const dir = folder();
  const me = await session(dir, stateAt(plan, 'lab/more', { 'lab/up': old }));
  await me.see();
  const receipt = await readReceipt(dir);
  assert.equal(receipt?.steps, [
    { key: 'lab/up', title: verbatim('up'), at: old.at, hints: 2, solutionShown: true, performed: true },
  ]);
  assert.ok(receipt && judgeReceipt(receipt, tutorial, time).steps[0]?.finding === 'no-facts');
  // progress was removed, and the other step passes
  const anew = await session(dir, stateAt(plan, 'lab/more', {}));
  await anew.see({ kind: 'began', key: 'lab/more', results: [result('many', 1)] });
  await anew.see(found('lab/more', 'many', 3), whole('lab/more', '2026-01-01T09:00:00.000Z'));
  assert.equal(
    (await readReceipt(dir))?.steps.map(({ key }) => key),
    ['lab/more'],
  );
});

test('a file that is no receipt does not hinder a session, and is replaced', async () => {
  const dir = folder({ [receiptPath]: '{"version":9}' });
  const me = await session(dir, stateAt(plan, 'lab/more', {}));
  await me.see({ kind: 'began', key: 'lab/more', results: [result('many', 1)] });
  await me.see(found('lab/more', 'many', 3), whole('lab/more', '2026-01-01T09:00:00.000Z'));
  assert.is((await readReceipt(dir))?.steps.length, 1);
  // only a new pass is written
  writeFileSync(join(dir, receiptPath), '{');
  await me.recorder.save(me.state());
  assert.is(readFileSync(join(dir, receiptPath), 'utf8'), '{');
});

test.run();
