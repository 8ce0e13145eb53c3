import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { firstFile } from '../../../../src/docker/api/container-file.ts';

function entry(type: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write('app.py', 0);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write(type, 156);
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

test('the first regular file of a tar; a folder or an incomplete file is none', () => {
  assert.is(firstFile(entry('0', 'hello'))?.toString(), 'hello');
  assert.is(firstFile(Buffer.concat([entry('x', 'mtime=1.5'), entry('0', 'hello')]))?.toString(), 'hello');
  assert.is(firstFile(entry('5', '')), undefined);
  assert.is(firstFile(entry('0', 'x'.repeat(2000)).subarray(0, 1000)), undefined);
});

test.run();
