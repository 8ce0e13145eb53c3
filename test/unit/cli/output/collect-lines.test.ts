import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collectExitCode } from '../../../../src/cli/exit-codes.ts';
import { collectLine, collectStart, collectSummary } from '../../../../src/cli/output/collect-lines.ts';
import type { Collected, CollectStatus } from '../../../../src/grade/collect/collect-class.ts';
import { text } from '../../../../src/lab/text.ts';

const ms = (iso: string) => Date.parse(iso);
const one = (student: string, status: CollectStatus, more: Partial<Collected> = {}): Collected => ({
  student,
  repository: { url: `https://u:p@x/${student}`, shown: `https://***@x/${student}`, transport: 'https', key: student },
  dueMs: ms('2026-12-01T15:59:00Z'),
  status,
  remarks: [],
  ...(status === 'collected' || status === 'kept' ? { folder: student } : {}),
  ...more,
});
const plain = (value: string) => value;
const paint = { yellow: plain, red: plain } as never;

test('the first line says what will happen, and whether it has to be repeated', () => {
  const start = { zone: 'Asia/Taipei', out: 'submissions', nowMs: ms('2026-12-02T00:00:00Z') };
  const later = { dueMs: ms('2026-12-03T15:59:00Z') };
  const both = collectStart({ ...start, wanted: [one('ann', 'collected'), one('bob', 'collected', later)] });
  assert.is(
    both.en,
    'Collecting 2 students from 2 repositories into submissions: the last commit until 2026-12-01 23:59 – 2026-12-03 23:59 (Asia/Taipei)\n' +
      'The deadline of 1 student is still ahead: run it again afterwards',
  );
  assert.is(
    collectStart({ ...start, wanted: [one('ann', 'collected')] })['zh-TW'],
    '從 1 個儲存庫收集 1 位學生的作業到 submissions：2026-12-01 23:59（Asia/Taipei）為止的最後一個 commit',
  );
});

test('a line for each student with a remark; none for the others', () => {
  const line = (result: Collected, lang: 'en' | 'zh-TW' = 'en') => collectLine(result, { paint }, lang);
  const remarks = [text('one', '一'), text('two', '二')];
  assert.is(line(one('ann', 'collected')), undefined);
  assert.is(line(one('ann', 'collected', { remarks })), '  ! ann  one; two');
  assert.is(line(one('ann', 'missing', { remarks })), '  ✗ ann  missing  one; two');
  assert.is(line(one('ann', 'kept', { remarks }), 'zh-TW'), '  ! ann  保留先前的  一；二');
  assert.not.match(line(one('ann', 'failed', { remarks })) ?? '', /u:p/);
});

test('the last lines: counts, and the next command if there is anything to grade', () => {
  const all = [one('ann', 'collected'), one('bob', 'missing'), one('eve', 'failed'), one('dan', 'collected')];
  assert.is(
    collectSummary(all, 'lab grade submissions', 'en'),
    '2 collected, 1 missing, 1 failed\nNext:\n  lab grade submissions\n',
  );
  assert.is(collectSummary(all.slice(1, 2), 'lab grade submissions', 'zh-TW'), '沒有作業 1\n');
});

test('exit codes: 0 all, 1 some have none, 3 some could not be read', () => {
  assert.is(collectExitCode([one('ann', 'collected')]), 0);
  assert.is(collectExitCode([one('ann', 'collected'), one('bob', 'missing')]), 1);
  assert.is(collectExitCode([one('ann', 'missing'), one('bob', 'failed')]), 3);
  assert.is(collectExitCode([one('ann', 'kept')]), 3);
});

test.run();
