import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unsupportedEngine } from '../../../../src/docker/discovery/engine-version.ts';
import { findEngine } from '../../../../src/docker/discovery/open-engine.ts';
import { diagnose } from '../../../../src/docker/doctor/diagnose.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const docker = {
  Platform: { Name: 'Docker Engine - Community' },
  Components: [
    { Name: 'Engine', Version: '28.5.2', Details: { ApiVersion: '1.51', Os: 'linux' } },
    { Name: 'containerd', Version: 'v1.7.28', Details: { GitCommit: 'b98a3aa' } },
    { Name: 'runc', Version: '1.3.0', Details: { GitCommit: 'v1.3.0-0-g4ca628d1' } },
  ],
  Version: '28.5.2',
  ApiVersion: '1.51',
  Os: 'linux',
};
/** As Podman builds it in pkg/api/handlers/compat/version.go. */
const podman = {
  Platform: { Name: 'linux/amd64/debian-12' },
  Components: [
    { Name: 'Podman Engine', Version: '4.3.1', Details: { APIVersion: '4.3.1', MinAPIVersion: '4.0.0', Os: 'linux' } },
    { Name: 'Conmon', Version: 'conmon version 2.1.6, commit: unknown', Details: { Package: 'conmon_2.1.6+ds1-1_amd64' } },
    { Name: 'OCI Runtime (runc)', Version: 'runc version 1.1.5', Details: { Package: 'runc_1.1.5+ds1-1_amd64' } },
  ],
  Version: '4.3.1',
  ApiVersion: '1.41',
  MinAPIVersion: '1.24',
  Os: 'linux',
};
const host = 'unix:///run/podman/podman.sock';

const servers: Server[] = [];
test.after(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
});
/** A socket behind which Podman answers. */
async function podmanAt(home: string): Promise<string> {
  const server = createServer(({ url }, answer) => {
    answer.setHeader('Api-Version', '1.41');
    answer.end(url?.endsWith('/version') ? JSON.stringify(podman) : url?.endsWith('/info') ? '{}' : 'OK');
  });
  servers.push(server);
  await once(server.listen(join(home, 'podman.sock')), 'listening');
  return `unix://${home}/podman.sock`;
}

test('Docker is supported, with and without a list of components', () => {
  assert.is(unsupportedEngine(docker, host), undefined);
  assert.is(unsupportedEngine({ Version: '20.10.24', Os: 'linux' }, host), undefined);
  assert.is(unsupportedEngine({ Version: '20.10.24', Os: 'linux', Components: null }, host), undefined);
});

test('Podman and Windows containers are not', () => {
  for (const [answer, words] of [
    [podman, `this is Podman 4.3.1: not supported (${host})`],
    [{ ...docker, Os: 'windows' }, `the engine at ${host} runs Windows containers`],
  ] as const) {
    const error = unsupportedEngine(answer, host);
    assert.is(error?.code, 'E_ENGINE_UNSUPPORTED');
    assert.is(error?.text.en, words);
    for (const one of [error?.text, error?.hint]) if (one) assertComplete(one, one.en);
  }
});

test('`lab run`, `lab verify` and `lab doctor` report Podman', async () => {
  const home = folder();
  const at = await podmanAt(home);
  const homes = { state: join(home, 'state'), cache: join(home, 'cache') };
  const { signal } = new AbortController();
  const asked = { choice: 'docker', homes, home, env: { ...process.env, DOCKER_HOST: at }, signal } as const;
  const error = await rejection(findEngine(asked));
  assert.is(error.code, 'E_ENGINE_UNSUPPORTED');
  assert.is(error.text.en, `this is Podman 4.3.1: not supported (${at})`);
  const { engine } = await diagnose({ ...asked, images: [], runs: { underWay: [], ended: [] } });
  assert.is(engine.state, 'none');
  assert.is('message' in engine && engine.message.en, `this is Podman 4.3.1: not supported (${at})`);
});

test.run();
