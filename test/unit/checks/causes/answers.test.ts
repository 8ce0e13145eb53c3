import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appErrorCause, listeningCause } from '../../../../src/checks/causes/app.ts';
import { ComposeSource } from '../../../../src/checks/causes/compose-source.ts';
import { copiedFiles } from '../../../../src/checks/causes/outdated.ts';
import { readAge } from '../../../../src/checks/causes/proxy-conf.ts';
import { baseFacts, flask, redis, stackFacts } from '../../../fixtures/facts.ts';

const compose = new ComposeSource(
  'compose.yaml',
  'services:\n  flask:\n    build: flask\n    environment:\n      REDIS_HOST: localhost\n      STORE: redis-server\n',
);
const command = 'docker compose up -d';

test('an app that listens on 127.0.0.1 alone, or on another port, with the line that makes it do so', () => {
  const lines = [
    { place: 'compose.yaml:5', text: 'REDIS_HOST: localhost', kind: 'environment' },
    { place: 'flask/Dockerfile:9', text: 'CMD ["flask", "run", "--port", "8080"]', kind: 'dockerfile' },
    { place: 'flask/app.py:8', text: 'redis = Redis(host="127.0.0.1")', kind: 'program' },
    { place: 'flask/app.py:20', text: 'app.run(host="127.0.0.1")', kind: 'program' },
  ] as const;
  const facts = { service: 'flask', port: 5000, command };
  const loopback = { open: [], loopback: [5000] };
  const ofProgram = listeningCause({ ...facts, ports: loopback, lines: lines.slice(1) });
  assert.is(ofProgram?.text.en, 'flask listens on 127.0.0.1:5000 only (flask/app.py:20), where no other container can connect');
  assert.is(ofProgram?.help.en, 'make it listen on 0.0.0.0 in flask/app.py:20, then docker compose up -d --build');
  const typed = [{ place: 'compose.yaml:4', text: 'flask run', kind: 'command' }, ...lines.slice(1)] as const;
  assert.match(listeningCause({ ...facts, ports: loopback, lines: typed })?.text.en ?? '', /only \(compose\.yaml:4\)/);
  assert.is(
    listeningCause({ ...facts, ports: { open: [8080], loopback: [] }, lines })?.text.en,
    'flask listens on port 8080 (flask/Dockerfile:9), not on 5000',
  );
  assert.is(
    listeningCause({ ...facts, ports: { open: [8080], loopback: [] }, lines: [] })?.help.en,
    'make it listen on port 5000, then docker compose up -d',
  );
  assert.is(listeningCause({ ...facts, ports: { open: [5000, 8080], loopback: [] }, lines }), undefined);
  assert.is(listeningCause({ ...facts, ports: { open: [], loopback: [] }, lines }), undefined);
});

test('an error in the log of an app: the setting that it repeats, a service that does not run, the line of the program', () => {
  const facts = { ...baseFacts(), compose, replica: flask(1), command };
  const lost = ['redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.'];
  assert.match(
    appErrorCause({ ...facts, log: lost })?.text.en ?? '',
    /^`REDIS_HOST: localhost` \(compose\.yaml:5\) leads to: redis/,
  );
  const down = ['ConnectionError: Error -2 connecting to redis-server:6379. Name or service not known.'];
  const stopped = stackFacts([flask(1), redis({ state: 'exited' })]);
  assert.match(appErrorCause({ ...facts, ...stopped, log: down })?.text.en ?? '', /^redis-server does not run: ConnectionError/);
  assert.is(appErrorCause({ ...facts, log: down }), undefined);
  const traced = ['  File "/src/app.py", line 14, in hello', 'ZeroDivisionError: division by zero'];
  const built = { folder: 'flask', names: ['app.py'] };
  assert.is(appErrorCause({ ...facts, log: traced, built })?.text.en, 'flask/app.py:14: ZeroDivisionError: division by zero');
  assert.is(appErrorCause({ ...facts, log: ['"GET / HTTP/1.1" 500'] }), undefined);
});

test('files that a Dockerfile copies, and where they can be in the image', () => {
  const dockerfile =
    'FROM a AS x\nCOPY old /\nFROM b\nWORKDIR /src\nCOPY app.py ./\nCOPY a b/ /opt/\nCOPY --from=x /y /y\nCOPY . .\n';
  assert.equal(copiedFiles(dockerfile, ['app.py', 'Dockerfile']), [
    { source: 'app.py', targets: ['/src/app.py', '/src'] },
    { source: 'a', targets: ['/opt/a', '/opt'] },
    { source: 'b', targets: ['/opt/b', '/opt'] },
    { source: 'app.py', targets: ['/src/app.py'] },
  ]);
});

test('a file is newer than the newest process of the server; what looks is not counted', () => {
  const process = (name: string, ticks: number) => `7 (${name}) S ${'0 '.repeat(18)}${ticks} 0`;
  const output = (changed: number) =>
    ['abc  -', `changed ${changed}`, 'btime 1000', process('nginx', 500), process('nginx', 900), process('cat', 90_000)].join(
      '\n',
    );
  assert.equal(readAge(output(1005)), { sha256: 'abc', isNewer: false });
  assert.equal(readAge(output(1011)), { sha256: 'abc', isNewer: true });
  assert.equal(readAge(''), { sha256: '', isNewer: false });
});

test.run();
