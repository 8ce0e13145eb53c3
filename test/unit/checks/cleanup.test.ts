import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hostFile } from '../../../src/checks/cleanup.ts';
import type { FileFacts } from '../../../src/lab/world.ts';
import { inEnglish, pass, wait } from '../../fixtures/english-verdict.ts';

const path = 'backup.sql';
const file = (text: string): FileFacts => ({ kind: 'file', sha256: '', size: text.length, text });
const at = (found: FileFacts, contains?: string) =>
  inEnglish(hostFile('backup', path, contains).judge({ path, file: found }, undefined));

test('a file is on the host', () => {
  assert.equal(at(file('COPY\n1\n')), pass('backup.sql: 7 bytes'));
  const empty =
    'an empty file after `>` means that the command before it printed nothing: run that command without `> backup.sql`, and read its error';
  assert.equal(at(file('')), wait('backup.sql, with something in it', 'backup.sql is empty', empty));
  assert.is(at({ kind: 'absent' }).actual, 'no plain file backup.sql in the folder of compose.yaml');
});

test('a file contains a text', () => {
  assert.equal(at(file('COPY\nbuy milk\n'), 'buy milk'), pass('backup.sql: 14 bytes'));
  assert.equal(
    at(file('COPY\nend\n'), 'buy milk'),
    wait('backup.sql, with "buy milk" in it', '9 bytes without it; the last line is "end"', 'see what is in it: cat backup.sql'),
  );
});

test.run();
