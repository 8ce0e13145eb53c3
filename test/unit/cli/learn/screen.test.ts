import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../../labs/index.ts';
import { keyOf } from '../../../../src/cli/learn/live.ts';
import { passLines, renderScreen } from '../../../../src/cli/learn/screen.ts';
import { langs, verbatim } from '../../../../src/lab/text.ts';
import { planOf } from '../../../../src/learn/plan.ts';
import { type LearnState, stateAt } from '../../../../src/learn/state.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { widthOf } from '../../../../src/report/terminal/layout.ts';
import { screenOf } from '../../../../src/report/terminal/screen.ts';

const plain = screenOf(process.stdout, { NO_COLOR: '1' });
const [tutorial] = tutorials;
if (!tutorial) throw new Error('no tutorial');
const small = { columns: 80, rows: 24 };
const action = { kind: 'command', at: '2026-01-01T21:14:03Z', what: 'docker compose up --scale flask=1' } as const;

/** Every step in every state that has more lines than others. */
function* states(): Generator<LearnState> {
  for (const stack of Object.keys(tutorial?.stacks ?? {})) {
    const plan = planOf(tutorial as NonNullable<typeof tutorial>, stack);
    for (const { key } of plan) {
      const first: LearnState = { ...stateAt(plan, key, {}), phase: 'working' };
      yield first;
      yield { ...first, hints: 3, solutionShown: true, note: verbatim('a note '.repeat(20)) };
      yield { ...first, checks: first.checks.map((check) => ({ ...check, mark: 'lost', cause: action })), lastAction: action };
      yield { ...first, dialog: { kind: 'list', at: plan.length - 1 } };
      yield { ...first, dialog: { kind: 'confirm', to: key } };
      yield { ...first, dialog: { kind: 'help' } };
    }
  }
}

test('every screen fits into the terminal, in both languages', () => {
  for (const size of [small, { columns: 120, rows: 40 }, { columns: 40, rows: 10 }])
    for (const lang of langs)
      for (const state of states()) {
        const lines = renderScreen(plain, lang, size, tutorial, state);
        assert.ok(lines.length < size.rows, `${state.at}: ${lines.length} lines`);
        for (const line of lines) assert.ok(widthOf(line) < size.columns, `${widthOf(line)}: ${line}`);
        assert.ok(lines.length > 0);
      }
});

test('the task is shown, the command is not: not before the hints are asked for', () => {
  for (const state of states()) {
    if (state.hints > 0 || state.dialog) continue;
    const shown = renderScreen(plain, 'en', { columns: 200, rows: 60 }, tutorial, state).join('\n');
    const [lab, id] = state.at.split('/');
    const step = tutorial.labs.find((one) => one.id === lab)?.steps.find((one) => one.id === id);
    assert.ok(step && shown.includes(`Task  ${step.title.en}`), shown);
    if (!state.lastAction) assert.not(shown.includes(step.hints[2].en), `${state.at} shows its command`);
  }
});

test('a lost check names what the learner did', () => {
  const [state] = [...states()].filter((one) => one.lastAction);
  assert.ok(state);
  const shown = renderScreen(plain, 'en', small, tutorial, state).join('\n');
  assert.match(shown, /✗ .*\n +\(after \d\d:\d\d:\d\d docker compose up --scale flask=1\)/);
});

test('after a pass: what was done and seen, and the solution if it was done differently', () => {
  const plan = planOf(tutorial, 'base');
  const state = { ...stateAt(plan, 'scale/out', {}), lastAction: { ...action, what: 'docker compose scale flask=3' } };
  assert.match(
    passLines(plain, 'en', 80, tutorial, state).join('\n'),
    /You did: .*scale flask=3\n.*The solution: docker compose up -d/,
  );
  const same = { ...state, lastAction: { ...action, what: 'docker compose up -d --scale flask=3' } };
  assert.not.match(passLines(plain, 'en', 80, tutorial, same).join('\n'), /The solution/);
});

test('the lines of files that steps show exist in these files', () => {
  for (const lab of tutorial.labs)
    for (const step of lab.steps)
      for (const { file, lines } of step.show ?? []) {
        const dir = tutorial.stacks[lab.stack]?.dir ?? '';
        const content = readFileSync(join(assets, tutorial.id, dir, file), 'utf8');
        for (const line of lines) assert.ok(content.includes(line), `${lab.id}/${step.id}: ${file}: ${line}`);
      }
});

test('keys', () => {
  assert.is(keyOf({ name: 'h' }), 'hint');
  assert.is(keyOf({ name: 'return' }), 'enter');
  assert.is(keyOf({ sequence: '?' }), 'help');
  assert.is(keyOf({ name: 'c', ctrl: true }), 'quit');
  assert.is(keyOf({ name: 'z', ctrl: true }), 'suspend');
  assert.is(keyOf({ name: 'x' }), 'other');
});

test.run();
