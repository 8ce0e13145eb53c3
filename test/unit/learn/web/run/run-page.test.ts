import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent } from '../../../../../src/lab/event.ts';
import { text, verbatim } from '../../../../../src/lab/text.ts';
import { failed, passed, skipped, type Verdict } from '../../../../../src/lab/verdict.ts';
import type { RunPageState } from '../../../../../src/learn/web/protocol.ts';
import { newRunView, type RunPageEvent, runViewAfter } from '../../../../../src/learn/web/run/run-page.ts';

const engine = { kind: 'docker', version: '', apiVersion: '', compose: '', composeLine: '', host: '' } as const;
const began: RunEvent = {
  ...{ kind: 'run-started', atMs: 0, runId: 'r', tutorial: 't', title: verbatim('T'), engine },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', plan: [] },
};
const a = { lab: 'x', step: 'a', atMs: 1500 };
const b = { lab: 'x', step: 'b', atMs: 2000 };
const lab: RunEvent = { kind: 'lab-started', lab: 'x', title: verbatim('X'), atMs: 0 };
const started = (at: typeof a): RunEvent => ({ kind: 'step-started', ...at, title: verbatim('A'), teach: verbatim('') });
const up: RunEvent = { kind: 'command-started', ...a, line: 'up -d' };
const output = (line: string): RunEvent => ({ kind: 'command-output', ...a, line, stream: 'stderr' });
const upDone: RunEvent = { kind: 'command-finished', ...a, line: 'up -d', exitCode: 0, durationMs: 1 };
const claims = [
  { id: 'one', claim: verbatim('one holds') },
  { id: 'two', claim: verbatim('two holds') },
];
const verify: RunEvent = { kind: 'verify-started', ...a, checks: claims };
const judged = (at: typeof a, id: string, verdict: Verdict): RunEvent => ({
  ...{ kind: 'check-finished', ...at },
  result: { id, claim: verbatim(`${id} holds`), outcome: verdict.outcome, verdict, evidence: null, looks: 1, durationMs: 1 },
});
const ended = (at: typeof a, outcome: 'passed' | 'failed' | 'errored' | 'skipped', reason?: { message: string }): RunEvent => ({
  ...{ kind: 'step-finished', ...at, outcome, durationMs: 1, hints: [] },
  ...(reason ? { reason: { message: verbatim(reason.message), hint: verbatim('do this') } } : {}),
});
const yes = passed(verbatim('seen'));
const no = failed({ expected: verbatim('3'), actual: verbatim('2'), help: verbatim('scale') });

const pageAfter = (...events: readonly RunPageEvent[]): RunPageState => events.reduce(runViewAfter, newRunView(false)).page;

test('a run is starting until its first lab begins', () => {
  const empty = { pause: false, commands: [], checks: [], outcomes: {} };
  assert.equal(newRunView(true).page, { ...empty, phase: 'starting', pause: true });
  assert.equal(pageAfter(began), { ...empty, phase: 'starting' });
  assert.equal(pageAfter(began, lab), { ...empty, phase: 'running' });
});

test('the current step has its commands with what they printed', () => {
  const running = pageAfter(began, lab, started(a), up, output('Creating'));
  assert.is(running.at, 'x/a');
  assert.equal(running.commands, [{ line: 'up -d', output: ['Creating'] }]);
  const done = pageAfter(began, lab, started(a), up, output('Creating'), upDone);
  assert.equal(done.commands, [{ line: 'up -d', output: ['Creating'], exitCode: 0 }]);
});

test('a command keeps its last 12 lines, of 200 characters at most, and a step its last 20 commands', () => {
  const lines = Array.from({ length: 14 }, (_, at) => output(`line ${at}`));
  const { commands } = pageAfter(began, started(a), up, ...lines, output('容'.repeat(300)), output('😀'.repeat(200)));
  assert.is(commands[0]?.output.length, 12);
  assert.is(commands[0]?.output[0], 'line 4');
  assert.is(commands[0]?.output[10], `${'容'.repeat(199)}…`);
  assert.is(commands[0]?.output[11], '😀'.repeat(200));
  const many = Array.from({ length: 21 }, (_, at): RunEvent => ({ kind: 'command-started', ...a, line: `run ${at}` }));
  const kept = pageAfter(began, started(a), ...many).commands;
  assert.equal([kept.length, kept[0]?.line, kept.at(-1)?.line], [20, 'run 1', 'run 20']);
});

test('output belongs to the command that runs', () => {
  const exec: RunEvent = { kind: 'command-started', ...a, line: 'ps' };
  const { commands } = pageAfter(began, started(a), up, upDone, exec, output('flask'));
  assert.equal(commands, [
    { line: 'up -d', output: [], exitCode: 0 },
    { line: 'ps', output: ['flask'] },
  ]);
});

