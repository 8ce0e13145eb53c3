import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NormalService, NormalStack } from '../../../../src/grade/policy/sanitized-stack.ts';
import { replacePart } from '../../../../src/grade/substitution/replace.ts';
import { built } from '../../../fixtures/submission.ts';
import { loadedReference, ownStack, project, referenceDir } from '../../../fixtures/substitution.ts';

const reference = await loadedReference();
const service = ({ services }: NormalStack, name: string): NormalService => {
  const found = services[name];
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};
const stackWith = (services: NormalStack['services']): typeof project => ({
  ...project,
  stack: { ...ownStack, services: { ...ownStack.services, ...services } },
});

test('the configuration: the file of the submission has the text of the reference, with its names and ports', () => {
  const made = replacePart('conf', project, reference);
  assert.equal(made.services, ownStack.services);
  assert.equal(made.files, {
    'proxy/site.conf': 'server {\n  listen 8080;\n\n  location / {\n    proxy_pass http://web:8000;\n  }\n}\n',
  });
});

test('the configuration passes requests to the port on which the app listens, whatever was found by reading', () => {
  const made = replacePart('conf', { ...project, appPort: 5005 }, reference);
  assert.match(made.files?.['proxy/site.conf'] ?? '', /proxy_pass http:\/\/web:5005;/);
});

test('a whole nginx.conf is replaced by a whole one, and further files of it are empty', () => {
  const confs = [
    { path: 'proxy/a.conf', target: '/etc/nginx/conf.d/a.conf' },
    { path: 'proxy/main.conf', target: '/etc/nginx/nginx.conf' },
  ];
  const made = replacePart('conf', { ...project, confs }, reference);
  assert.match(
    made.files?.['proxy/main.conf'] ?? '',
    /^events \{\n\}\n\nhttp \{\n[\s\S]*proxy_pass http:\/\/web:8000;[\s\S]*\}\n\}\n$/,
  );
  assert.is(made.files?.['proxy/a.conf'], '');
});

test('a configuration that is mounted where nginx does not read it is also moved', () => {
  const at = { type: 'bind', source: 'proxy/site.conf', target: '/etc/nginx/site.conf', readOnly: true } as const;
  const wrong = stackWith({ lb: { ...service(ownStack, 'lb'), mounts: [at] } });
  const made = replacePart('conf', { ...wrong, confs: [{ path: 'proxy/site.conf', target: at.target }] }, reference);
  assert.equal(service(made, 'lb').mounts, [{ ...at, target: '/etc/nginx/conf.d/default.conf' }]);
});

test('without a configuration, that of the reference is mounted', () => {
  const none = stackWith({ lb: { ...service(ownStack, 'lb'), mounts: [] } });
  const [mount, ...more] = service(replacePart('conf', { ...none, confs: [] }, reference), 'lb').mounts;
  assert.equal(more, []);
  assert.ok(mount?.type === 'content');
  assert.is(mount.target, '/etc/nginx/conf.d/default.conf');
  assert.match(mount.content, /proxy_pass http:\/\/web:8000;/);
});

test('the app: the image of the reference, with the names, port, networks and dependencies of the submission', () => {
  const made = replacePart('flask', project, reference);
  const [app, own] = [service(made, 'web'), service(ownStack, 'web')];
  assert.is(app.build?.from, referenceDir);
  assert.is(app.build?.context, 'flask');
  assert.equal(app.environment, { REDIS_HOST: 'cache', FLASK_RUN_PORT: '8000' });
  assert.equal([app.command, app.healthcheck, app.mounts], [null, undefined, []]);
  assert.equal([app.networks, app.dependsOn], [own.networks, own.dependsOn]);
  // Compose cannot wait for the health of a service that has no health check
  assert.equal(service(made, 'lb').dependsOn, { web: 'service_started' });
  assert.equal(service(made, 'cache'), service(ownStack, 'cache'));
});

test('the proxy: the configuration stays, and the folder of the logs is mounted as in the reference', () => {
  const lb = service(
    replacePart('nginx', stackWith({ lb: { ...service(ownStack, 'lb'), command: 'sleep 1' } }), reference),
    'lb',
  );
  assert.is(lb.command, null);
  assert.equal(lb.ports, service(ownStack, 'lb').ports);
  const [conf, logs] = service(ownStack, 'lb').mounts;
  assert.equal(lb.mounts, [conf, { ...logs, readOnly: false }]);
});

test('a proxy with its configuration in its own image has the configuration of the reference', () => {
  const { image: _, ...lb } = service(ownStack, 'lb');
  const own = stackWith({ lb: built({ ...lb, mounts: [], build: service(ownStack, 'web').build as never }) });
  const [mount] = service(replacePart('nginx', own, reference), 'lb').mounts;
  assert.ok(mount?.type === 'content' && mount.content.includes('proxy_pass http://web:8000;'));
});

test('another service: its command and image', () => {
  const cache = service(replacePart('redis', project, reference), 'cache');
  assert.equal([cache.image, cache.command, cache.networks], ['redis:8.0', null, service(ownStack, 'cache').networks]);
});

test('a service that is missing is on the network that the others of the same network share', () => {
  const { cache: _, ...services } = ownStack.services;
  const made = replacePart('redis', { ...project, stack: { ...ownStack, services } }, reference);
  assert.equal(Object.keys(service(made, 'cache').networks), ['back']);
});

test('networks: those of the reference, with the aliases of the submission', () => {
  const made = replacePart('networks', project, reference);
  assert.equal(service(made, 'web').networks, { backend: { aliases: ['app'] }, frontend: { aliases: ['app'] } });
  assert.equal(service(made, 'cache').networks, { backend: { aliases: [] } });
  assert.equal(service(made, 'lb').networks, { frontend: { aliases: [] } });
  assert.equal(Object.keys(made.networks).sort(), ['back', 'backend', 'front', 'frontend']);
});

test.run();
