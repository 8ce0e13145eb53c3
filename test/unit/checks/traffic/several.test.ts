import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gatherTraffic, type TrafficFacts } from '../../../../src/checks/traffic/evidence.ts';
import { wasPinged } from '../../../../src/checks/traffic/pings.ts';
import { receivedRequests } from '../../../../src/checks/traffic/requests.ts';
import type { Cause } from '../../../../src/lab/verdict.ts';
import type { ExecsSeen, World } from '../../../../src/lab/world.ts';
import { baseFacts } from '../../../fixtures/facts.ts';

const execs = (lines: readonly string[]): ExecsSeen => ({
  commands: lines.map((line) => ({ containerId: 'id-client', service: 'client', line, exitCode: 0 })),
  whole: true,
  live: false,
});
const gather = gatherTraffic('flask');
const pinged = wasPinged('flask', gather, { times: 3 });
const requested = receivedRequests('flask', gather, { times: 3 });

/** The cause that is named if the first of these commands ran before the newest replica started, and the others after it. */
async function causeOf(
  check: typeof pinged,
  [before = '', ...since]: readonly string[],
  over: Partial<TrafficFacts> = {},
): Promise<Cause | undefined> {
  const facts: TrafficFacts = {
    ...{ ...baseFacts(3), role: 'flask', execs: execs(since), requests: { count: 0, last: [] }, logged: false },
    ...{ from: 'client', appPort: 5000 },
    ...over,
  };
  return check.explain?.({ execs: async () => execs([before, ...since]) } as unknown as World, facts);
}

test('commands from before the newest replica are the cause if there is none since, and have to be repeated several times', async () => {
  const ping = await causeOf(pinged, ['ping -c 1 flask']);
  assert.match(ping?.text.en ?? '', /`ping -c 1 flask` ran before the newest replica/);
  assert.is(ping?.help.en, 'several times: docker compose exec client ping -c 1 flask');
  const curl = await causeOf(requested, ['curl flask:5000']);
  assert.match(curl?.text.en ?? '', /`curl flask:5000` ran before the newest replica/);
  assert.is(curl?.help.en, 'several times: docker compose exec client curl flask:5000');
});

test('they are not, if there are some since, but too few', async () => {
  assert.is(await causeOf(pinged, ['ping -c 1 flask', 'ping -c 1 flask']), undefined);
  assert.is(await causeOf(requested, ['curl flask:5000', 'curl flask:5000']), undefined);
  const logged = { requests: { count: 1, last: ['GET / HTTP/1.1'], replicas: 1 }, logged: true };
  assert.is(await causeOf(requested, ['curl flask:5000'], logged), undefined);
});

test.run();
