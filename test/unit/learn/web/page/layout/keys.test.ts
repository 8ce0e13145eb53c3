import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { actionOf } from '../../../../../../src/learn/web/page/layout/keys.ts';
import { nextRegion } from '../../../../../../src/learn/web/page/layout/region-order.ts';

const plain = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
const context = { mode: 'learn', typing: false, onControl: false, shortcuts: true, pause: false, waits: false } as const;

test('keys press what the terminal screen does', () => {
  assert.equal(actionOf({ ...plain, key: 'h' }, context), { kind: 'press', press: { kind: 'key', key: 'hint' } });
  assert.equal(actionOf({ ...plain, key: 'Enter' }, context), { kind: 'press', press: { kind: 'key', key: 'enter' } });
  assert.equal(actionOf({ ...plain, key: 'l' }, context), { kind: 'dialog', dialog: 'list' });
  assert.is(actionOf({ ...plain, key: 'toString' }, context), undefined);
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
