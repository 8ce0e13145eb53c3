import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { redacted, redactor, wordsFor } from '../../../../src/grade/privacy/redact.ts';

const change = redactor([
  {
    pseudonym: 's-1',
    words: wordsFor(
      {
        id: 'b10902001',
        name: 'Ann Mary Lee',
        email: 'ann.lee@uni.example',
        columns: { 'SIS Login ID': 'annl', Section: 'Networks 101', Identifier: 'Participant 90001' },
      },
      'lee_ann_7001_lab.zip',
    ),
  },
  { pseudonym: 's-2', words: wordsFor({ id: 'amy', name: '王小明', email: 'w@uni.example' }, 'amy') },
  { pseudonym: 's-3', words: wordsFor({ id: '7', name: 'Bo' }, '7') },
]);

for (const [what, before, after] of [
  ['an ID as a word', 'hello amy!', 'hello s-2!'],
  ['in any case', 'HELLO AMY', 'HELLO s-2'],
  ['between separators', '/srv/amy-web_1/Amy.py', '/srv/s-2-web_1/s-2.py'],
  ['not inside another word', 'dreamy amyloid 2amy', 'dreamy amyloid 2amy'],
  ['a long ID anywhere', 'userB10902001App', 'users-1App'],
  ['but not inside a longer number', 'b109020019', 'b109020019'],
  ['a name', 'by Ann Mary Lee', 'by s-1'],
  ['a name in another order, or together', 'Lee, Ann Mary; annmarylee; lee_ann_mary', 's-1; s-1; s-1'],
  ['a Chinese name within a sentence', '這是王小明的服務', '這是s-2的服務'],
  ['an e-mail before its parts', 'mail ann.lee@uni.example', 'mail s-1'],
  ['the name of a mailbox', 'Hi ann.lee,', 'Hi s-1,'],
  ['a login and an identifier of the roster', 'annl, Participant 90001', 's-1, s-1'],
  ['the name of the submission, with and without its ending', 'lee_ann_7001_lab.zip lee_ann_7001_lab/x', 's-1 s-1/x'],
  ['no column that many have', 'Networks 101', 'Networks 101'],
  ['no short words and numbers', '7 of 7, Bo', '7 of 7, Bo'],
] as const)
  test(`replaces ${what}`, () => {
    assert.is(change(before), after);
    assert.is(change(after), after, 'again, it changes nothing');
  });

test('a composed and a decomposed name are the same', () => {
  const own = redactor([{ pseudonym: 's-1', words: wordsFor({ id: 'x00', name: 'José Peña' }, '') }]);
  assert.is(own('José Peña'.normalize('NFD')), 's-1');
  assert.is(own('José Peña'.normalize('NFC')), 's-1');
});

test('characters of an ID that mean something in a pattern', () => {
  const own = redactor([{ pseudonym: 's-1', words: ['a.b*c(', 'x[y]z$'] }]);
  assert.is(own('a.b*c( x[y]z$ aXbc('), 's-1 s-1 aXbc(');
});

test('fields that others refer to keep their values; all other texts change, at any depth', () => {
  const grade = {
    id: 'up/amy',
    code: 'amy',
    said: { service: 'amy', lines: ['amy'] },
    text: { en: 'amy', 'zh-TW': 'amy' },
    points: 1,
  };
  assert.equal(redacted(grade, change), {
    id: 'up/amy',
    code: 'amy',
    said: { service: 's-2', lines: ['s-2'] },
    text: { en: 's-2', 'zh-TW': 's-2' },
    points: 1,
  });
});

test('a class of 300 and texts of a grade take no noticeable time', () => {
  const many = redactor(
    Array.from({ length: 300 }, (_, at) => ({
      pseudonym: `s-${at}`,
      words: wordsFor(
        { id: `b109${20000 + at}`, name: `Name${at} Family${at}`, email: `n${at}@uni.example` },
        `b109${20000 + at}`,
      ),
    })),
  );
  const started = performance.now();
  for (let at = 0; at < 200; at++) many(`2026/11/20 09:00:00 [notice] ${at}#1: start worker processes, upstream 172.19.0.3:5000`);
  assert.ok(performance.now() - started < 5000);
  assert.is(many('b10920299'), 's-299');
});

test.run();
