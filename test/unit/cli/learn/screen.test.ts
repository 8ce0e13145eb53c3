import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tutorials } from '../../../../labs/index.ts';
import { helpOnKey, keyOf } from '../../../../src/cli/learn/live.ts';
import { type Page, stepOf } from '../../../../src/cli/learn/page.ts';
import { passLines } from '../../../../src/cli/learn/pass-page.ts';
import { renderScreen } from '../../../../src/cli/learn/screen.ts';
import { newView, scrolled, type View, viewAfter } from '../../../../src/cli/learn/view.ts';
import { type Lang, langs, text, verbatim } from '../../../../src/lab/text.ts';
import { failed } from '../../../../src/lab/verdict.ts';
import type { Membership } from '../../../../src/learn/class/join-class.ts';
import { planOf } from '../../../../src/learn/plan.ts';
import { reduce } from '../../../../src/learn/reduce.ts';
import { type LearnEvent, type LearnState, stateAt } from '../../../../src/learn/state.ts';
import { assets } from '../../../../src/platform/package-root.ts';
import { widthOf, wrap } from '../../../../src/report/terminal/layout.ts';
import { screenOf } from '../../../../src/report/terminal/screen.ts';

const plain = screenOf(process.stdout, { NO_COLOR: '1' });
const [found] = tutorials;
if (!found) throw new Error('no tutorial');
const tutorial = found;
const small = { columns: 80, rows: 24 };
const action = { kind: 'command', at: '2026-01-01T21:14:03Z', what: 'docker compose up --scale flask=1' } as const;

/** Every step in every state that has more lines than others. */
function* states(): Generator<LearnState> {
  for (const stack of Object.keys(tutorial.stacks)) {
    const plan = planOf(tutorial, stack);
    for (const { key } of plan) {
      const first: LearnState = { ...stateAt(plan, key, {}), phase: 'working' };
      yield first;
      yield { ...first, hints: 3, solutionShown: true, note: verbatim('a note '.repeat(20)) };
      yield { ...first, checks: first.checks.map((check) => ({ ...check, mark: 'lost', cause: action })), lastAction: action };
      yield { ...first, fileFault: { seen: verbatim('compose.yaml:11: a fault '.repeat(5)), tryNext: verbatim('correct it') } };
      yield { ...first, phase: 'passed', lastAction: action };
      yield { ...first, phase: 'finished', lastAction: action };
      yield { ...first, dialog: { kind: 'list', at: plan.length - 1 } };
      yield { ...first, dialog: { kind: 'confirm', to: key } };
      yield { ...first, dialog: { kind: 'help' } };
    }
  }
}

const page = (lang: Lang, size: { readonly columns: number; readonly rows: number }): Page => ({
  paint: plain.paint,
  lang,
  ...size,
});
const shown = (state: LearnState, lang: Lang = 'en', size = small, view: View = newView): string =>
  renderScreen(page(lang, size), tutorial, state, view).lines.join('\n');

test('in a class, `a` asks for help and takes that back, and the last lines say both', () => {
  const [first] = states();
  assert.ok(first);
  const membership = { phase: 'connected', nickname: 'Ann', help: false } as const;
  assert.is(helpOnKey({ name: 'a' }, first, membership), true);
  assert.is(helpOnKey({ name: 'a' }, first, { ...membership, help: true }), false);
  for (const [key, state, joined] of [
    [{ name: 'a' }, first, undefined],
    [{ name: 'a', ctrl: true }, first, membership],
    [{ name: 'a' }, { ...first, dialog: { kind: 'help' } }, membership],
    [{ name: 'h' }, first, membership],
  ] as const)
    assert.is(helpOnKey(key, state, joined), undefined);
  const lines = (joined: Membership, lang: Lang = 'en') =>
    renderScreen({ ...page(lang, small), membership: joined }, tutorial, first).lines.join('\n');
  assert.match(lines(membership), /Class: connected as Ann\n[\s\S]*a ask for help/);
  assert.match(lines({ ...membership, help: true }), /as Ann\. You are asking for help\.\n[\s\S]*a no help needed/);
  assert.match(lines({ ...membership, help: true }, 'zh-TW'), /正在請求協助。\n[\s\S]*a 取消求助/);
  assert.not.match(lines({ ...membership, phase: 'ended' }), 'a ask for help');
  const refused = { ...membership, phase: 'refused', why: text('the class is full', '班級已滿') } as const;
  assert.match(lines(refused), 'Class: the class is full. You can go on.');
  assert.not.match(lines(refused), 'a ask for help');
  assert.match(lines(refused, 'zh-TW'), '班級：班級已滿。你可以繼續練習。');
  assert.not.match(shown(first), 'Class:');
});

