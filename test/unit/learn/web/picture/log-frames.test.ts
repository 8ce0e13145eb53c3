import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LineSplitter, LogFrames, splitTime } from '../../../../../src/learn/web/picture/log-frames.ts';

const frame = (stream: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

test('frames arrive in pieces of any size; a line of one stream is not mixed with the other', () => {
  const bytes = Buffer.concat([frame(1, 'one\n'), frame(2, 'err'), frame(1, 'two\nthr'), frame(2, 'or\n'), frame(1, 'ee\n')]);
  for (const size of [1, 3, 7, 8, 9, 1000]) {
    const frames = new LogFrames();
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += size) lines.push(...frames.push(bytes.subarray(at, at + size)));
    assert.equal(lines, ['one', 'two', 'error', 'three'], String(size));
  }
});

test('the log of a container with a terminal is plain text', () => {
  const frames = new LogFrames();
  assert.equal([...frames.push(Buffer.from('one\ntw')), ...frames.push(Buffer.from('o\n'))], ['one', 'two']);
});

test('a line without an end needs no more memory than the longest line', () => {
  const splitter = new LineSplitter();
  // more characters than a string can have
  const part = 'x'.repeat(8000);
  for (let n = 0; n < 70_000; n++) splitter.push(part);
  assert.equal(
    splitter.push('\nshort\n').map((line) => line.length),
    [8000, 5],
  );
});

test('the time in front of a line', () => {
  assert.equal(splitTime('2026-11-28T13:18:15.339650648Z  * Serving'), {
    time: '2026-11-28T13:18:15.339650648Z',
    text: ' * Serving',
  });
  assert.is(splitTime('no time'), undefined);
});

test.run();
