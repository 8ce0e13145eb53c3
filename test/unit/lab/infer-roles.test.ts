import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { base, proxied } from '../../../labs/compose-scale/stacks.ts';
import { askRoles, inferRoles, type ServiceClues, stackAsFound } from '../../../src/lab/infer-roles.ts';
import { assertComplete } from '../../fixtures/english-verdict.ts';

const clues = (name: string, over: Partial<ServiceClues> = {}): ServiceClues => ({
  name,
  dependsOn: [],
  settings: '',
  published: [],
  exposed: [],
  mounts: [],
  ...over,
});
const built = (name: string, over: Partial<ServiceClues> = {}) =>
  clues(name, { build: `${name} Dockerfile`, image: 'python:3.13', ...over });
const conf = 'upstream pool { server web:8000; } server { listen 8080; location / { proxy_pass http://pool; } }';
const lb = clues('lb', {
  image: 'nginx:1.27',
  published: [{ hostPort: 9000, containerPort: 8080 }],
  mounts: [
    { source: 'proxy/site.conf', target: '/etc/nginx/conf.d/site.conf' },
    { source: 'logs', target: '/var/log/nginx' },
  ],
  conf,
});
const cache = clues('cache', { image: 'docker.io/bitnami/redis:8@sha256:0' });
const web = built('web', { dependsOn: ['cache'] });
const namesOf = (services: readonly ServiceClues[], spec = proxied, answers = {}) => inferRoles(spec, services, answers).names;

test('services with other names: roles by image, and by what the proxy passes requests to', () => {
  const found = inferRoles(proxied, [lb, cache, web]);
  assert.equal(found.names, { flask: 'web', redis: 'cache', nginx: 'lb' });
  assert.equal([found.absent, found.questions, found.certain], [[], [], ['redis', 'nginx']]);
  assert.equal(
    Object.entries(found.evidence).map(([role, why]) => `${role}: ${why.en}`),
    ['redis: its image is redis', 'nginx: its image is nginx', 'flask: the proxy passes requests to it'],
  );
  for (const why of Object.values(found.evidence)) assertComplete(why, 'evidence');
});

test('expected names need no evidence', () => {
  const found = inferRoles(proxied, [{ ...lb, name: 'nginx' }, { ...cache, name: 'redis-server' }, built('flask')]);
  assert.equal(found.names, { flask: 'flask', redis: 'redis-server', nginx: 'nginx' });
  assert.equal([found.evidence, found.certain], [{}, ['flask', 'redis', 'nginx']]);
});

test('a name is no evidence against the image', () => {
  const names = namesOf([
    { ...cache, name: 'flask' },
    built('nginx', { dependsOn: ['flask'] }),
    { ...lb, conf: 'proxy_pass http://nginx:5000;' },
  ]);
  assert.is(names['redis'], 'flask');
});

test('the app of several built services: the one that the proxy passes requests to, else the one that uses the store', () => {
  const worker = built('worker', { dependsOn: ['cache'] });
  assert.is(namesOf([lb, cache, worker, web])['flask'], 'web');
  const mute = clues('lb', { image: 'nginx' });
  assert.is(namesOf([mute, cache, built('site'), built('api', { settings: 'redis://cache:6379/0' })])['flask'], 'api');
});

test('several services that could be the app: a question, which an answer settles', () => {
  const services = [clues('lb', { image: 'nginx' }), cache, web, built('api', { dependsOn: ['cache'] })];
  const found = inferRoles(proxied, services);
  assert.equal(found.questions, [{ role: 'flask', candidates: ['web', 'api'] }]);
  assert.equal(found.absent, []);
  assert.is(askRoles(found.questions).en, 'which of web, api is flask?');
  assertComplete(askRoles(found.questions), 'question');
  const answered = inferRoles(proxied, services, { flask: 'api' });
  assert.equal(
    [answered.names['flask'], answered.questions, answered.evidence['flask']?.en],
    ['api', [], 'assigned by the teacher'],
  );
  assert.is(inferRoles(proxied, services, { flask: 'none' }).questions.length, 1);
});

