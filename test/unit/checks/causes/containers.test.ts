import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { absentCause } from '../../../../src/checks/causes/absent.ts';
import { ComposeSource } from '../../../../src/checks/causes/compose-source.ts';
import { endedCause } from '../../../../src/checks/causes/ended.ts';
import { healthCause } from '../../../../src/checks/causes/health.ts';
import { earlyCause } from '../../../../src/checks/causes/proxy-ended.ts';
import { scalingCause } from '../../../../src/checks/causes/scaling.ts';
import { mountInError, portInError, startCause } from '../../../../src/checks/causes/start-error.ts';
import type { Cause } from '../../../../src/lab/verdict.ts';
import { baseFacts, client, flask, frontFacts, nginx, redis, stackFacts } from '../../../fixtures/facts.ts';

const compose = new ComposeSource(
  'compose.yaml',
  [
    'services:',
    '  flask:',
    '    build: ./flask',
    '    container_name: web',
    '    ports:',
    '      - "127.0.0.1:5000:5000"',
    '    mem_limit: 32m',
    '    healthcheck: { test: curl localhost }',
    '  redis-server:',
    '    image: redis:8.00',
    '  nginx:',
    '    command: nginx',
    '    volumes:',
    '      - ./nginx/nginx.conf:/etc/nginx/conf.d/default.conf:ro',
  ].join('\n'),
);
const command = 'docker compose up -d';

/** What a cause says in English; it is complete in both languages. */
function said(cause: Cause | undefined): string {
  assert.ok(cause);
  for (const part of [cause.text, cause.help]) {
    assert.match(part['zh-TW'], /[\u4e00-\u9fff]|^docker |：/);
    assert.not.match(part.en + part['zh-TW'], /\{\w+\}/);
  }
  return `${cause.text.en} | ${cause.help.en}`;
}

test('errors of the engine: the port, and the source of the mount', () => {
  const inUse = 'Error starting userland proxy: listen tcp4 127.0.0.1:8000: bind: address already in use';
  assert.is(portInError(inUse), 8000);
  assert.is(portInError('Bind for 0.0.0.0:5000 failed: port is already allocated'), 5000);
  assert.is(portInError('Ports are not available: exposing port TCP 0.0.0.0:80 -> 127.0.0.1:0: listen tcp'), 80);
  assert.is(portInError('no such image'), undefined);
  const mount = 'error mounting "/p/nginx/nginx.conf" to rootfs at "/etc/x": mount /p: not a directory: unknown: Are you trying';
  assert.is(mountInError(mount), '/p/nginx/nginx.conf');
  assert.is(mountInError(inUse), undefined);
});

test('a container that the engine could not start: port of its own service, of another container, of a process; a mount', () => {
  const facts = { project: 'p', dir: '/p', compose, command };
  const ofPort = {
    ...facts,
    replica: flask(2, { state: 'created', startError: 'Bind for 127.0.0.1:5000 failed: port is already allocated' }),
  };
  assert.is(
    said(startCause({ ...ofPort, holder: { container: 'p-flask-1', service: 'flask', project: 'p' } })),
    'compose.yaml:6 publishes the fixed port 5000 of this machine, which only one container of flask can have | remove that line of `ports:`, then docker compose up -d',
  );
  assert.is(
    said(startCause({ ...ofPort, holder: { container: 'shop-web-1', service: 'web', project: 'shop' } })),
    'port 5000 of this machine (compose.yaml:6) is in use by the container shop-web-1 of the project shop | stop it: docker stop shop-web-1, or publish another port in compose.yaml:6; then docker compose up -d',
  );
  assert.match(
    said(startCause({ ...ofPort, holder: { container: 'web', service: '', project: '' } })),
    /is in use by the container web, which is of no project \| stop it: docker stop web/,
  );
  assert.match(
    said(startCause({ ...ofPort, holder: { process: 'python3', pid: 77 } })),
    /by the process python3 \(PID 77\) \| stop it: kill 77/,
  );
  assert.match(said(startCause(ofPort)), /by another program \(`ss -ltnp` shows it\) \| stop that program/);
  const startError = 'error mounting "/p/nginx/nginx.conf" to rootfs at "/etc/nginx/conf.d/default.conf": not a directory';
  const ofMount = { ...facts, replica: nginx({ state: 'created', startError }) };
  assert.match(
    said(startCause({ ...ofMount, source: 'not-a-file' })),
    /^nginx\/nginx\.conf \(compose\.yaml:14\) is a folder: no such file existed, so Docker created a folder/,
  );
  assert.match(
    said(startCause({ ...ofMount, source: 'file' })),
    /was no file when the container was created \| it is a file now: docker/,
  );
  const other = startCause({
    ...facts,
    replica: flask(1, { startError: 'a: runc failed: exec: "x": executable file not found' }),
  });
  assert.match(said(other), /^Docker could not start it: .*executable file not found \| correct compose\.yaml:2, then/);
});

