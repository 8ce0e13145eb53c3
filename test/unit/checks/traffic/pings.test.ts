import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gatherTraffic, type TrafficFacts } from '../../../../src/checks/traffic/evidence.ts';
import { wasPinged } from '../../../../src/checks/traffic/pings.ts';
import type { ExecsSeen, World } from '../../../../src/lab/world.ts';
import { baseFacts } from '../../../fixtures/facts.ts';

/** The cause that is named after this command in client. */
async function causeOf(line: string, exitCode: number): Promise<string | undefined> {
  const execs: ExecsSeen = {
    commands: [{ containerId: 'id-client', service: 'client', line, exitCode }],
    whole: true,
    live: false,
  };
  const requests = { count: 0, last: [] };
  const facts: TrafficFacts = { ...baseFacts(3), role: 'flask', execs, requests, logged: false, from: 'client', appPort: 5000 };
  const check = wasPinged('flask', gatherTraffic('flask'), { times: 3 });
  return (await check.explain?.({ execs: async () => execs } as unknown as World, facts))?.text.en;
}

test('a ping of another name is the cause; one of the right name, once or in vain, is not', async () => {
  assert.is(await causeOf('ping -c 1 redis-server', 0), 'in client, `ping -c 1 redis-server` pinged another name');
  assert.is(await causeOf('ping -c 10 flask', 0), undefined);
  assert.is(await causeOf('ping -c 1 flask', 1), undefined);
});

test.run();
