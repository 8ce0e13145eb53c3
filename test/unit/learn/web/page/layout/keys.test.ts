import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { actionOf, stepKeys } from '../../../../../../src/learn/web/page/layout/keys.ts';
import { nextRegion } from '../../../../../../src/learn/web/page/layout/region-order.ts';
import { en } from '../../../../../../src/learn/web/page/words/en.ts';
import { helpIn } from '../../../../../../src/learn/web/page/words/words.ts';
import { zhTW } from '../../../../../../src/learn/web/page/words/zh-tw.ts';
import type { PageContent } from '../../../../../../src/learn/web/protocol.ts';

const plain = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
const context = { mode: 'learn', typing: false, onControl: false, shortcuts: true, pause: false, waits: false } as const;

test('keys press what the terminal screen does', () => {
  assert.equal(actionOf({ ...plain, key: 'h' }, context), { kind: 'press', press: { kind: 'key', key: 'hint' } });
  assert.equal(actionOf({ ...plain, key: 'Enter' }, context), { kind: 'press', press: { kind: 'key', key: 'enter' } });
  assert.equal(actionOf({ ...plain, key: 'l' }, context), { kind: 'dialog', dialog: 'list' });
  assert.is(actionOf({ ...plain, key: 'toString' }, context), undefined);
});

const actsOn = (key: string, mode: PageContent['mode'], asks?: boolean) =>
  actionOf({ ...plain, key: key === 'Space' ? ' ' : key }, { ...context, mode, asks }) !== undefined;

test('on each page, the help has a row for each key that acts, and for no other; so do the buttons of a step', () => {
  const known = ['h', 's', 'd', 'c', 'r', 'l', 'p', 'f', 'a', '?', 'F6', 'Enter', 'Space'];
  for (const mode of ['learn', 'run', 'break'] as const) {
    const acting = known.filter((key) => actsOn(key, mode)).sort();
    for (const words of [en, zhTW])
      for (const terminal of ['page', 'own'] as const) {
        const { rows } = helpIn(mode, words, { inClass: false, terminal });
        assert.equal(rows.map(([key]) => (key === '空白鍵' ? 'Space' : key)).sort(), acting, `${mode} ${terminal}`);
      }
    for (const [, key] of stepKeys[mode]) assert.ok(acting.includes(key), `${mode} ${key}`);
  }
  assert.ok(actsOn('a', 'learn', false));
  for (const words of [en, zhTW]) assert.is(helpIn('learn', words, { inClass: true, terminal: 'page' }).rows[0]?.[0], 'a');
});

test('the help names a terminal of the page only where the page has one', () => {
  for (const [words, named] of [
    [en, /the terminal/],
    [zhTW, /頁面的終端機|離開終端機/],
  ] as const)
    for (const mode of ['learn', 'break'] as const) {
      const said = (terminal: 'page' | 'own') => {
        const { intro, rows } = helpIn(mode, words, { inClass: false, terminal });
        return [intro, ...rows.map(([, what]) => what)].filter((one) => named.test(one)).length;
      };
      assert.equal([said('page'), said('own')], [2, 0], mode);
    }
});

test('practice on a fault has a hint and a check, and nothing that a page of the tutorial has besides them', () => {
  assert.equal(stepKeys.break, [
    ['hint', 'h'],
    ['check', 'c'],
  ]);
  const practice = { ...context, mode: 'break' } as const;
  assert.equal(actionOf({ ...plain, key: 'c' }, practice), { kind: 'press', press: { kind: 'key', key: 'check' } });
  for (const key of ['s', 'd', 'r', 'l', 'Enter']) assert.is(actionOf({ ...plain, key }, practice), undefined, key);
});

test('in a class, one key asks for help and takes that back; without one, it does nothing', () => {
  const a = { ...plain, key: 'a' };
  assert.equal(actionOf(a, { ...context, asks: false }), { kind: 'press', press: { kind: 'help', on: true } });
  assert.equal(actionOf(a, { ...context, asks: true }), { kind: 'press', press: { kind: 'help', on: false } });
  assert.is(actionOf(a, context), undefined);
  assert.is(actionOf(a, { ...context, asks: false, typing: true }), undefined);
});

test('no key acts with a modifier, where text is typed, where Enter means the control, or when turned off', () => {
  assert.is(actionOf({ ...plain, ctrlKey: true, key: 'r' }, context), undefined);
  assert.is(actionOf({ ...plain, key: 'h' }, { ...context, typing: true }), undefined);
  assert.is(actionOf({ ...plain, key: 'Enter' }, { ...context, onControl: true }), undefined);
  assert.is(actionOf({ ...plain, key: 'h' }, { ...context, shortcuts: false }), undefined);
});

test('F6 acts everywhere, and goes through the parts that are there, in both directions', () => {
  assert.equal(actionOf({ ...plain, key: 'F6' }, { ...context, typing: true, shortcuts: false }), { kind: 'region' });
  assert.equal(actionOf({ ...plain, shiftKey: true, key: 'F6' }, context), { kind: 'region-back' });
  const all = ['bar', 'step', 'stack', 'terminal'];
  assert.is(nextRegion(undefined, false, all), 'bar');
  assert.is(nextRegion(undefined, true, all), 'terminal');
  assert.is(nextRegion('terminal', false, all), 'bar');
  assert.is(nextRegion('bar', true, all), 'terminal');
  assert.is(nextRegion('step', false, ['bar', 'step', 'terminal']), 'terminal');
});

test('a run is paused and continued by one key', () => {
  assert.equal(actionOf({ ...plain, key: 'p' }, { ...context, mode: 'run' }), { kind: 'press', press: { kind: 'pause' } });
  assert.equal(actionOf({ ...plain, key: 'p' }, { ...context, mode: 'run', pause: true, waits: true }), {
    kind: 'press',
    press: { kind: 'continue' },
  });
  assert.is(actionOf({ ...plain, key: 'h' }, { ...context, mode: 'run' }), undefined);
});

test('the space bar pauses a run and continues one that waits, and does not take a pause back', () => {
  const run = { ...context, mode: 'run' } as const;
  const space = { ...plain, key: ' ' };
  assert.equal(actionOf(space, run), { kind: 'press', press: { kind: 'pause' } });
  assert.equal(actionOf(space, { ...run, pause: true, waits: true }), { kind: 'press', press: { kind: 'continue' } });
  assert.equal(actionOf(space, { ...run, pause: true }), { kind: 'press', press: { kind: 'pause' } });
  assert.equal(actionOf({ ...plain, key: 'p' }, { ...run, pause: true }), { kind: 'press', press: { kind: 'continue' } });
  assert.is(actionOf(space, { ...run, onControl: true }), undefined);
  assert.is(actionOf(space, context), undefined);
});

test.run();
