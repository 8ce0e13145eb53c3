import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LabError } from '../../../src/lab/error.ts';
import type { CheckResult } from '../../../src/lab/event.ts';
import { text, verbatim } from '../../../src/lab/text.ts';
import { errored, failed, passed, skipped, type Verdict } from '../../../src/lab/verdict.ts';
import { reduce } from '../../../src/learn/reduce.ts';
import { type Action, type LearnEvent, type LearnState, type Next, type PlannedStep, stateAt } from '../../../src/learn/state.ts';

/** The transitions of live mode, over plain objects. */

const one = (id: string, mode: 'now' | 'once' = 'now') => ({ id, claim: verbatim(id), mode });
const plan: readonly PlannedStep[] = [
  { key: 'lab/up', checks: [one('runs'), one('same')], hints: 3 },
  { key: 'lab/ping', checks: [one('pinged', 'once'), one('answers')], hints: 3 },
  { key: 'lab/down', checks: [one('gone')], hints: 3 },
];
const yes = passed(verbatim('seen'));
const no = failed({ expected: verbatim('a'), actual: verbatim('b'), help: verbatim('c') });
const result = (id: string, verdict: Verdict): CheckResult => ({
  id,
  claim: verbatim(id),
  outcome: verdict.outcome,
  verdict,
  evidence: null,
  looks: 1,
  durationMs: 0,
});
const scaled: Action = { kind: 'command', at: '2026-01-01T21:14:03Z', what: 'docker compose up --scale web=1', id: '7' };

const after = (state: LearnState, ...events: readonly LearnEvent[]): Next =>
  events.reduce<Next>((next, event) => reduce(next.state, event), { state, effects: [] });
const began = (state: LearnState, ...verdicts: readonly (readonly [string, Verdict])[]): LearnState =>
  after(state, { kind: 'began', key: state.at, results: verdicts.map(([id, verdict]) => result(id, verdict)) }).state;
const looked = (state: LearnState, ...verdicts: readonly (readonly [string, Verdict])[]): Next =>
  after(state, ...verdicts.map(([id, verdict]) => ({ kind: 'result', key: state.at, result: result(id, verdict) }) as const), {
    kind: 'looked',
    key: state.at,
    at: 'now',
  });
const marks = ({ checks }: LearnState) => checks.map((check) => check.mark);
const key = (name: Extract<LearnEvent, { kind: 'key' }>['key']) => ({ kind: 'key', key: name }) as const;
const start = stateAt(plan, 'lab/up', {});

test('a step passes when a check became true and all are true', () => {
  const working = began(start, ['runs', no], ['same', yes]);
  assert.is(working.phase, 'working');
  assert.equal(marks(working), ['waiting', 'passed']);
  const { state, effects } = looked(working, ['runs', yes], ['same', yes]);
  assert.is(state.phase, 'passed');
  assert.equal(state.progress['lab/up'], { outcome: 'passed', at: 'now', hints: 0, solutionShown: false, performed: false });
  assert.equal(effects, [{ kind: 'save' }, { kind: 'prepare', key: 'lab/ping' }]);
});

test('that a step cannot pass any more is saved with the result that shows it, before the look has ended, and so is the reverse', () => {
  const working = began(start, ['runs', no], ['same', yes]);
  const lasting = failed({
    expected: verbatim('a'),
    actual: verbatim('b'),
    help: verbatim('c'),
    lasting: { service: 'db', how: 'restarted' },
  });
  const came = (state: LearnState, verdict: Verdict) =>
    reduce(state, { kind: 'result', key: state.at, result: result('same', verdict) });
  const spoiled = came(working, lasting);
  assert.equal(spoiled.effects, [{ kind: 'save' }]);
  assert.equal(came(spoiled.state, lasting).effects, []);
  assert.equal(came(spoiled.state, no).effects, [{ kind: 'save' }]);
  assert.equal(came(working, no).effects, []);
});

test('a step that is true from the start is not passed by that, nor by a look or enter', () => {
  const working = began(start, ['runs', yes], ['same', yes]);
  const next = looked(working, ['runs', yes], ['same', yes]).state;
  assert.is(next.phase, 'working');
  const entered = reduce(next, key('enter')).state;
  assert.is(entered.phase, 'working');
  assert.match(entered.note?.en ?? '', /true before you did anything/);
});

