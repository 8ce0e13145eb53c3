import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ComposeSource } from '../../../../src/checks/causes/compose-source.ts';
import { aliasCause, hostsCause } from '../../../../src/checks/causes/names.ts';
import { networksCause } from '../../../../src/checks/causes/networks.ts';
import { startOrderCause } from '../../../../src/checks/causes/start-order.ts';
import { client, flask, nginx, redis, replica, stackFacts } from '../../../fixtures/facts.ts';

const file = (lines: readonly string[]) => new ComposeSource('compose.yaml', `services:\n${lines.join('\n')}\n`);

test('a name that another container has as an alias: a line of the file, or a container of `docker run`', () => {
  const compose = file(['  client:', '    networks:', '      default:', '        aliases: [flask]']);
  const facts = stackFacts([flask(1), client()]);
  const strange = ['172.18.0.4'];
  const asked = { service: 'flask', strange };
  assert.is(
    aliasCause(facts, asked, { connected: [], compose })?.text.en,
    'compose.yaml:5 gives client the alias `flask`, the name of another service',
  );
  assert.is(aliasCause(facts, asked, { connected: [], compose: file(['  client: {}']) }), undefined);
  const stranger = { name: 'mine', project: '', service: '', oneOff: false, imageId: 'x', addresses: ['172.18.0.9'] };
  const other = { service: 'flask', strange: ['172.18.0.9'] };
  const cause = aliasCause(facts, other, { connected: [stranger] });
  assert.match(cause?.text.en ?? '', /^the container mine, started with `docker run`, has the alias `flask`/);
  assert.is(cause?.help.en, 'stop it: docker stop mine');
  assert.match(
    aliasCause(facts, other, { connected: [{ ...stranger, project: 'shop' }] })?.text.en ?? '',
    /^the container mine of the project shop has the name `flask`/,
  );
  assert.is(aliasCause(facts, { service: 'flask', strange: ['172.18.0.8'] }, { connected: [stranger] }), undefined);
});

test('a line of /etc/hosts takes precedence over DNS', () => {
  const hosts = '127.0.0.1\tlocalhost\n# 1.2.3.4 flask\n172.18.0.11\tflask web\n';
  const cause = hostsCause(hosts, 'flask', client());
  assert.is(cause?.text.en, '/etc/hosts:3 in client has `172.18.0.11 flask web`, which takes precedence over DNS');
  assert.match(cause?.help.en ?? '', /^recreate client/);
  const compose = file(['  client:', '    extra_hosts: ["flask:172.18.0.11"]']);
  assert.match(hostsCause(hosts, 'flask', client(), compose)?.help.en ?? '', /^remove `extra_hosts:` from compose\.yaml:3/);
  assert.is(hostsCause('127.0.0.1 localhost\n172.18.0.1 flask2\n', 'flask', client()), undefined);
});

test('other networks than drawn: a line of the file, or a container that was moved by hand', () => {
  const drawing = { flask: ['backend', 'frontend'], redis: ['backend'] };
  const compose = file(['  flask:', '    networks: [frontend]', '  redis-server:', '    networks: [backend, frontend]']);
  const on = (keys: readonly string[]) => Object.fromEntries(keys.map((key, at) => [key, `172.19.0.${at + 1}`]));
  const written = stackFacts([
    replica({ service: 'flask', on: on(['frontend']) }),
    replica({ service: 'redis-server', on: on(['backend', 'frontend']) }),
  ]);
  assert.is(
    networksCause(written, drawing, compose)?.text.en,
    'compose.yaml:3 puts flask on frontend, compose.yaml:5 puts redis-server on backend, frontend',
  );
  const right = file(['  flask:', '    networks: [backend, frontend]', '  redis-server:', '    networks: [backend]']);
  const moved = networksCause(stackFacts([replica({ service: 'flask', on: on(['backend']) })]), drawing, right);
  assert.is(
    moved?.text.en,
    'compose.yaml:3 is right: the container was disconnected from frontend by hand (`docker network disconnect`)',
  );
  assert.match(moved?.help.en ?? '', /--force-recreate flask$/);
  const mode = file(['  client:', '    network_mode: host']);
  const ofHost = stackFacts([replica({ service: 'client', networks: { host: { networkId: 'h', address: '', aliases: [] } } })]);
  assert.is(networksCause(ofHost, { client: ['default'] }, mode)?.text.en, 'compose.yaml:3 puts client on host');
  assert.is(networksCause(written, drawing, undefined), undefined);
  // the file was changed, and `up` did not follow
  assert.is(
    networksCause(stackFacts([replica({ service: 'flask', on: on(['default']) })]), { flask: ['backend'] }, compose),
    undefined,
  );
});

test('started in the wrong order: nothing waits, or the first was started again', () => {
  const roles = { first: 'flask', next: 'nginx' };
  const late = stackFacts([flask(1, { startedAt: '2026-01-01T08:00:09Z' }), nginx(), redis()]);
  const without = file(['  nginx: {}']);
  assert.is(
    startOrderCause(late, roles, without)?.text.en,
    'nginx (compose.yaml:2) has no `depends_on: [flask]`, and was started first',
  );
  for (const line of ['    depends_on: [flask]', '    depends_on: { flask: { condition: service_started } }'])
    assert.is(
      startOrderCause(late, roles, file(['  nginx:', line]))?.text.en,
      'flask was started again after nginx, as by `docker compose restart flask`',
    );
  const recreated = stackFacts([flask(1, { createdAt: '2026-01-01T08:00:08Z', startedAt: '2026-01-01T08:00:09Z' }), nginx()]);
  assert.is(
    startOrderCause(recreated, roles, file(['  nginx:', '    depends_on: [flask]']))?.text.en,
    'flask was recreated after nginx was started',
  );
  assert.is(startOrderCause(stackFacts([nginx()]), roles, without), undefined);
});

test.run();
