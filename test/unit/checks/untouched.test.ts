import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isUntouched } from '../../../src/checks/replicas.ts';
import type { Replica } from '../../../src/lab/facts.ts';
import { flask, flasks, stackFacts } from '../../fixtures/facts.ts';

const lasting = (is: readonly Replica[], was = flasks(1)) => {
  const judgement = isUntouched('flask').judge(stackFacts(is), stackFacts(was));
  return 'lasting' in judgement ? judgement.lasting : undefined;
};

test('a container that was started again, replaced or stopped is so for good; one more can be removed again', () => {
  const at = '2026-01-01T09:00:00Z';
  assert.equal(lasting([flask(1, { startedAt: at })]), { service: 'flask', how: 'restarted', at });
  assert.equal(lasting([flask(2, { createdAt: at })]), { service: 'flask', how: 'replaced', at });
  assert.equal(lasting([flask(1, { state: 'exited', finishedAt: at })]), { service: 'flask', how: 'stopped', at });
  assert.equal(lasting([]), { service: 'flask', how: 'stopped' });
  assert.is(lasting(flasks(2)), undefined);
  assert.is(lasting(flasks(1)), undefined);
});

test.run();
