import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  langOf,
  newPage,
  type PageState,
  reduce,
  unmeasuredSince,
} from '../../../../../../src/learn/web/page/state/page-state.ts';
import { defaultSettings, parseSettings, share } from '../../../../../../src/learn/web/page/state/settings.ts';
import { createStore } from '../../../../../../src/learn/web/page/state/store.ts';
import type { LearnPageState } from '../../../../../../src/learn/web/protocol.ts';
import { content, learnStates, pictures, runStates } from '../../../../../fixtures/page-states.ts';

const fresh = newPage(defaultSettings);
const said = ({ announcements }: PageState) => announcements.map(({ text }) => text.en);

const bye = { kind: 'bye', value: { reason: { en: 'x', 'zh-TW': 'x' } }, at: '2026-07-04T06:00:00Z' } as const;
const lost = (at: string) => ({ kind: 'connection', value: 'lost', at }) as const;

test('the end of the server stays until the person connects again', () => {
  const ended = reduce(fresh, bye);
  assert.is(reduce(ended, lost('2026-07-04T06:00:01Z')).connection, 'ended');
  assert.equal(said(ended), ['labwright has ended.']);
});

test('a picture is not live from the loss of the connection until the next picture, or while nothing is measured', () => {
  const live = reduce(fresh, { kind: 'picture', value: pictures.three });
  assert.is(unmeasuredSince(live), undefined);
  const cut = reduce(reduce(live, lost('2026-07-04T06:00:00Z')), lost('2026-07-04T06:00:09Z'));
  assert.is(unmeasuredSince(cut), '2026-07-04T06:00:00Z');
  const open = reduce(cut, { kind: 'content', value: content });
  assert.is(unmeasuredSince(open), '2026-07-04T06:00:00Z');
  assert.is(unmeasuredSince(reduce(open, { kind: 'picture', value: pictures.three })), undefined);
  assert.is(unmeasuredSince(reduce(live, bye)), bye.at);
  assert.is(unmeasuredSince(reduce(fresh, bye)), undefined);
  const value = { ...pictures.three, unmeasuredSince: '2026-07-04T05:00:00Z' };
  const stopped = reduce(live, { kind: 'picture', value });
  assert.is(unmeasuredSince(stopped), value.unmeasuredSince);
  assert.equal(said(reduce(stopped, { kind: 'picture', value: pictures.three })), [
    'The stack is not measured now.',
    'The stack is measured again.',
  ]);
});

test('what was seen when a step begins is kept until the next one, and so is whether the learner asked', () => {
  const first = reduce(fresh, { kind: 'learn', value: learnStates.working });
  assert.equal(first.first, { 'flask-has-3-replicas': '1 running replica: lab-flask-1' });
  const asked = reduce(reduce(first, { kind: 'asked' }), { kind: 'learn', value: learnStates.hints });
  assert.equal([asked.first, asked.asked], [first.first, true]);
  const next = reduce(asked, { kind: 'learn', value: { ...learnStates.beginning, at: 'scale/in' } });
  assert.equal([next.first, next.asked], [undefined, false]);
});

test('changes of the class are announced; a server without a class has none', () => {
  const value = { phase: 'connected', nickname: 'Ann', help: false } as const;
  const first = reduce(fresh, { kind: 'class', value });
  assert.equal(said(first), []);
  const asks = reduce(first, { kind: 'class', value: { ...value, help: true } });
  assert.is(said(reduce(asks, { kind: 'class', value })).at(-1), 'You no longer ask for help.');
  const away = reduce(asks, { kind: 'class', value: { ...value, help: true, phase: 'away' } });
  const ended = reduce(away, { kind: 'class', value: { ...value, phase: 'ended' } });
  assert.equal(said(ended), [
    'You are asking for help.',
    'The class is not reachable. You can go on.',
    'The class has ended. You can go on.',
  ]);
  assert.is(reduce(ended, { kind: 'content', value: content }).class, ended.class, 'the same server shows changed files');
  assert.is(reduce(ended, { kind: 'connection', value: 'lost', at: '2026-11-28T10:00:00Z' }).class, ended.class);
  assert.is(reduce(ended, { kind: 'connection', value: 'open' }).class, undefined);
});

/** What is announced when one state of live mode follows another. */
const saidAfter = (before: LearnPageState, after: LearnPageState) =>
  said(
    [before, after].reduce(
      (state, value) => reduce(state, { kind: 'learn', value }),
      reduce(fresh, { kind: 'content', value: content }),
    ),
  );

test('all that one change announces is kept, and nothing is announced twice', () => {
  const [first, ...rest] = learnStates.passed.checks;
  assert.ok(first);
  const more = Array.from({ length: 30 }, (_, n) => ({ ...first, id: `more-${n}` }));
  const checks = [first, ...rest, ...more].map((one) => ({ ...one, mark: 'waiting' as const }));
  const begun = reduce(fresh, { kind: 'learn', value: { ...learnStates.passed, phase: 'working', checks } });
  const value = { ...learnStates.passed, checks: [first, ...rest, ...more] };
  const passed = reduce(begun, { kind: 'learn', value });
  assert.equal([said(begun).length, said(passed).length], [0, value.checks.length + 1]);
  assert.equal([said(passed)[0], said(passed).at(-1)], ['True: flask has 3 running replicas', 'The step has passed.']);
  assert.equal(said(reduce(passed, { kind: 'learn', value })), said(passed));
  const copied = reduce(passed, { kind: 'say', value: { en: 'Copied.', 'zh-TW': '已複製。' } });
  assert.equal([copied.announcements.length, copied.announcements.at(-1)?.id], [21, value.checks.length + 2]);
});

