import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadExtensions } from '../../../../src/grade/term/extensions-file.ts';
import { loadGraceUsed } from '../../../../src/grade/term/grace-file.ts';
import { loadListed, unknownInTerm } from '../../../../src/grade/term/load-term.ts';
import { loadTimes } from '../../../../src/grade/term/times-file.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const file = (written: string): string => join(folder({ 'some.csv': written }), 'some.csv');
const extensions = (written: string) => loadExtensions(file(written), 'Asia/Taipei');
const times = (written: string) => loadTimes(file(written), 'Asia/Taipei');
const graceUsed = (written: string) => loadGraceUsed(file(written));

test('extensions: a later time, more grace days, or both; none without the file', async () => {
  const found = await extensions(
    "\ufeffreason,Student,due,graceDays\nill,ann,2026-12-05,\n兵役,bob,2026-12-05T12:00:00Z,2\r\nsport,'-eve,,1\nx,__proto__,,1\n",
  );
  assert.equal(
    [...found],
    [
      ['ann', { dueMs: Date.UTC(2026, 11, 5, 16) - 1, reason: 'ill' }],
      ['bob', { dueMs: Date.UTC(2026, 11, 5, 12), graceDays: 2, reason: '兵役' }],
      ['-eve', { graceDays: 1, reason: 'sport' }],
      ['__proto__', { graceDays: 1, reason: 'x' }],
    ],
  );
  assert.is((await loadExtensions(join(folder(), 'extensions.csv'), 'UTC')).size, 0);
});

test('times: by student, by folder, and from collected.csv', async () => {
  assert.equal(await times('student,time\nann,2026-12-01 23:59\nbob,\n'), [
    { student: 'ann', ms: Date.UTC(2026, 11, 1, 15, 59) },
  ]);
  assert.equal(await times('student,time,attempt,source\nann,2026-12-01T00:00:00Z,1,ann-1\nann,,2,ann-2\n'), [
    { student: 'ann', folder: 'ann-1', ms: Date.UTC(2026, 11, 1) },
    { student: 'ann', folder: 'ann-2' },
  ]);
  const collected =
    'student,repository,commit,time,time_source,folder,status,message\nann,https://x.tw/a,abc,2026-12-01T23:59:00+08:00,commit,ann,collected,\nbob,,,,,,failed,none\n';
  assert.equal(await times(collected), [{ student: 'ann', folder: 'ann', ms: Date.UTC(2026, 11, 1, 15, 59), from: 'commit' }]);
  assert.equal(await loadTimes(file('student,time\nann,2026-12-01T00:00:00Z\n'), undefined), [
    { student: 'ann', ms: Date.UTC(2026, 11, 1) },
  ]);
});

test('grace days that were used, from the file of the assignment before', async () => {
  assert.equal(
    [...(await graceUsed('student,used,left\r\nann,2,1\r\nbob,0,3\r\n'))],
    [
      ['ann', 2],
      ['bob', 0],
    ],
  );
});

test('what is wrong in a file is reported with its line', async () => {
  const head = 'student,due,graceDays,reason\n';
  for (const [load, written, message] of [
    [extensions, 'student,due,reason\n', /some\.csv:1: there is no column gracedays$/],
    [extensions, `${head},2026-12-05,,ill\n`, /some\.csv:2: no student$/],
    [extensions, `${head}ann,,,ill\n`, /some\.csv:2: neither due nor graceDays$/],
    [extensions, `${head}ann,,-1,ill\n`, /some\.csv:2: graceDays is to be a whole number, saw "-1"$/],
    [extensions, `${head}ann,,1,\n`, /some\.csv:2: no reason: the student reads it$/],
    [extensions, `${head}bob,,1,x\nann,12/05,,ill\n`, /some\.csv:3: due: expected a time such as /],
    [extensions, `${head}ann,,1,x\nann,,2,x\n`, /some\.csv:3: another line is about ann already$/],
    [times, 'student,when\n', /some\.csv:1: there is no column time$/],
    [times, 'student,time,source,source\n', /some\.csv:1: the column source occurs twice$/],
    [times, 'student,time\n,2026-12-01\n', /some\.csv:2: no student$/],
    [times, 'student,time\nann,yesterday\n', /some\.csv:2: time: expected a time such as /],
    [times, 'student,time\nann,2026-12-01\nann,2026-12-02\n', /some\.csv:3: line 2 is about ann already; name the folder/],
    [
      (written: string) => loadTimes(file(written), undefined),
      'student,time\nann,2026-12-01\n',
      /some\.csv:2: time: .*no offset/,
    ],
    [graceUsed, 'student,left\n', /some\.csv:1: there is no column used$/],
    [graceUsed, 'student,used\nann,1.5\n', /some\.csv:2: used is to be a whole number, saw "1\.5"$/],
    [graceUsed, 'student,used\nann,1\nann,1\n', /some\.csv:3: another line is about ann already$/],
    [graceUsed, 'student,used\n,1\n', /some\.csv:2: no student$/],
  ] as const) {
    const error = await rejection(load(written));
    assert.is(error.code, 'E_SUBMISSION');
    assert.match(error.text.en, message);
    assertComplete({ en: error.text.en.replaceAll(/\S+some\.csv/g, 'f'), 'zh-TW': error.text['zh-TW'] }, written);
  }
  for (const load of [loadGraceUsed, (path: string) => loadTimes(path, 'UTC')]) {
    const error = await rejection(load(join(folder(), 'none.csv')));
    assert.match(error.text.en, /^there is no file \S+none\.csv$/);
  }
});

test('a file about time is a usage error if the rubric has no use for it', async () => {
  const none = { paths: [], signal: new AbortController().signal };
  for (const files of [{ times: 'x.csv' }, { graceUsed: 'x.csv' }]) {
    const error = await rejection(loadListed({}, files, none));
    assert.is(error.code, 'E_USAGE');
    assert.match(error.text.en, /^--(?:times|grace-used) has no effect: the rubric has no `deadline`$/);
  }
  assert.equal(await loadListed({ counting: 'last' }, {}, none), { times: [], exported: [] });
});

test('students who are not in the class are named, by file', () => {
  const granted = new Map([
    ['ann', { reason: 'x' }],
    ['amy', { reason: 'x' }],
  ]);
  assert.equal(unknownInTerm({ extensions: granted, listed: [{ student: 'bo' }, { student: 'bo' }] }, new Set(['ann'])), {
    extensions: ['amy'],
    times: ['bo'],
  });
});

test.run();