test('every screen fits into the terminal, in both languages', () => {
  for (const size of [small, { columns: 120, rows: 40 }, { columns: 40, rows: 10 }])
    for (const lang of langs)
      for (const state of states()) {
        const { lines } = renderScreen(page(lang, size), tutorial, state, { ...newView, asked: true });
        assert.ok(lines.length <= size.rows, `${state.at}: ${lines.length} lines`);
        for (const line of lines) assert.ok(widthOf(line) < size.columns, `${widthOf(line)}: ${line}`);
        assert.ok(lines.length > 0);
      }
});

test('a fault of the Compose file is the reason of the step, until it is corrected', () => {
  const checked = stateAt(planOf(tutorial, 'base'), 'setup/up', {}).checks[0]?.id;
  const verdict = failed({ expected: verbatim('1'), actual: verbatim('none'), help: verbatim('docker compose up -d') });
  const working: LearnState = { ...stateAt(planOf(tutorial, 'base'), 'setup/up', {}), phase: 'working' };
  const open = { ...working, checks: working.checks.map((one) => (one.id === checked ? { ...one, verdict } : one)) };
  const asked = { ...newView, asked: true };
  assert.match(shown(open, 'en', small, asked), /try next: docker compose up -d/);
  const fault = {
    seen: verbatim("compose.yaml:11: services.redis-server additional properties 'imagee' not allowed"),
    tryNext: verbatim('correct compose.yaml:11'),
  };
  const broken = reduce(open, { kind: 'file-saved', fault }).state;
  for (const size of [small, { columns: 60, rows: 16 }]) {
    const screen = shown(broken, 'en', size, asked);
    assert.match(screen.replace(/\n +/g, ' '), /✗ compose\.yaml:11: services\.redis-server .* 'imagee' not allowed/);
    assert.match(screen, /try next: correct compose\.yaml:11/);
    assert.not.match(screen, /try next: docker compose up -d/, 'which cannot work');
  }
  // a jump to another step does not correct it
  assert.equal(reduce({ ...broken, phase: 'lost' }, { kind: 'engine-back' }).state.fileFault, fault);
  assert.is(shown(reduce(broken, { kind: 'file-saved' }).state, 'en', small, asked), shown(open, 'en', small, asked));
});

test('at 80x24 a step shows its task and what is open; the explanation is whole, or its rest is reached with space', () => {
  for (const lang of langs)
    for (const state of states()) {
      if (state.dialog || state.phase !== 'working') continue;
      const step = stepOf(tutorial, state.at);
      assert.ok(step?.task && step.recap, `${state.at} has no task or no recap`);
      const { reading } = renderScreen(page(lang, small), tutorial, state);
      const views = Array.from({ length: reading.last + 1 }, (_, scroll) => ({ ...newView, scroll }));
      const all = views.map((view) => shown(state, lang, small, view)).join('\n');
      const squeezed = (text: string) => text.replace(/\s+/g, '');
      for (const line of wrap(step.teach[lang], small.columns - 2)) assert.ok(all.includes(line), `${state.at}: ${line}`);
      for (const { file, lines } of step.show ?? []) for (const line of [file, ...lines]) assert.ok(all.includes(line), line);
      const first = squeezed(shown(state, lang));
      assert.ok(first.includes(squeezed(step.task[lang])), first);
      assert.match(first, /[○✗]/);
      if (reading.last > 0) assert.match(shown(state, lang), /↓ .*(?:space|空白鍵)/);
    }
});