test('a build is evidence for a step that is true from the start; a command that may be making it false is not', () => {
  const working = began(start, ['runs', yes], ['same', yes]);
  const scaling = reduce(working, { kind: 'acted', action: scaled }).state;
  assert.is(looked(scaling, ['runs', yes], ['same', yes]).state.phase, 'working');
  const { state, effects } = reduce(working, { kind: 'acted', action: { ...scaled, built: true } });
  assert.equal(effects, [{ kind: 'look' }]);
  assert.is(looked(state, ['runs', yes], ['same', yes]).state.phase, 'passed');
});

test('a command in a container is no evidence for a step that changes the stack', () => {
  const working = began(start, ['runs', yes], ['same', yes]);
  const { state } = reduce(working, { kind: 'acted', action: { ...scaled, kind: 'exec' } });
  assert.is(looked(state, ['runs', yes], ['same', yes]).state.phase, 'working');
});

test('a change of the stack is no evidence for a step that observes traffic; traffic is', () => {
  const working = began(stateAt(plan, 'lab/ping', {}), ['pinged', yes]);
  const changed = reduce(working, { kind: 'acted', action: scaled }).state;
  assert.not(changed.evident);
  assert.ok(reduce(working, { kind: 'acted', action: { ...scaled, kind: 'traffic' } }).state.evident);
});

test('a command in a container is traffic when it has succeeded; its end is no further command', () => {
  const working = began(stateAt(plan, 'lab/ping', {}), ['pinged', yes]);
  const typed: Action = { kind: 'exec', at: scaled.at, what: 'client: ping web', id: 'exec 1' };
  const ended = (exitCode: number) => reduce(working, { kind: 'acted', action: { ...typed, exitCode } }).state.evident;
  assert.not(reduce(working, { kind: 'acted', action: typed }).state.evident);
  assert.equal([ended(1), ended(0)], [false, true]);
  // what is typed in a shell cannot be seen: it counts when the shell has ended
  const shell: Action = { ...typed, what: 'client: bash' };
  assert.not(reduce(working, { kind: 'acted', action: shell }).state.evident);
  assert.ok(reduce(working, { kind: 'acted', action: { ...shell, exitCode: 1 } }).state.evident);
  const done = looked(began(start, ['runs', no], ['same', yes]), ['runs', yes], ['same', yes]).state;
  assert.is(reduce(done, { kind: 'acted', action: { ...typed, exitCode: 0 } }).state.at, done.at);
});

test('a check that can be false again turns red, with the action that caused it', () => {
  const working = looked(began(start, ['runs', no], ['same', no]), ['runs', yes], ['same', no]).state;
  const next = after(working, { kind: 'acted', action: scaled }).state;
  const lost = looked(next, ['runs', no]).state;
  assert.equal(marks(lost), ['lost', 'waiting']);
  assert.equal(lost.checks[0]?.cause, scaled);
  const later = looked(reduce(lost, { kind: 'acted', action: { ...scaled, id: '8', what: 'other' } }).state, ['runs', no]).state;
  assert.equal(later.checks[0]?.cause, scaled, 'the cause stays');
  assert.equal(marks(looked(later, ['runs', yes]).state), ['passed', 'waiting']);
  assert.is(looked(later, ['runs', yes]).state.checks[0]?.cause, undefined);
});

test('a look that cannot determine a check says nothing about what was seen before', () => {
  const broken = errored(new LabError('E_ENGINE_API', text('gone', '不見了'), text('again', '再一次')));
  const working = began(start, ['runs', yes], ['same', no]);
  assert.equal(marks(looked(working, ['runs', broken]).state), ['passed', 'waiting']);
  const lost = looked(looked(working, ['runs', broken]).state, ['runs', no]).state;
  assert.equal(marks(lost), ['lost', 'waiting']);
  assert.equal(marks(looked(lost, ['runs', broken]).state), ['lost', 'waiting']);
  assert.equal(marks(looked(working, ['same', broken]).state), ['passed', 'unseen']);
});

test('a check of what was done stays passed', () => {
  const working = began(stateAt(plan, 'lab/ping', {}), ['pinged', no]);
  const next = looked(working, ['pinged', yes]).state;
  assert.equal(marks(looked(next, ['pinged', no]).state), ['passed', 'waiting']);
  assert.is(looked(next, ['pinged', no]).state.checks[0]?.verdict, yes);
  // the log has gained lines since
  const more = passed(verbatim('ten'));
  assert.is(looked(next, ['pinged', more]).state.checks[0]?.verdict, more);
});

