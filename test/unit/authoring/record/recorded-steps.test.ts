import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Recorded, renderSteps, stepsOf } from '../../../../src/authoring/record/recorded-steps.ts';
import type { ProjectFacts, Replica } from '../../../../src/lab/facts.ts';
import { replica } from '../../../fixtures/facts.ts';

const nothing: ProjectFacts = { project: 'p', replicas: [], networks: [] };
const network = { id: 'n', name: 'p_default', key: 'default', internal: false };
const facts = (...replicas: Replica[]): ProjectFacts => ({ project: 'p', replicas, networks: [network] });
const one = (service: string, over: Partial<Replica> = {}) => replica({ id: `${service}-1`, service, ...over });
const typed = (line: string, after: ProjectFacts, exitCode = 0): Recorded => ({ line, exitCode, after });
const checksOf = (...commands: Recorded[]) =>
  stepsOf(nothing, commands, 8080).map(({ commands: [line], checks }) => [line, ...checks]);

test('a command that starts services: their replicas, the published port, and what is healthy at the next prompt', () => {
  const port = { containerPort: 80, hostIp: '127.0.0.1', hostPort: 8080 };
  const starting = facts(one('db', { health: 'starting' }), one('web', { published: [port] }));
  const healthy = facts(one('db', { health: 'healthy' }), one('web', { published: [port] }));
  assert.equal(checksOf(typed('docker compose up -d', starting), typed('docker compose ps', healthy)), [
    [
      'docker compose up -d',
      'replicas: { of: db, count: 1 }',
      'healthy: db',
      'replicas: { of: web, count: 1 }',
      'published: web',
    ],
  ]);
  assert.equal(checksOf(typed('docker compose up -d', starting)), [
    ['docker compose up -d', 'replicas: { of: db, count: 1 }', 'replicas: { of: web, count: 1 }', 'published: web'],
  ]);
});

test('a command that scales one service: the others are untouched', () => {
  const two = facts(one('db'), one('web'), one('web', { id: 'web-2' }));
  assert.equal(checksOf(typed('up', facts(one('db'), one('web'))), typed('docker compose up -d --scale web=2', two))[1], [
    'docker compose up -d --scale web=2',
    'replicas: { of: web, count: 2 }',
    'untouched: db',
  ]);
});

test('stop, rm and down', () => {
  const up = typed('up', facts(one('web')));
  const exited = facts(one('web', { state: 'exited' }));
  assert.equal(checksOf(up, typed('docker compose stop', exited))[1]?.slice(1), ['stopped']);
  assert.equal(checksOf(up, typed('docker compose rm -f', facts()))[1]?.slice(1), ['removed', 'network-remains']);
  assert.equal(checksOf(up, typed('docker compose down', nothing))[1]?.slice(1), ['removed: { networks: true }']);
});

test('requests to the published port, and commands in a container', () => {
  const up = typed('up', facts(one('web')));
  const seen = (line: string) => checksOf(up, typed(line, up.after))[1];
  assert.equal(seen('curl -sS http://localhost:8080/items?a=1'), [
    'curl -sS http://localhost:8080/items?a=1',
    'http: { path: /items?a=1 }',
  ]);
  assert.equal(seen('curl localhost:8080')?.[1], 'http: { path: / }');
  assert.is(seen('curl localhost:9090'), undefined);
  assert.equal(
    seen('docker compose exec -T web cat /etc/hostname </dev/null')?.[1],
    'exec: { in: web, run: "cat /etc/hostname" }',
  );
});

test('commands that failed or only show something are left out, and what they changed counts for nobody else', () => {
  const up = facts(one('web'));
  assert.equal(
    checksOf(typed('docker compose up', up, 1), typed('docker compose ps', up), typed('ls', up), typed('true', up)),
    [],
  );
});

test('a service named otherwise is written as its role', () => {
  assert.equal(checksOf(typed('up', facts(one('Web_App'))))[0]?.[1], 'replicas: { of: web-app, count: 1 }');
});

test('equal titles get a number, so that IDs differ', () => {
  const step = { title: 'Up', commands: ['docker compose up -d'], checks: ['stopped'] };
  assert.equal(renderSteps([step, step]).match(/^### .*$/gm), ['### Up', '### Up 2']);
});

test.run();