test('the task is shown, the command is not: not before the hints are asked for', () => {
  for (const state of states()) {
    if (state.hints > 0 || state.dialog || state.phase !== 'working') continue;
    const screen = shown(state, 'en', { columns: 200, rows: 60 });
    const step = stepOf(tutorial, state.at);
    assert.ok(step && screen.includes(`Task  ${(step.task?.en ?? '').slice(0, 60)}`), screen);
    if (!state.lastAction) assert.not(screen.includes(step.hints[2].en), `${state.at} shows its command`);
  }
});

test('the solution is shown once, also if all hints were asked for', () => {
  const state: LearnState = {
    ...stateAt(planOf(tutorial, 'base'), 'scale/out', {}),
    phase: 'working',
    hints: 3,
    solutionShown: true,
  };
  assert.is(shown(state).split('docker compose up -d --scale flask=3').length, 2);
});

test('a lost check names what the learner did, and what to try', () => {
  const plan = planOf(tutorial, 'base');
  const verdict = failed({ expected: verbatim('three'), actual: verbatim('one runs'), help: verbatim('scale it') });
  const first = stateAt(plan, 'scale/out', {});
  const checks = first.checks.map((check, at) =>
    at === 0 ? { ...check, mark: 'lost' as const, verdict, cause: action } : check,
  );
  assert.match(
    shown({ ...first, phase: 'working', checks }),
    / ✗ .*: one runs\n {3}after \d\d:\d\d:\d\d docker compose up --scale flask=1\n {3}try next: scale it\n/,
  );
});

test('a claim that cannot become true any more says what was done, when, and which key helps; not what to try', () => {
  const keys = planOf(tutorial, 'nginx');
  const first = stateAt(keys, 'nginx/restart', {});
  const lasting = { service: 'flask', how: 'restarted', at: '2026-01-01T21:14:03' } as const;
  const verdict = failed({ expected: verbatim('same'), actual: verbatim('other'), help: verbatim('leave it alone'), lasting });
  const checks = first.checks.map((one) => ({
    ...one,
    mark: 'waiting' as const,
    ...(one.id === 'flask-is-untouched' ? { verdict } : {}),
  }));
  const state: LearnState = { ...first, phase: 'working', checks };
  const text = (lang: Lang) => shown(state, lang, { columns: 200, rows: 40 }).replace(/\s+/g, lang === 'en' ? ' ' : '');
  assert.match(
    text('en'),
    'You restarted flask at 21:14:03; this cannot be undone in this step: press r to set the step up again',
  );
  assert.not.match(text('en'), 'leave it alone');
  assert.match(text('zh-TW'), '你在21:14:03重新啟動了flask，在這一步無法復原：請按r重設這一步');
});

test('what to try next is shown after c, or when what is seen has changed since the step began; not before', () => {
  const first = stateAt(planOf(tutorial, 'base'), 'scale/out', {});
  const seen = (actual: string): LearnState => {
    const verdict = failed({ expected: verbatim('three'), actual: verbatim(actual), help: verbatim('scale it') });
    return { ...first, phase: 'working', checks: first.checks.map((check) => ({ ...check, mark: 'waiting', verdict })) };
  };
  const began = viewAfter(newView, seen('one'), { kind: 'began', key: first.at, results: [] }, first);
  assert.not.match(shown(seen('one'), 'en', small, began), /try next/);
  assert.match(shown(seen('two'), 'en', small, began), /try next: scale it/);
  const asked = viewAfter(began, seen('one'), { kind: 'key', key: 'check' }, seen('one'));
  const screen = shown(seen('one'), 'en', small, asked);
  assert.match(screen, /expected: three\n {3}try next: scale it/);
  assert.is(screen.split('try next').length, 2, 'the first cause only');
  const next = stateAt(planOf(tutorial, 'base'), 'scale/in', {});
  assert.equal(viewAfter(asked, next, { kind: 'key', key: 'enter' }, first), newView);
});

