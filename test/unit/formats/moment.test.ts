import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTimeZone, localTime, parseMoment } from '../../../src/formats/moment.ts';

type Options = Parameters<typeof parseMoment>[2];
const utc = (written: string, zone?: string, options?: Options): string => {
  const parsed = parseMoment(written, zone, options);
  return 'ms' in parsed ? new Date(parsed.ms).toISOString() : parsed.wrong.en;
};

test('a time with an offset, Z or UTC needs no zone: ISO 8601, git, Gradescope', () => {
  for (const written of [
    '2026-12-01T23:59:00+08:00',
    '2026-12-01T23:59:00+0800',
    '2026-12-01 23:59:00 +0800',
    '2026-12-01 23:59+08:00',
    '2026-12-01T15:59:00Z',
    '2026-12-01 15:59:00 UTC',
    '2026-12-01T10:59-05:00',
  ])
    assert.is(utc(written), '2026-12-01T15:59:00.000Z', written);
  assert.is(utc('2019-02-26 16:28:37.398531000 Z'), '2019-02-26T16:28:37.398Z');
  assert.is(utc('2026-12-01T23:59:00+08:00', 'America/New_York'), '2026-12-01T15:59:00.000Z');
});

test('a time without an offset is local time in the zone, and wrong without one', () => {
  assert.is(utc('2026-12-01 23:59', 'Asia/Taipei'), '2026-12-01T15:59:00.000Z');
  assert.is(utc(' 2026-12-01T23:59:30 ', 'Asia/Taipei'), '2026-12-01T15:59:30.000Z');
  assert.is(utc('2026-07-01 12:00', 'America/New_York'), '2026-07-01T16:00:00.000Z');
  assert.is(utc('2026-12-01 12:00', 'America/New_York'), '2026-12-01T17:00:00.000Z');
  assert.is(utc('2026-12-01 12:00', 'Asia/Kathmandu'), '2026-12-01T06:15:00.000Z');
  assert.match(utc('2026-12-01 23:59'), 'no time zone is known');
  assert.match(utc('2026-12-01', 'Mars/Olympus'), 'there is no time zone Mars/Olympus');
});

test('a date alone is the first moment of its day, or the last', () => {
  assert.is(utc('2026-12-01', 'Asia/Taipei'), '2026-11-30T16:00:00.000Z');
  assert.is(utc('2026-12-01', 'Asia/Taipei', { dateMeans: 'end' }), '2026-12-01T15:59:59.999Z');
  // 25 hours
  assert.is(utc('2026-11-01', 'America/New_York'), '2026-11-01T04:00:00.000Z');
  assert.is(utc('2026-11-01', 'America/New_York', { dateMeans: 'end' }), '2026-11-02T04:59:59.999Z');
  // midnight is skipped
  assert.is(utc('2018-11-03', 'America/Sao_Paulo', { dateMeans: 'end' }), '2018-11-04T02:59:59.999Z');
});

test('a local time that the clock skips counts as if it had not been set forward', () => {
  assert.is(utc('2026-03-08 02:30', 'America/New_York'), '2026-03-08T07:30:00.000Z');
  assert.is(localTime(Date.UTC(2026, 2, 8, 7, 30), 'America/New_York'), '2026-03-08 03:30');
  assert.is(utc('2026-03-08 01:59', 'America/New_York'), '2026-03-08T06:59:00.000Z');
  assert.is(utc('2026-03-08 03:00', 'America/New_York'), '2026-03-08T07:00:00.000Z');
  // half an hour
  assert.is(utc('2026-10-04 02:15', 'Australia/Lord_Howe'), '2026-10-03T15:45:00.000Z');
  // a whole day
  assert.is(utc('2011-12-30 12:00', 'Pacific/Apia'), '2011-12-30T22:00:00.000Z');
});

test('a local time that occurs twice is the earlier, or the later', () => {
  assert.is(utc('2026-11-01 01:30', 'America/New_York'), '2026-11-01T05:30:00.000Z');
  assert.is(utc('2026-11-01 01:30', 'America/New_York', { twice: 'later' }), '2026-11-01T06:30:00.000Z');
  assert.is(utc('2026-11-01 02:00', 'America/New_York', { twice: 'later' }), '2026-11-01T07:00:00.000Z');
});

test('anything else is wrong, and the reason is in both languages', () => {
  for (const written of [
    '',
    'tomorrow',
    '1',
    '2026-12',
    '2026-1-2',
    '2026/12/01',
    '12/01/2026',
    '01 Dec 2026',
    '2026-12-01T',
    '2026-12-01 23',
    '2026-12-01 1:00',
    '2026-12-01 23:59 PM',
    '2026-12-01 23:59 CST',
    '2026-12-01+08:00',
    '2026-12-01 23:59 +8',
    '2026-12-01 23:59:00:00',
    '+002026-12-01',
    '２０２６-12-01',
    '2026-12-01\n2026-12-02',
  ])
    assert.match(utc(written, 'Asia/Taipei'), 'expected a time such as', written);
  for (const written of ['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31 10:00', '1969-12-31', '0000-01-01'])
    assert.match(utc(written, 'Asia/Taipei'), 'there is no day', written);
  for (const written of ['2026-12-01 24:00', '2026-12-01 12:60', '2026-12-01 12:00:60'])
    assert.match(utc(written, 'Asia/Taipei'), 'there is no time', written);
  for (const written of ['2026-12-01 12:00+14:01', '2026-12-01 12:00-08:60'])
    assert.match(utc(written), 'there is no offset', written);
  for (const written of ['x', '2026-02-29', '2026-12-01 24:00', '2026-12-01 12:00+15:00', '2026-12-01']) {
    const parsed = parseMoment(written);
    assert.match('wrong' in parsed ? parsed.wrong['zh-TW'] : '', /[\u4e00-\u9fff]/);
  }
});

test('time zones are names of the IANA database', () => {
  for (const name of ['Asia/Taipei', 'UTC', 'Etc/GMT+8', 'America/Argentina/Buenos_Aires']) assert.ok(isTimeZone(name), name);
  for (const name of ['', '+08:00', 'Taipei', 'Asia/Taipei ', 'CST']) assert.not(isTimeZone(name), name);
});

test('a local time has seconds only if there are some', () => {
  assert.is(localTime(Date.UTC(2026, 11, 1, 15, 59), 'Asia/Taipei'), '2026-12-01 23:59');
  assert.is(localTime(Date.UTC(2026, 11, 1, 15, 59, 59, 999), 'Asia/Taipei'), '2026-12-01 23:59:59');
  assert.is(localTime(Date.UTC(2026, 11, 1, 16, 0), 'UTC'), '2026-12-01 16:00');
});

test.run();
