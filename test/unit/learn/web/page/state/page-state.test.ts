import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { langOf, newPage, type PageState, reduce } from '../../../../../../src/learn/web/page/state/page-state.ts';
import { defaultSettings, parseSettings, share } from '../../../../../../src/learn/web/page/state/settings.ts';
import { createStore } from '../../../../../../src/learn/web/page/state/store.ts';
import { content, learnStates } from '../../../../../fixtures/page-states.ts';

const fresh = newPage(defaultSettings);
const said = ({ announcements }: PageState) => announcements.map(({ text }) => text.en);

test('the end of the server stays until the person connects again', () => {
  const ended = reduce(fresh, { kind: 'bye', value: { reason: { en: 'x', 'zh-TW': 'x' } } });
  assert.is(reduce(ended, { kind: 'connection', value: 'lost' }).connection, 'ended');
  assert.is(reduce(ended, { kind: 'connection', value: 'connecting' }).connection, 'connecting');
  assert.equal(said(ended), ['labwright has ended.']);
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
  const away = reduce(asks, { kind: 'class', value: { ...value, help: true, phase: 'away' } });
  const ended = reduce(away, { kind: 'class', value: { ...value, phase: 'ended' } });
  assert.equal(said(ended), [
    'You ask for help.',
    'The class is not reachable. You can go on.',
    'The class has ended. You can go on.',
  ]);
  assert.is(reduce(ended, { kind: 'content', value: content }).class, ended.class, 'the same server shows changed files');
  assert.is(reduce(ended, { kind: 'connection', value: 'lost' }).class, ended.class);
  assert.is(reduce(ended, { kind: 'connection', value: 'open' }).class, undefined);
});

test('checks, passes and notes are announced once, and only the last are kept', () => {
  const first = reduce(fresh, { kind: 'learn', value: learnStates.hints });
  assert.equal(said(first), []);
  const passed = reduce(first, { kind: 'learn', value: learnStates.passed });
  assert.equal(said(passed), [
    'True: flask has 3 running replicas',
    'True: the name flask has 3 addresses',
    'True: each replica answers requests',
    'The step has passed.',
  ]);
  assert.equal(said(reduce(passed, { kind: 'learn', value: learnStates.passed })), said(passed));
  const more = reduce(passed, { kind: 'say', value: { en: 'Copied.', 'zh-TW': '已複製。' } });
  assert.is(more.announcements.length, 4);
  assert.is(more.announcements.at(-1)?.id, 5);
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