test('a container that has ended: memory, stopped, killed, an error in the app, its command', () => {
  const facts = { compose, all: false, command, signals: [], log: [] };
  const ended = (over: object) => flask(1, { state: 'exited', ...over });
  assert.match(
    said(endedCause({ ...facts, replica: ended({ exitCode: 137, outOfMemory: true }) })),
    /^flask used more memory than its limit of 32m \(compose\.yaml:7\), and was killed \| raise or remove the limit/,
  );
  assert.match(
    said(endedCause({ ...facts, replica: ended({ exitCode: 143 }) })),
    /stopped from outside \(exit code 143\), as by `docker stop`/,
  );
  assert.match(
    said(endedCause({ ...facts, replica: ended({ exitCode: 0 }), signals: ['15'] })),
    /stopped from outside \(exit code 0\)/,
  );
  assert.match(
    said(endedCause({ ...facts, replica: ended({ exitCode: 137 }), signals: ['9'] })),
    /killed from outside .*`docker kill`/,
  );
  assert.match(said(endedCause({ ...facts, replica: ended({ exitCode: 137 }), signals: ['15', '9'] })), /killed after 10 s/);
  assert.match(
    said(endedCause({ ...facts, all: true, replica: ended({ exitCode: 143 }) })),
    /all containers .*Ctrl-C.* \| .*in the background/,
  );
  const log = ['  File "/src/app.py", line 7, in <module>', "NameError: name 'flask' is not defined"];
  const built = { folder: 'flask', names: ['Dockerfile', 'app.py'] };
  assert.is(
    said(endedCause({ ...facts, replica: ended({ exitCode: 1 }), log, built })),
    "flask/app.py:7: NameError: name 'flask' is not defined | correct flask/app.py:7, then docker compose up -d --build",
  );
  assert.match(
    said(endedCause({ ...facts, replica: nginx({ state: 'exited', exitCode: 0 }) })),
    /`nginx` \(compose\.yaml:12\) ended with exit code 0/,
  );
  assert.is(endedCause({ ...facts, replica: nginx({ state: 'exited', exitCode: 1 }) }), undefined);
  // while it runs again, the engine has no exit code of it
  assert.match(
    said(endedCause({ ...facts, replica: nginx({ state: 'running', exitCode: 0, restarts: 1 }) })),
    /`nginx` \(compose\.yaml:12\) ended, and was started again \| /,
  );
  assert.is(endedCause({ ...facts, replica: ended({ exitCode: 3 }), log: ['no settings'] }), undefined);
});