test('a step is announced by its title', () => {
  assert.equal(saidAfter(learnStates.passed, { ...learnStates.beginning, at: 'scale/in' }), ['Step: Scale in to one']);
});

test('a fault of the Compose file, its correction, and the return of the engine are announced', () => {
  assert.equal(saidAfter(learnStates.working, learnStates.fault), [
    'The Compose file has a fault: compose.yaml:4: mapping values are not allowed here; try next: indent the line by two spaces more',
  ]);
  assert.equal(saidAfter(learnStates.fault, learnStates.working), ['The Compose file has no fault any more.']);
  assert.equal(saidAfter(learnStates.lost, learnStates.working), ['The engine answers again.']);
});

test('hints and the solution are announced with their text', () => {
  const { working } = learnStates;
  assert.equal(saidAfter({ ...working, hints: 1 }, { ...working, hints: 2 }), [
    'Hint 2/3: The option is --scale, and it takes a service and a number.',
  ]);
  assert.equal(saidAfter({ ...working, hints: 2 }, { ...working, hints: 3, solutionShown: true }), [
    'Solution: docker compose up -d --scale flask=3',
  ]);
});

test('a check that could not be judged is announced; in a run a skipped one and a note too', () => {
  const verdict = {
    outcome: 'errored',
    reason: { code: 'E_X', text: { en: 'x', 'zh-TW': 'x' }, hint: { en: 'y', 'zh-TW': 'y' } },
  } as never;
  const checks = learnStates.working.checks.map((one) => (one.id === 'flask-each-answers' ? { ...one, verdict } : one));
  assert.equal(saidAfter(learnStates.working, { ...learnStates.working, checks }), [
    'Could not be judged: each replica answers requests',
  ]);
  const { running } = runStates;
  const judged = (outcome: 'errored' | 'skipped') => {
    const note = { en: 'note', 'zh-TW': '訊息' };
    const value = {
      ...running,
      note,
      checks: running.checks.map((one) => (one.id === 'three' ? { ...one, verdict: { outcome } as never } : one)),
    };
    return said(reduce(reduce(fresh, { kind: 'run', value: running }), { kind: 'run', value })).slice(-2);
  };
  assert.equal(judged('errored'), ['Could not be judged: each replica answers requests', 'note']);
  assert.equal(judged('skipped'), ['Skipped: each replica answers requests', 'note']);
});

test('Check is answered each time', () => {
  const working = reduce(fresh, { kind: 'learn', value: learnStates.working });
  const twice = reduce(reduce(working, { kind: 'asked' }), { kind: 'asked' });
  const answer = [
    '1 of 4 are true',
    'not true: flask has 3 running replicas; saw: 1 running replica: lab-flask-1; try next: run `docker compose up -d --scale flask=3`',
  ];
  assert.equal(said(twice), [...answer, ...answer]);
});

test('in practice on a fault, Check is answered by the note at its end, not by the result before it', () => {
  const practice = reduce(fresh, { kind: 'content', value: { ...content, mode: 'break' } });
  const asked = reduce(reduce(practice, { kind: 'learn', value: learnStates.working }), { kind: 'asked' });
  assert.equal([said(asked), asked.asked], [[], true]);
  const note = { en: 'The fault is still there.', 'zh-TW': '問題還在。' };
  assert.equal(said(reduce(asked, { kind: 'learn', value: { ...learnStates.working, note } })), [note.en]);
});

test('an answer of the page is shown until it is over or another follows', () => {
  const value = { en: 'Copied.', 'zh-TW': '已複製。' };
  const hidden = reduce(fresh, { kind: 'say', value });
  assert.is(hidden.message, undefined);
  const shown = reduce(hidden, { kind: 'say', value, show: true });
  assert.equal(shown.message, { id: 2, text: value });
  assert.is(reduce(shown, { kind: 'message-over', id: 1 }), shown);
  assert.is(reduce(shown, { kind: 'message-over', id: 2 }).message, undefined);
});

test('the chosen language is stronger than that of the server', () => {
  const loaded = reduce(fresh, { kind: 'content', value: { ...content, lang: 'zh-TW' } });
  assert.is(langOf(fresh), 'en');
  assert.is(langOf(loaded), 'zh-TW');
  assert.is(langOf(reduce(loaded, { kind: 'set', value: { lang: 'en' } })), 'en');
});

test('kept settings that are none are ignored', () => {
  assert.equal(parseSettings('{"lang":"fr","theme":"pink","size":99,"left":"x","shortcuts":1}'), defaultSettings);
  assert.equal(parseSettings('nonsense'), defaultSettings);
  assert.equal(parseSettings(null), defaultSettings);
  assert.equal(parseSettings('{"lang":"zh-TW","theme":"dark","size":3,"top":99}'), {
    ...defaultSettings,
    lang: 'zh-TW',
    theme: 'dark',
    size: 3,
    top: 80,
  });
  assert.is(share(3.4), 20);
});

test('a store calls its listeners after a change only', () => {
  const store = createStore(1, (state, event: number) => state + event);
  let calls = 0;
  const end = store.subscribe(() => calls++);
  store.dispatch(0);
  store.dispatch(2);
  end();
  store.dispatch(2);
  assert.equal([store.get(), calls], [5, 1]);
});

test.run();
