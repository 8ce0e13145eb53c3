import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createTypist, keystrokes } from '../../../../../../src/learn/web/page/terminal/typist.ts';

test('a line replaces what was typed, and ends with one Enter', () => {
  assert.equal(keystrokes('ls', false), ['\x05\x15', 'l', 's', '\r']);
  assert.equal(keystrokes('ls', true), ['\x05\x15', 'ls', '\r']);
  assert.equal(keystrokes('echo a\nrm b', true), ['\x05\x15', 'echo a rm b', '\r']);
});

test('it stops when the terminal is closed meanwhile', async () => {
  const sent: string[] = [];
  const typist = createTypist();
  assert.is(await typist.type('ls', { pauseMs: 0, wait: async () => {} }), false);
  typist.use((text) => sent.push(text));
  const wait = async () => {
    if (sent.length === 2) typist.use(undefined);
  };
  assert.is(await typist.type('ls', { pauseMs: 1, wait }), false);
  assert.equal(sent, ['\x05\x15', 'l']);
});

test.run();