test('a change by an unknown command continues after a pass too; a file or a log line does not', () => {
  const done = looked(began(start, ['runs', no], ['same', yes]), ['runs', yes], ['same', yes]).state;
  const by = (kind: Action['kind']) => reduce(done, { kind: 'acted', action: { ...scaled, kind, id: '8' } }).state.at;
  assert.equal((['engine', 'exec', 'command', 'edit', 'traffic'] as const).map(by), [
    'lab/ping',
    'lab/ping',
    'lab/ping',
    'lab/up',
    'lab/up',
  ]);
});

test('a message about the last key is gone after a pass', () => {
  const working = reduce(began(start, ['runs', no], ['same', yes]), key('check')).state;
  assert.ok(working.note);
  assert.is(looked(working, ['runs', yes], ['same', yes]).state.note, undefined);
});

test('a pass by `docker compose up` without `-d` has a note: the terminal is occupied', () => {
  const noteAfter = (what: string) => {
    const working = began(start, ['runs', no], ['same', yes]);
    const acted = after(working, { kind: 'acted', action: { ...scaled, what } }).state;
    const { state } = looked(acted, ['runs', yes], ['same', yes]);
    assert.is(state.phase, 'passed');
    return state.note?.en ?? '';
  };
  assert.match(
    noteAfter('docker compose up'),
    /occupies its terminal, and Ctrl-C there stops the containers.*docker compose up -d$/,
  );
  assert.is(noteAfter('docker compose up -d'), '');
});

test('a check whose need did not pass cannot be seen yet', () => {
  assert.equal(marks(began(start, ['runs', no], ['same', skipped(verbatim('why'))])), ['waiting', 'unseen']);
});

test('a step does not pass before the look has ended', () => {
  const working = began(start, ['runs', no], ['same', yes]);
  const next = after(working, { kind: 'result', key: 'lab/up', result: result('runs', yes) }).state;
  assert.is(next.phase, 'working');
});

test('results and looks of another step are left out', () => {
  const working = began(start, ['runs', no], ['same', yes]);
  const stray = after(
    working,
    { kind: 'result', key: 'lab/down', result: result('runs', yes) },
    { kind: 'looked', key: 'lab/down', at: 'now' },
    { kind: 'began', key: 'lab/down', results: [] },
  ).state;
  assert.equal(stray, working);
});

test('enter continues after a pass, and so does the next command; more of the same command does not', () => {
  const working = reduce(began(start, ['runs', no], ['same', yes]), { kind: 'acted', action: scaled }).state;
  const done = looked(working, ['runs', yes], ['same', yes]).state;
  assert.equal(reduce(done, key('enter')).effects, [{ kind: 'save' }, { kind: 'begin', key: 'lab/ping' }]);
  assert.is(reduce(done, { kind: 'acted', action: scaled }).state.at, 'lab/up');
  const { state, effects } = reduce(done, { kind: 'acted', action: { ...scaled, id: '9' } });
  assert.is(state.at, 'lab/ping');
  assert.equal(effects.at(-1), { kind: 'look' });
});

test('the last step ends the session', () => {
  const last = looked(began(stateAt(plan, 'lab/down', {}), ['gone', no]), ['gone', yes]);
  assert.is(last.state.phase, 'finished');
  assert.equal(last.effects, [{ kind: 'save' }]);
  assert.equal(reduce(last.state, key('enter')).effects, [{ kind: 'quit' }]);
});

test('hints: three, one after the other; progress shows how many were used', () => {
  const working = began(start, ['runs', no], ['same', yes]);
  const hinted = after(working, key('hint'), key('hint'), key('hint'), key('hint'), key('solution')).state;
  assert.is(hinted.hints, 3);
  const { progress } = looked(hinted, ['runs', yes]).state;
  assert.is(progress['lab/up']?.hints, 3);
  assert.ok(progress['lab/up']?.solutionShown);
});

