import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contains } from '../../../../src/checks/evidence/contains.ts';

test('a text is found anywhere, a number only whole', () => {
  for (const text of ['3', '3\n', ' 3', 'a3b', '3 rows', '30 and 3', 'x=3.'])
    assert.ok(contains(text, '3'), JSON.stringify(text));
  for (const text of ['', '13', '30', '33', '0']) assert.not.ok(contains(text, '3'), JSON.stringify(text));
  assert.ok(contains('{"waiting":3}', '"waiting":3'));
  assert.not.ok(contains('{"waiting":30}', '"waiting":3'));
  assert.ok(contains('job 17 is done', '17 is'));
  assert.not.ok(contains('job 217 is done', '17 is'));
  assert.ok(contains('ready', 'read') && contains('', ''));
});

test.run();
