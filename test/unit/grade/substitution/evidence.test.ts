import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listeningPorts } from '../../../../src/checks/evidence/sockets.ts';
import { gatherEvidence } from '../../../../src/grade/substitution/evidence.ts';
import type { World } from '../../../../src/lab/world.ts';
import { ownSpec } from '../../../fixtures/substitution.ts';

const head = '  sl  local_address rem_address   st tx_queue\n';

test("listening ports: of all addresses, or of the container itself; Docker's DNS and connections do not count", () => {
  const sockets = `${head}   0: 00000000:1388 00000000:0000 0A 0\n   1: 0100007F:1F40 00000000:0000 0A 0\n   2: 0B00007F:A1B2 00000000:0000 0A 0\n   3: 020011AC:1F41 030011AC:1234 01 0\n`;
  assert.equal(listeningPorts(sockets), { open: [5000], loopback: [8000] });
  const six = `${head}   0: 00000000000000000000000000000000:1F90 0:0000 0A\n   1: 00000000000000000000000001000000:1F91 0:0000 0A\n   2: 0000000000000000FFFF00000100007F:1F92 0:0000 0A\n`;
  assert.equal(listeningPorts(six), { open: [8080], loopback: [8081, 8082] });
  assert.equal(listeningPorts(''), { open: [], loopback: [] });
});

const replica = (service: string, state: string, more: object = {}) => ({ id: service, service, state, ...more });
const world = (over: Partial<World>): World =>
  ({
    state: async () => ({ replicas: [replica('web', 'running'), replica('lb', 'exited', { exitCode: 1, outOfMemory: false })] }),
    log: async (id: string) => (id === 'lb' ? '' : 'started\n\n'),
    probe: async () => ({ exitCode: 0, stdout: `${head} 0: 0100007F:1F40 0:0 0A`, stderr: '' }),
    request: async () => [{ nonce: '', status: 0, address: '', body: '' }],
    folder: async () => ['access.log', 'error.log'],
    file: async () => ({ kind: 'file', sha256: '', size: 1, text: '[emerg] wrong\n' }),
    ...over,
  }) as unknown as World;

test("the state, the log and the ports of each role; the proxy's log may be in a mounted folder", async () => {
  assert.equal(await gatherEvidence(world({}), ownSpec, undefined), {
    services: {
      flask: { state: 'running', log: ['started'], ports: { open: [], loopback: [8000] } },
      redis: { state: 'absent', log: [] },
      nginx: { state: 'ended', exitCode: 1, outOfMemory: false, log: ['[emerg] wrong'] },
    },
    status: 0,
  });
});

test('what cannot be seen is left out', async () => {
  const gone = async () => {
    throw new Error('gone');
  };
  const found = await gatherEvidence(world({ log: gone, probe: gone, request: gone, folder: gone }), ownSpec, undefined);
  assert.equal(found.services['flask'], { state: 'running', log: [] });
  assert.equal([found.services['nginx']?.log, found.status], [[], undefined]);
});

test.run();
