import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { labels } from '../../../labs/compose-scale/cases/helpers.ts';
import type { Scenario } from '../../../src/lab/gate-case.ts';

test('a run ID that looks like a number stays a text in a Compose file', () => {
  const mark = ['--label', 'labwright.run=2594568e151', '--label', 'labwright.made=2594568e151'];
  const { labels: read } = parse(`labels: ${labels({ mark } as unknown as Scenario)}`);
  assert.equal(read, ['labwright.run=2594568e151', 'labwright.made=2594568e151']);
});

test.run();