test('run it for me: performs the step, looks, and records it', () => {
  const asked = reduce(began(start, ['runs', no], ['same', yes]), key('perform'));
  assert.equal(asked.effects, [{ kind: 'perform', key: 'lab/up' }]);
  const during = after(asked.state, { kind: 'ran', line: 'docker compose up', output: 'Started' }, key('hint')).state;
  assert.equal([during.phase, during.hints, during.running?.output], ['performing', 0, 'Started']);
  const ended = reduce(during, { kind: 'performed' });
  assert.equal(ended.effects, [{ kind: 'look' }]);
  assert.is(ended.state.running, undefined);
  assert.ok(looked(ended.state, ['runs', yes]).state.progress['lab/up']?.performed);
  assert.is(reduce(during, { kind: 'performed', failure: verbatim('port taken') }).state.note?.en, 'port taken');
});

test('jump and reset: only after confirmation; the stack is prepared, then the step begins', () => {
  const working = began(start, ['runs', no], ['same', yes]);
  const listed = after(working, key('list'), key('down'), key('down'), key('down'), key('enter')).state;
  assert.equal(listed.dialog, { kind: 'confirm', to: 'lab/down' });
  assert.is(reduce(listed, key('other')).state.dialog, undefined);
  assert.is(reduce(listed, key('other')).state.at, 'lab/up');
  const { state, effects } = reduce(listed, key('yes'));
  assert.equal([state.at, state.phase], ['lab/down', 'restoring']);
  assert.equal(effects.at(-1), { kind: 'restore', key: 'lab/down' });
  const begun = reduce(state, { kind: 'performed' });
  assert.is(begun.state.phase, 'beginning');
  assert.equal(begun.effects.at(-1), { kind: 'begin', key: 'lab/down' });
  assert.equal(reduce(working, key('reset')).state.dialog, { kind: 'confirm', to: 'lab/up' });
});

test('check now looks; quit saves; help opens and closes', () => {
  const working = began(start, ['runs', no], ['same', yes]);
  assert.equal(reduce(working, key('check')).effects, [{ kind: 'look' }]);
  assert.equal(reduce(working, key('quit')).effects, [{ kind: 'save' }, { kind: 'quit' }]);
  const help = reduce(working, key('help')).state;
  assert.equal(help.dialog, { kind: 'help' });
  assert.is(reduce(help, key('hint')).state.dialog, undefined);
});

test('an engine that is gone stops looks; when it is back, the step begins again', () => {
  const lost = reduce(began(start, ['runs', no], ['same', yes]), { kind: 'engine-lost', why: verbatim('gone') }).state;
  assert.equal([lost.phase, lost.note?.en], ['lost', 'gone']);
  assert.equal(reduce(lost, { kind: 'acted', action: scaled }).effects, []);
  const back = reduce(lost, { kind: 'engine-back' });
  assert.equal(back.effects.at(-1), { kind: 'begin', key: 'lab/up' });
  assert.is(back.state.note, undefined);
});

test('a step that is chosen on a page is asked about, and begins with yes alone', () => {
  for (const state of [start, began(start, ['runs', no]), { ...start, phase: 'passed' as const }]) {
    const asked = after(state, { kind: 'chosen', key: 'lab/down' });
    assert.equal(asked.effects, []);
    assert.equal(asked.state, { ...state, dialog: { kind: 'confirm', to: 'lab/down' } });
    const cancelled = after(asked.state, key('other')).state;
    assert.is(cancelled.dialog, undefined);
    assert.is(cancelled.at, 'lab/up');
    const { state: moved, effects } = after(asked.state, key('yes'));
    assert.is(moved.at, 'lab/down');
    assert.is(moved.phase, 'restoring');
    assert.equal(effects, [{ kind: 'save' }, { kind: 'restore', key: 'lab/down' }]);
  }
});

test('while labwright runs commands, no other step begins, and why is shown', () => {
  for (const phase of ['performing', 'restoring'] as const)
    for (const dialog of [undefined, { kind: 'list', at: 1 } as const]) {
      const at = { ...start, phase, ...(dialog ? { dialog } : {}) };
      const { state, effects } = after(at, dialog ? key('enter') : { kind: 'chosen', key: 'lab/down' });
      assert.equal([state.at, state.phase, state.dialog, effects], [start.at, phase, undefined, []]);
      assert.match(state.note?.en ?? '', /^Commands are still running/);
    }
});

test('a step that is not in the plan cannot be chosen', () => {
  assert.equal(after(start, { kind: 'chosen', key: 'lab/absent' }), { state: start, effects: [] });
});

test.run();
