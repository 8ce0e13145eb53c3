import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Replay, withoutQuestions } from '../../../../../src/learn/web/terminal/replay.ts';

/** What a page that connects later is shown. */

const all = (replay: Replay) => replay.bytes().toString();

test('the latest output, from the start of a line', () => {
  const replay = new Replay(10);
  replay.add(Buffer.from('one\ntwo'));
  assert.is(all(replay), 'one\ntwo');
  replay.add(Buffer.from('\nthree\nfour'));
  assert.is(all(replay), 'four');
  replay.clear();
  assert.is(all(replay), '');
});

test('more than twice the size is cut when it arrives: a cut copies', () => {
  const replay = new Replay(10);
  const last = Buffer.from('last\n');
  replay.add(Buffer.from(`${'x'.repeat(16)}\n`));
  replay.add(last);
  last.fill('y');
  assert.is(all(replay), 'last\n');
});

test('memory is bounded however much is printed', () => {
  const replay = new Replay(1000);
  for (let count = 0; count < 10_000; count++) replay.add(Buffer.from(`line ${count}\n`));
  assert.ok(replay.bytes().length <= 1000);
  assert.match(all(replay), /^line \d+\n[\s\S]*line 9999\n$/);
});

test('questions to the terminal are left out, because it would type the answers again; everything else stays', () => {
  const asked = ['\x1b[6n', '\x1b[?6n', '\x1b[5n', '\x1b[c', '\x1b[0c', '\x1b[>c', '\x1b[>0q', '\x1b[?2026$p', '\x1b[18t'];
  const more = ['\x1b]11;?\x07', '\x1b]4;1;?\x1b\\', '\x1bP+q544e\x1b\\', '\x1bP$qm\x1b\\', '\x05'];
  for (const one of [...asked, ...more])
    assert.is(withoutQuestions(Buffer.from(`a${one}b`)).toString(), 'ab', JSON.stringify(one));
  const shown = '\x1b[31m紅\x1b[0m\x1b[?2004h\x1b]0;title\x07\x1b[2J\x1b[1;5H\r\n';
  assert.is(withoutQuestions(Buffer.from(shown)).toString(), shown);
});

test.run();