test('at 80x24 the first claim that is not true is shown whole, with what to try; others may be cut', () => {
  const long = (name: string) => verbatim(`${name} ${'many words about it '.repeat(7)}end-of-${name}`);
  for (const lang of langs)
    for (const stack of Object.keys(tutorial.stacks)) {
      const plan = planOf(tutorial, stack);
      for (const { key } of plan) {
        const first = stateAt(plan, key, {});
        const checks = first.checks.map((check, at) => {
          const verdict = failed({ expected: long(`expected-${at}`), actual: long(`seen-${at}`), help: long(`help-${at}`) });
          return { ...check, mark: at === 1 ? ('lost' as const) : ('waiting' as const), verdict, cause: action };
        });
        const screen = shown({ ...first, phase: 'working', checks }, lang, small, { ...newView, asked: true });
        const needs = checks.length > 1 ? 1 : 0;
        for (const part of ['seen', 'expected', 'help'])
          assert.ok(screen.includes(`end-of-${part}-${needs}`), `${key}: ${part}\n${screen}`);
      }
    }
});

test('a step that is true from the start says why it does not pass', () => {
  const first = stateAt(planOf(tutorial, 'base'), 'scale/out', {});
  const state: LearnState = { ...first, phase: 'working', checks: first.checks.map((check) => ({ ...check, mark: 'passed' })) };
  assert.match(shown(state), /true before the step began/);
  assert.not.match(shown({ ...state, evident: true }), /true before the step began/);
});

test('the answer to a key is shown until something happens; a note about a file stays', () => {
  const first: LearnState = { ...stateAt(planOf(tutorial, 'base'), 'scale/out', {}), phase: 'working' };
  const follow = (state: LearnState, events: readonly LearnEvent[]): string => {
    let [now, view] = [state, newView];
    for (const event of events) {
      const next = reduce(now, event).state;
      view = viewAfter(view, next, event, now);
      now = next;
    }
    return shown(now, 'en', small, view);
  };
  const enter = { kind: 'key', key: 'enter' } as const;
  const acted = { kind: 'acted', action } as const;
  assert.match(follow(first, [enter]), /has not passed yet/);
  assert.not.match(follow(first, [enter, acted]), /has not passed yet/);
  assert.match(follow(first, [enter, acted, enter]), /has not passed yet/);
  assert.match(follow(first, [{ kind: 'note', note: verbatim('line 3 is wrong') }, acted]), /line 3 is wrong/);
});

test('from an action until the look at all checks ends, the screen says that it is checking', () => {
  const first: LearnState = { ...stateAt(planOf(tutorial, 'base'), 'scale/out', {}), phase: 'working' };
  const acted = { kind: 'acted', action } as const;
  const after = viewAfter(newView, first, acted, first);
  assert.not.match(shown(first), /checking …/);
  assert.match(shown({ ...first, lastAction: action }, 'en', small, after), /flask=1 +checking …$/m);
  const all: LearnState = { ...first, evident: true, checks: first.checks.map((check) => ({ ...check, mark: 'passed' })) };
  assert.match(shown(all, 'en', small, after), /All of this is true\. The step passes when/);
  const ended = viewAfter(after, first, { kind: 'looked', key: first.at, at: '2026-01-01T00:00:00Z' }, first);
  assert.not.match(shown(first, 'en', small, ended), /checking …/);
});

test('the count says what it counts: the steps of this folder, in short where there is no space', () => {
  const at = (key: string) => shown({ ...stateAt(planOf(tutorial, 'nginx'), key, {}), phase: 'working' }).split('\n')[0];
  assert.match(at('nginx/up') ?? '', /0 of 5 passed in this folder$/);
  assert.match(at('nginx/scale') ?? '', /not know yet +0 of 5 passed$/);
});

