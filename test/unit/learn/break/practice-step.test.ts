import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faults } from '../../../../labs/compose-scale/faults/index.ts';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import type { Fault } from '../../../../src/lab/fault.ts';
import { judgeChecks } from '../../../../src/lab/judge-checks.ts';
import { text, verbatim } from '../../../../src/lab/text.ts';
import type { Outcome } from '../../../../src/lab/verdict.ts';
import type { World } from '../../../../src/lab/world.ts';
import type { RepairStep } from '../../../../src/learn/break/check-repair.ts';
import { practicePage } from '../../../../src/learn/break/practice-session.ts';
import { explanation, practiceTutorial } from '../../../../src/learn/break/practice-step.ts';
import { planOf } from '../../../../src/learn/plan.ts';
import { stateAt } from '../../../../src/learn/state.ts';

const fault = faults[0] as Fault;
const proof = new Map<string, RepairStep>();
const practice = practiceTutorial(composeScale, fault, 1, () => proof);
const step = practice.labs[0]?.steps[0];
/** What the checks say now. */
const judgements = async () => {
  const judged = await judgeChecks(step?.verify ?? [], {} as World, { asLabError: (error) => Promise.reject(error) as never });
  return new Map([...judged].map(([id, { judgement }]) => [id, judgement]));
};
const ended = (key: string, outcome: Outcome, open: string[] = []): RepairStep => ({
  ...{ key, title: verbatim(key), outcome },
  open: open.map((claim) => verbatim(claim)),
});

test('practice on a fault is one step: what users report, the hints, and a check for each step of its stack', () => {
  assert.equal([practice.labs.length, practice.labs[0]?.stack, step?.id], [1, 'nginx', '1']);
  assert.match(step?.teach.en ?? '', /^Reported: http:\/\/localhost:8000\/ answers 502 Bad Gateway\.\n/);
  assert.is(step?.hints, fault.hints);
  const labs = composeScale.labs.filter(({ stack }) => stack === 'nginx');
  const known = labs.flatMap((lab) => lab.steps.map(({ id }) => `${lab.id}/${id}`));
  assert.ok(known.length > 3);
  assert.equal(
    step?.verify.map(({ id }) => id),
    known,
  );
  assert.equal(
    planOf(practice, 'nginx').map(({ key, hints }) => [key, hints]),
    [['break/1', 3]],
  );
});

test('nothing that the page gets before the repair names the fault, but for its hints', () => {
  const { hints: _, ...rest } = step ?? { hints: [] };
  const shown = JSON.stringify([practice.title, practice.labs[0]?.title, rest]);
  for (const words of [fault.id, fault.cause.en, fault.find.en]) assert.not.ok(shown.includes(words), words);
  assert.ok(explanation(fault).en.includes(fault.cause.en) && explanation(fault)['zh-TW'].includes(fault.find['zh-TW']));
});

test('before a check of the repair, nothing is judged; then each step is as it was on the copy', async () => {
  proof.clear();
  assert.equal(new Set([...(await judgements()).values()].map(({ outcome }) => outcome)), new Set(['skipped']));
  const [one = '', two = '', three = '', four = ''] = step?.verify.map(({ id }) => id) ?? [];
  proof.set(one, ended(one, 'passed'));
  proof.set(two, ended(two, 'failed', ['a holds', 'b holds', 'c holds', 'd holds']));
  proof.set(three, ended(three, 'errored', ['E_COMMAND_FAILED: up']));
  proof.set(four, ended(four, 'skipped'));
  const found = await judgements();
  assert.equal(
    [one, two, three, four].map((id) => found.get(id)?.outcome),
    ['passed', 'failed', 'failed', 'skipped'],
  );
  const failed = found.get(two);
  assert.equal(
    failed?.outcome === 'failed' && failed.actual,
    text('false: a holds; b holds; c holds', '不成立：a holds；b holds；c holds'),
  );
});

test('the page shows a check of the repair that runs, its end, and no remedy for the Compose file', () => {
  const plan = planOf(practice, 'nginx');
  const working = { ...stateAt(plan, 'break/1', {}), phase: 'working' as const };
  const { plan: _, ...plain } = working;
  assert.equal(practicePage(working, { hints: 0 }), plain);
  const running = { line: 'lab break --check', output: 'nginx/up' };
  assert.equal(practicePage(working, { hints: 0, proving: 'nginx/up' }), { ...plain, phase: 'performing', running });
  assert.is(practicePage({ ...working, phase: 'finished' }, { hints: 0, proving: 'nginx/down' }).phase, 'finished');
  assert.equal(practicePage(working, { hints: 0, note: verbatim('not yet') }).note, verbatim('not yet'));
  assert.equal(
    practicePage({ ...working, note: verbatim('own') }, { hints: 0, note: verbatim('not yet') }).note,
    verbatim('own'),
  );
  const fileFault = { seen: verbatim('line 3'), tryNext: verbatim('delete it') };
  assert.is(practicePage(working, { hints: 2 }).hints, 2, 'a step that begins again has the hints that were shown');
  assert.equal(practicePage({ ...working, fileFault }, { hints: 0 }).fileFault, { seen: verbatim('line 3') });
  // text of the stack does not change the direction of what is around it
  assert.is(practicePage(working, { hints: 0, note: verbatim('a\u202eb') }).note?.en, 'a[U+202E]b');
});

test.run();
