import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { proxied } from '../../../../labs/compose-scale/stacks.ts';
import type { NormalBuild, NormalService, NormalStack } from '../../../../src/grade/policy/sanitized-stack.ts';
import { assignRoles } from '../../../../src/grade/roles/assign-roles.ts';
import { cluesOf } from '../../../../src/grade/roles/service-clues.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { bare, built } from '../../../fixtures/submission.ts';
import { folder } from '../../../helpers/folder.ts';

const build = (context: string, dockerfileText: string, origin: Partial<NormalBuild['origin']> = {}): NormalBuild => ({
  context,
  dockerfile: 'Dockerfile',
  dockerfileText,
  args: {},
  origin: { file: `${context}/Dockerfile`, lines: [1, 2, 3], replaced: {}, ...origin },
});
const stack = (services: NormalStack['services']): NormalStack => ({ services, networks: {}, volumes: [] });
const python = build('app', 'FROM python:3.13-slim\nEXPOSE 8000\n', {
  replaced: { 1: { named: 'python:3.12', used: 'python:3.13-slim' } },
});

test('what a service is: image as named, build, ports, settings, mounts and the proxy configuration', () => {
  const dir = folder({ 'proxy/site.conf': 'listen 80;', 'proxy/more/x.conf': 'listen 81;' });
  const [web, cache, lb] = cluesOf(
    stack({
      web: built({
        build: python,
        dependsOn: { cache: 'service_started' },
        environment: { HOST: 'cache' },
        command: ['run', '--fast'],
      }),
      cache: bare({ image: 'redis:8.0', named: 'bitnami/redis:7' }),
      lb: bare({
        image: 'nginx:1.26',
        ports: [{ hostIp: '', hostPort: 8000, containerPort: 80 }],
        mounts: [{ type: 'bind', source: 'proxy', target: '/etc/nginx/conf.d', readOnly: true }],
      }),
    }),
    dir,
    proxied.proxy,
  );
  assert.equal(
    [web?.image, web?.build, web?.exposed, web?.dependsOn, web?.settings],
    ['python:3.12', 'app Dockerfile ', [8000], ['cache'], 'run --fast cache'],
  );
  assert.equal([cache?.image, cache?.build, cache?.conf], ['bitnami/redis:7', undefined, undefined]);
  assert.equal([lb?.published, lb?.conf], [[{ hostPort: 8000, containerPort: 80 }], 'listen 80;']);
});

test('a configuration that is copied into the image counts; one that is absent, too large or no text does not', () => {
  const dir = folder({ 'lb/a.conf': 'listen 90;', 'lb/readme.md': 'listen 91;', 'big.conf': 'x'.repeat(70_000) });
  const at = (source: string) => [{ type: 'bind' as const, source, target: '/etc/nginx/nginx.conf', readOnly: true }];
  const confOf = (service: NormalService) => cluesOf(stack({ lb: service }), dir, proxied.proxy)[0]?.conf;
  assert.is(confOf(built({ build: build('lb', 'FROM nginx\nCOPY a.conf /etc/nginx/conf.d/') })), 'listen 90;');
  assert.is(confOf(built({ build: build('lb', 'FROM nginx\nCOPY a.conf /srv/') })), undefined);
  assert.is(confOf(bare({ image: 'nginx', mounts: at('none.conf') })), undefined);
  assert.is(confOf(bare({ image: 'nginx', mounts: at('big.conf') })), undefined);
});

test('a submission with its own names is graded under them, with the evidence as notes', () => {
  const given = stack({
    web: built({ build: python, dependsOn: { cache: 'service_started' } }),
    cache: bare({ image: 'redis:8.0' }),
  });
  const roles = assignRoles(proxied, given, folder(), {});
  if (!roles.ok) return assert.unreachable(roles.question.en);
  assert.equal(roles.names, { flask: 'web', redis: 'cache', nginx: 'nginx' });
  assert.equal([roles.spec.services['flask']?.name, roles.spec.services['flask']?.port], ['web', 8000]);
  assert.equal(
    roles.notes.map(({ code, service, text }) => `${code} ${service}: ${text.en}`),
    [
      'service-missing nginx: no service has the role nginx. Found: web, cache',
      'role cache: service cache has the role redis: its image is redis',
      'role web: service web has the role flask: it connects to the service that stores the data',
    ],
  );
  for (const { text } of roles.notes) assertComplete(text, 'note');
});

test('services that cannot be told apart: a question for the teacher, which roles.csv answers', () => {
  const app = (context: string) => built({ build: { ...python, context }, dependsOn: { cache: 'service_started' } });
  const given = stack({ web: app('web'), api: app('api'), cache: bare({ image: 'redis:8.0' }) });
  const open = assignRoles(proxied, given, folder(), {});
  if (open.ok) return assert.unreachable();
  assert.match(open.question.en, /^which of web, api is flask\? Write it to roles\.csv in the output folder/);
  assertComplete(open.question, 'question');
  const answered = assignRoles(proxied, given, folder(), { flask: 'api' });
  assert.is(answered.ok && answered.names['flask'], 'api');
});

test.run();
