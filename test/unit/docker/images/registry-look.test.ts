import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../../../src/docker/engine.ts';
import { lookAtRegistry } from '../../../../src/docker/images/registry-look.ts';
import { fakeEngine } from '../../../helpers/fake-engine.ts';
import { fakeRegistry } from '../../../helpers/registry.ts';

const { signal } = new AbortController();
const withMirrors = (Mirrors: readonly string[] | null) =>
  ({ api: { get: async () => ({ RegistryConfig: { Mirrors } }) } }) as unknown as Engine;

test('a mirror that answers is enough, whatever its answer', async () => {
  for (const status of [200, 401, 404]) {
    const { host, close } = await fakeRegistry({ status });
    const from = `http://${host}/`;
    assert.equal(await lookAtRegistry(withMirrors(['http://127.0.0.1:1/', from]), signal), { answers: true, from });
    await close();
  }
});

test('Docker Hub is looked at by the engine: a refusal is an answer, an error of its network is not', async () => {
  const none = { Mirrors: null };
  const answered = async (status: number, message: string) => {
    const fake = await fakeEngine((request) =>
      request.startsWith('POST /auth') ? { status, lines: [{ message }] } : { lines: [{ RegistryConfig: none }] },
    );
    const look = await lookAtRegistry(fake.engine, signal);
    await fake.close();
    return look;
  };
  const yes = { answers: true, from: 'docker.io' };
  assert.equal(await answered(200, 'Login Succeeded'), yes);
  assert.equal(await answered(401, 'unauthorized'), yes);
  assert.equal(await answered(500, 'Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password'), yes);
  assert.equal(
    await answered(500, 'login attempt to https://registry-1.docker.io/v2/ failed with status: 429 Too Many Requests'),
    yes,
  );
  const lookup = 'lookup registry-1.docker.io on 10.0.0.1:53: no such host';
  assert.equal(await answered(500, `Get "https://registry-1.docker.io/v2/": dial tcp: ${lookup}`), {
    answers: false,
    from: 'docker.io',
    why: lookup,
  });
});

test.run();
