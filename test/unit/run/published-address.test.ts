import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../labs/compose-scale/index.ts';
import { LabError } from '../../../src/lab/error.ts';
import { atPublished, publishedAddress } from '../../../src/run/published-address.ts';
import { nginx, stackFacts } from '../../fixtures/facts.ts';

const spec = composeScale.stacks['nginx'] ?? assert.unreachable();
const on = (hostIp: string, host = 'unix:///var/run/docker.sock', state: 'running' | 'exited' = 'running') =>
  publishedAddress(stackFacts([nginx({ state, published: [{ containerPort: 80, hostIp, hostPort: 8001 }] })]), spec as never, {
    host,
  });

test('a port published on loopback or on every address is requested on loopback', () => {
  for (const hostIp of ['', '0.0.0.0', '127.0.0.1']) assert.is(on(hostIp), '127.0.0.1:8001');
  assert.is(on('127.0.0.7'), '127.0.0.7:8001');
});

test('a port published on the IPv6 loopback, or on every IPv6 address, is requested there', () => {
  for (const hostIp of ['::1', '::']) assert.is(on(hostIp), '[::1]:8001');
});

test('a port published only on another address, or not published now, is not requested', () => {
  assert.is(on('192.168.1.5'), undefined);
  assert.is(on('192.168.1.5', 'ssh://me@far.example'), undefined);
  assert.is(on('127.0.0.1', 'unix:///x', 'exited'), undefined);
});

test('every kind of endpoint on this machine is recognized', () => {
  for (const host of [
    'npipe:////./pipe/docker_engine',
    'tcp://localhost:2375',
    'tcp://127.0.0.2:2376',
    'tcp://[::1]:2375',
    'ssh://me@localhost',
  ])
    assert.is(on('0.0.0.0', host), '127.0.0.1:8001', host);
});

test('an engine on another machine is an error: its ports are not on our loopback', () => {
  for (const host of ['ssh://me@far.example', 'ssh://far.example:2222', 'tcp://10.0.0.7:2375', 'tcp://localhost.example:2376']) {
    assert.throws(
      () => on('0.0.0.0', host),
      (error: unknown) =>
        error instanceof LabError && error.code === 'E_PROBE' && error.text.en.includes(`${host} is on another machine`),
      host,
    );
  }
});

test('a command follows a port that was moved, and is left as it is otherwise', () => {
  const on8000 = { published: { role: 'web', containerPort: 80, hostPort: 8000 } };
  const moved = (line: string, published = '127.0.0.1:8001') => atPublished(line, on8000, published);
  assert.equal(moved('curl localhost:8000/x 127.0.0.1:8000'), { line: 'curl 127.0.0.1:8001/x 127.0.0.1:8001', asks: true });
  assert.equal(moved('curl localhost:8000/x', '127.0.0.1:8000'), { line: 'curl localhost:8000/x', asks: true });
  assert.equal(moved('curl localhost:80'), { line: 'curl localhost:80', asks: false });
  assert.equal(moved('curl localhost:80001'), { line: 'curl localhost:80001', asks: false });
  assert.equal(moved('docker ps | grep run; curl localhost:8000'), {
    line: 'docker ps | grep run; curl 127.0.0.1:8001',
    asks: true,
  });
  assert.equal(moved('curl localhost:8000', ''), { line: 'curl localhost:8000', asks: false });
  assert.equal(atPublished('curl localhost:8000', {}, '127.0.0.1:8001'), { line: 'curl localhost:8000', asks: false });
  // localhost inside a container is the container
  for (const line of ['docker compose exec -T web curl localhost:8000', 'docker run --rm web curl localhost:8000'])
    assert.equal(moved(line), { line, asks: false });
});

test.run();
