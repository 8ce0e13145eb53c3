import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DamagedJobs } from '../../../../src/grade/queue/damaged-jobs.ts';
import type { Ended } from '../../../../src/grade/queue/port.ts';

const ended = (id: string, why: 'damaged' | 'failed' | 'lost'): Ended => ({
  id,
  ok: false,
  why,
  reason: 'its body is not on the server',
});

test('a job that was damaged is sent again ten times, each job for itself', () => {
  const damaged = new DamagedJobs();
  const repeated = Array.from({ length: 12 }, () => damaged.mayRepeat(ended('a', 'damaged')));
  assert.equal(repeated, [...Array.from({ length: 10 }, () => true), false, false]);
  assert.ok(damaged.mayRepeat(ended('b', 'damaged')));
});

test('a job that failed, was lost or has a result is not sent again', () => {
  const damaged = new DamagedJobs();
  assert.equal(
    [ended('a', 'failed'), ended('a', 'lost'), { id: 'a', ok: true, worker: 'w', body: Buffer.of(), durationMs: 1 } as const].map(
      (one) => damaged.mayRepeat(one),
    ),
    [false, false, false],
  );
});

test.run();
