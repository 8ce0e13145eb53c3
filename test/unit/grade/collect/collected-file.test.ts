import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isoTime, renderCollected } from '../../../../src/grade/collect/collected-file.ts';
import { text } from '../../../../src/lab/text.ts';

test('times have the offset of the zone at that time', () => {
  const ms = Date.parse('2026-11-10T00:00:05.500Z');
  assert.is(isoTime(ms, 'Asia/Taipei'), '2026-11-10T08:00:05+08:00');
  assert.is(isoTime(ms, 'UTC'), '2026-11-10T00:00:05+00:00');
  assert.is(isoTime(ms, 'America/New_York'), '2026-11-09T19:00:05-05:00');
  assert.is(isoTime(Date.parse('2026-07-01T00:00:00Z'), 'America/New_York'), '2026-06-30T20:00:00-04:00');
  assert.is(isoTime(ms, 'Asia/Kathmandu'), '2026-11-10T05:45:05+05:45');
});

test('a student without a submission has a line; a text that a spreadsheet would run is escaped', () => {
  const repository = { url: '/x', shown: '/x', transport: 'file', key: 'x' } as const;
  const result = {
    student: 'ann',
    repository,
    dueMs: 0,
    status: 'failed',
    remarks: [text('=1', '一'), text('two', '二')],
  } as const;
  const [head, line] = renderCollected([result], 'UTC', 'en').split('\r\n');
  assert.is(head, 'student,repository,commit,time,time_source,folder,status,message');
  assert.is(line, "ann,/x,,,,,failed,'=1; two");
});

test.run();