test('what a command prints is one line, cut', () => {
  const first: LearnState = { ...stateAt(planOf(tutorial, 'base'), 'setup/up', {}), phase: 'performing' };
  const row = `my-flask-1   flask-demo:latest   "python app.py"   flask   14 seconds ago   Up 13 seconds   5000/tcp`;
  const lines = shown({ ...first, running: { line: 'docker compose ps', output: row } }).split('\n');
  assert.is(
    lines.findIndex((line) => line.startsWith('Running docker compose ps  my-flask-1')),
    lines.length - 2,
  );
  assert.match(lines.at(-2) ?? '', /…$/);
});

test('scrolling stays within the explanation; space at its end goes to the start', () => {
  const at = (scroll: number) => ({ ...newView, scroll });
  assert.is(scrolled(at(0), 'page', 7, 5).scroll, 4);
  assert.is(scrolled(at(4), 'page', 7, 5).scroll, 7);
  assert.is(scrolled(at(7), 'page', 7, 5).scroll, 0);
  assert.is(scrolled(at(7), 'line', 7, 5).scroll, 7);
  assert.is(scrolled(at(0), 'up', 7, 5).scroll, 0);
  assert.is(scrolled(at(9), 'back', 7, 5).scroll, 3);
});

test('after a pass: what was done and seen, what happened, and the solution if it was done differently', () => {
  const plan = planOf(tutorial, 'base');
  const state = { ...stateAt(plan, 'scale/out', {}), lastAction: { ...action, what: 'docker compose scale flask=3' } };
  const lines = (one: LearnState) => passLines(page('en', small), tutorial, one).join('\n');
  assert.match(lines(state), /You did {2}.*scale flask=3\n What happened .*\n[\s\S]*The solution {2}docker compose up -d/);
  assert.not.match(lines({ ...state, lastAction: { ...action, what: 'docker compose up -d --scale flask=3' } }), /The solution/);
  const exec = { ...action, kind: 'exec', what: 'client: sh -c for i in $(seq 10); do ping -c 1 flask; done' } as const;
  assert.not.match(lines({ ...stateAt(plan, 'balance/ping', {}), lastAction: exec }), /The solution/);
  assert.match(lines({ ...state, lastAction: { ...action, kind: 'engine', what: 'p-flask-2 start' } }), /p-flask-2 was started/);
});

test('once in each folder: our own requests raise the counter and are in the access log', () => {
  for (const lang of langs)
    for (const [stack, first] of [
      ['base', 'setup/talk'],
      ['nginx', 'nginx/single'],
    ] as const) {
      const plan = planOf(tutorial, stack);
      const says = plan.filter(({ key }) =>
        /raise a counter|計數增加/.test(shown({ ...stateAt(plan, key, {}), phase: 'passed', lastAction: action }, lang)),
      );
      assert.equal(
        says.map(({ key }) => key),
        [first],
      );
    }
});

test('the ending names what each lab taught, the next folder and lab break', () => {
  const ending = (stack: string) => {
    const plan = planOf(tutorial, stack);
    const done = { outcome: 'passed', at: '2026-01-01T00:00:00Z', hints: 0, solutionShown: false, performed: false } as const;
    const state = stateAt(plan, plan.at(-1)?.key ?? '', Object.fromEntries(plan.map(({ key }) => [key, done])));
    return shown({ ...state, phase: 'finished' }, 'en', { columns: 120, rows: 40 });
  };
  for (const { stack, learned } of tutorial.labs) assert.ok(learned && ending(stack).includes(learned.en), stack);
  assert.match(ending('base'), /cd \.\.\/nginx && lab learn +nginx in front\n {3}lab break /);
  assert.not.match(ending('nginx'), /cd /);
  assert.match(ending('nginx'), /What is next\n {3}lab break /);
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