test('copies of the app in place of replicas are no question', () => {
  const copy = (name: string) => built(name, { build: 'app Dockerfile', dependsOn: ['cache'] });
  const found = inferRoles(proxied, [clues('lb', { image: 'nginx' }), cache, copy('web1'), copy('web2')]);
  assert.equal([found.names['flask'], found.questions], ['web1', []]);
});

test('a role without a service is absent', () => {
  const found = inferRoles(proxied, [cache, web]);
  assert.equal([found.absent, found.names['nginx']], [['nginx'], 'nginx']);
  assert.equal(inferRoles(proxied, [web, lb]).absent, ['redis']);
  assert.equal(inferRoles(proxied, []).absent, ['flask', 'redis', 'nginx']);
});

test('another image with a proxy configuration is the proxy, and a published service that remains is too', () => {
  assert.is(namesOf([{ ...lb, image: 'debian', build: 'lb Dockerfile' }, cache, web])['nginx'], 'lb');
  assert.is(namesOf([clues('edge', { image: 'traefik:3', published: lb.published }), cache, web])['nginx'], 'edge');
  assert.equal(inferRoles(proxied, [clues('admin', { image: 'adminer' }), cache, web]).absent, ['nginx']);
});

test('the base stack: a service of any image from which requests are sent', () => {
  const found = inferRoles(base, [web, cache, clues('shell', { image: 'alpine:3' })]);
  assert.equal(found.names, { flask: 'web', redis: 'cache', client: 'shell' });
});

test('the stack as found: names, ports and files are those of the project', () => {
  const services = [lb, cache, web];
  const spec = stackAsFound(proxied, services, inferRoles(proxied, services));
  assert.equal(
    Object.entries(spec.services).map(([role, { name, port }]) => [role, name, port]),
    [
      ['flask', 'web', 8000],
      ['redis', 'cache', undefined],
      ['nginx', 'lb', 8080],
    ],
  );
  assert.equal([spec.published?.containerPort, spec.published?.hostPort], [8080, 9000]);
  assert.equal(spec.files, { conf: 'proxy/site.conf', logs: 'logs', access: 'logs/access.log' });
});

test('the app listens on the port that it exposes if the proxy names none; else on the expected one', () => {
  const portWith = (over: Partial<ServiceClues>, text = 'proxy_pass http://web;') => {
    const services = [{ ...lb, conf: text }, cache, { ...web, ...over }];
    return stackAsFound(proxied, services, inferRoles(proxied, services)).services['flask']?.port;
  };
  assert.is(portWith({ exposed: [8000] }), 8000);
  assert.is(portWith({ published: [{ hostPort: 5000, containerPort: 5001 }] }), 5001);
  assert.is(portWith({ exposed: [8000, 9000] }), 5000);
  assert.is(portWith({ exposed: [8000] }, 'proxy_pass http://web:7000;'), 7000);
  assert.is(portWith({}), 5000);
});

test('a published port on which the proxy does not listen is not taken for its port', () => {
  const services = [
    { ...lb, conf: 'listen 80; proxy_pass http://web;', published: [{ hostPort: 8000, containerPort: 8080 }] },
    cache,
    web,
  ];
  const spec = stackAsFound(proxied, services, inferRoles(proxied, services));
  assert.is(spec.published?.containerPort, 80);
});

test("the tutorial's own stacks are as they are defined", () => {
  const own = [
    { ...lb, name: 'nginx', published: [], mounts: [], conf: 'listen 80; proxy_pass http://flask:5000;' },
    { ...cache, name: 'redis-server' },
    built('flask'),
  ];
  assert.equal(stackAsFound(proxied, own, inferRoles(proxied, own)), proxied);
});

test.run();