test('a service without a container: no addresses, another folder, another project, no image', () => {
  const image = { ref: 'redis:8.00', present: true, tags: [] };
  const facts = {
    service: 'redis-server',
    project: 'base',
    dir: '/home/me/lab/base',
    compose,
    command,
    image,
    noAddresses: false,
    elsewhere: [],
  };
  assert.is(absentCause(facts), undefined);
  assert.match(said(absentCause({ ...facts, noAddresses: true })), /no addresses left for another network.* \| remove networks/);
  const elsewhere = [
    { project: 'theirs', dir: '/srv/other', running: 1 },
    { project: 'nginx', dir: '/home/me/lab/nginx', running: 1 },
  ];
  assert.is(
    said(absentCause({ ...facts, elsewhere })),
    'redis-server runs in the project nginx, which was started in another folder: /home/me/lab/nginx | start the stack of this folder: cd /home/me/lab/base && docker compose up -d',
  );
  assert.is(absentCause({ ...facts, elsewhere: elsewhere.slice(0, 1) }), undefined);
  assert.match(
    said(absentCause({ ...facts, elsewhere: [{ project: 'x', dir: facts.dir, running: 1 }] })),
    /another project of this folder, x \(`-p x`\)/,
  );
  const missing = { ...image, present: false };
  assert.is(
    said(absentCause({ ...facts, image: { ...missing, tags: ['redis:8.0', 'redis:7'] } })),
    'the engine has no image redis:8.00 (compose.yaml:10), but redis:8.0, redis:7 | correct the tag in compose.yaml:10, then docker compose up -d',
  );
  assert.match(
    said(absentCause({ ...facts, image: missing })),
    /check the name and tag in compose\.yaml:10, then docker compose pull redis-server$/,
  );
  assert.match(said(absentCause({ ...facts, service: 'flask', image: missing })), /is not built \| docker compose build flask$/);
});

test('scaling: a fixed name, another service; nothing is known if only the number was not given', () => {
  const facts = { role: 'flask', count: 3, app: 'flask' };
  assert.match(
    said(scalingCause({ ...baseFacts(), ...facts, compose })),
    /^`container_name: web` \(compose\.yaml:4\) allows one container of flask only.* \| remove that line from compose\.yaml:4, then docker compose up -d --scale flask=3$/,
  );
  assert.is(scalingCause({ ...baseFacts(), ...facts }), undefined);
  const scaled = stackFacts([flask(1), redis(), client(), client({ id: 'c2' }), client({ id: 'c3' })]);
  const expected = /^client was scaled to 3; the service to scale is flask \| .*docker compose up -d --scale flask=3$/;
  assert.match(said(scalingCause({ ...scaled, ...facts })), expected);
  assert.match(said(scalingCause({ ...scaled, role: 'client', count: 1, app: 'flask' })), expected);
  assert.is(scalingCause({ ...scaled, role: 'redis', count: 1, app: 'flask' }), undefined);
});

test('a health check that never passes is named with its command and output', () => {
  const ill = flask(1, {
    health: 'unhealthy',
    healthcheck: ['/bin/sh', '-c', 'curl localhost'],
    healthOutput: '/bin/sh: 1: curl: not found',
  });
  assert.is(
    said(healthCause({ compose, command }, nginx({ state: 'created' }), ill)),
    'nginx waits for flask, whose health check (`curl localhost`, compose.yaml:8) has not passed: /bin/sh: 1: curl: not found | correct the `test:` of compose.yaml:8 so that it succeeds in the container of flask, then docker compose up -d',
  );
});

test('a proxy that found no name: no network in common, no depends_on, or the app did not run', () => {
  const front = nginx({ state: 'exited', exitCode: 1 });
  assert.match(
    said(earlyCause({ ...frontFacts(), compose }, 'flask', front)),
    /nginx \(compose\.yaml:11\) has no `depends_on: \[flask\]`/,
  );
  const apart = stackFacts([flask(1), front]);
  assert.match(said(earlyCause({ ...apart, compose }, 'flask', front)), /nginx and flask share no network/);
  const waits = new ComposeSource('compose.yaml', 'services:\n  nginx:\n    depends_on: [flask]\n');
  assert.match(
    said(earlyCause({ ...frontFacts(), compose: waits }, 'flask', front)),
    /when no flask was running.* \| flask runs now, so start nginx again/,
  );
});

test.run();