test('checks are shown with their claims, and each verdict as soon as it is known', () => {
  const open = pageAfter(began, started(a), verify);
  assert.equal(open.checks, claims);
  const half = pageAfter(began, started(a), verify, judged(a, 'two', no));
  assert.equal(half.checks, [claims[0], { ...claims[1], verdict: no }]);
});

test('the outcome of each step that ended stays, by its key; the next step begins without commands and checks', () => {
  const first = [began, lab, started(a), up, upDone, verify, judged(a, 'one', yes), judged(a, 'two', yes), ended(a, 'passed')];
  assert.equal(pageAfter(...first).outcomes, { 'x/a': 'passed' });
  assert.is(pageAfter(...first).commands.length, 1);
  const next = pageAfter(...first, started(b));
  assert.equal([next.at, next.commands, next.checks, next.outcomes], ['x/b', [], [], { 'x/a': 'passed' }]);
});

test('steps that are skipped get an outcome, and what did not pass stays shown', () => {
  const wrong = pageAfter(began, lab, started(a), up, upDone, verify, judged(a, 'one', no), ended(a, 'failed'));
  const because = skipped(verbatim('“A” did not pass'));
  const after = pageAfter(
    ...[began, lab, started(a), up, upDone, verify, judged(a, 'one', no), ended(a, 'failed')],
    ...[started(b), judged(b, 'b-holds', because), ended(b, 'skipped', { message: '“A” did not pass' })],
  );
  assert.equal(after, { ...wrong, outcomes: { 'x/a': 'failed', 'x/b': 'skipped' } });
});

test('a step without a result says why', () => {
  const after = pageAfter(began, lab, started(a), up, ended(a, 'errored', { message: 'E_TIMEOUT: too long' }));
  assert.equal(after.note, text('E_TIMEOUT: too long. do this', 'E_TIMEOUT: too long。do this'));
  assert.is(after.outcomes['x/a'], 'errored');
  assert.is(pageAfter(began, lab, started(a), ended(a, 'errored', { message: 'm' }), started(b)).note, undefined);
});

test('a note of the run or of its step is shown until the next step begins', () => {
  const note: RunEvent = { kind: 'note', atMs: 1, text: verbatim('port 8000 is taken') };
  assert.equal(pageAfter(began, note, lab).note, verbatim('port 8000 is taken'));
  assert.is(pageAfter(began, note, lab, started(a)).note, undefined);
  assert.equal(pageAfter(began, lab, started(a), { ...note, lab: 'x', step: 'a' }).note, verbatim('port 8000 is taken'));
});

test('a pause, and the end of the run', () => {
  const paused = pageAfter(began, lab, { kind: 'pause-set', pause: true }, { kind: 'paused' });
  assert.equal([paused.phase, paused.pause], ['paused', true]);
  assert.is(pageAfter(began, lab, { kind: 'paused' }, { kind: 'continued' }).phase, 'running');
  const removing: RunEvent = { kind: 'teardown-started', atMs: 9 };
  assert.is(pageAfter(began, lab, removing).phase, 'removing');
  const removed: RunEvent = { kind: 'teardown-finished', atMs: 9, removed: 7, durationMs: 1 };
  assert.is(pageAfter(began, lab, removing, removed).phase, 'removing');
  const over: RunEvent = { kind: 'run-finished', atMs: 9, outcome: 'passed', durationMs: 9 };
  const labOver: RunEvent = { kind: 'lab-finished', atMs: 9, lab: 'x', outcome: 'passed', durationMs: 9 };
  assert.is(pageAfter(began, lab, labOver).phase, 'running');
  assert.is(pageAfter(began, lab, removing, removed, over).phase, 'finished');
});

test('an interrupted run is removed: the step has no outcome, and its command no exit code', () => {
  const removing: RunEvent = { kind: 'teardown-started', atMs: 9 };
  const page = pageAfter(began, lab, started(a), up, removing);
  assert.equal([page.phase, page.at, page.outcomes, page.commands], ['removing', 'x/a', {}, [{ line: 'up -d', output: [] }]]);
  assert.is(pageAfter(began, lab, { kind: 'paused' }, removing).phase, 'removing');
});

test('text of the stack in verdicts and notes cannot change the direction of the text around it', () => {
  const seen = judged(a, 'one', passed(verbatim('web\u202e')));
  const page = pageAfter(began, lab, started(a), verify, seen, ended(a, 'errored', { message: 'no\u202e' }));
  assert.equal(page.checks[0]?.verdict, passed(verbatim('web[U+202E]')));
  assert.match(page.note?.en ?? '', 'no[U+202E]. do this');
  const noted = pageAfter(began, lab, { kind: 'note', atMs: 0, text: verbatim('x\u202e') });
  assert.is(noted.note?.en, 'x[U+202E]');
});

test.run();
