import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jobsFor } from '../../../../src/grade/sandbox/concurrency.ts';

test('as many jobs as the cores, the memory, the disk and the addresses permit, and at least one', () => {
  const room = { cores: 4, memoryMb: 12_000, networks: 60 };
  assert.is(jobsFor(room, 256, 220), 8);
  assert.is(jobsFor({ ...room, memoryMb: 4000 }, 256, 220), 5);
  assert.is(jobsFor({ cores: 4, networks: 60 }, 4096, 220), 8, 'no bound of memory');
  assert.is(jobsFor({ ...room, cores: 32 }, 256, 220), 15);
  assert.is(jobsFor({ ...room, freeMb: 700 }, 256, 220), 3, 'each reserves its disk');
  assert.is(jobsFor({ ...room, freeMb: 100 }, 256, 220), 1);
  // a Docker with default settings and its own bridge
  assert.is(jobsFor({ ...room, cores: 32, networks: 30 }, 256, 220), 10);
  assert.is(jobsFor({ cores: 1, memoryMb: 100, networks: 1 }, 256, 220), 1);
});

test.run();
