import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { replaceLabs, roleOf, tutorialFor } from '../../../../src/authoring/scaffold/from-compose.ts';
import { parseCompose } from '../../../../src/formats/compose-file.ts';

const written = (compose: string) => tutorialFor(parseCompose(compose, 'compose.yaml'), { id: 'shop', dir: 'stack' });
const front = (markdown: string) => parse(markdown.split('---\n')[1] ?? '').stacks.shop;
/** The items of the first block of checks. */
const checks = (markdown: string): string[] => (/```yaml check\n([\s\S]*?)\n```/.exec(markdown)?.[1] ?? '').split('\n');

test('each service is a role with its build folder, its port and its name where it differs', () => {
  const { services } = front(
    written('services: {Web_App: {build: {context: ./app/}, ports: ["8080:80"]}, db: {image: "postgres:17", expose: ["5432"]}}'),
  );
  assert.equal(services, { 'web-app': { name: 'Web_App', port: 80, build: 'app' }, db: { port: 5432 } });
});

test('the first published port is that of the stack, with its variable', () => {
  const publishedOf = (ports: string) => front(written(`services: {web: {image: x, ports: [${ports}]}}`)).published;
  assert.equal(publishedOf('"8080:80"'), { of: 'web', port: 80, on: 8080 });
  assert.equal(publishedOf('"127.0.0.1:8080:80/tcp"'), { of: 'web', port: 80, on: 8080 });
  assert.equal(publishedOf('"127.0.0.1:${WEB_PORT:-8080}:80"'), { of: 'web', port: 80, on: 8080, variable: 'WEB_PORT' });
  assert.equal(publishedOf('{target: 80, published: 8080}'), { of: 'web', port: 80, on: 8080 });
  assert.is(publishedOf('"80"'), undefined);
  assert.is(publishedOf('"53:53/udp"'), undefined);
});

test('checks: replicas as the file asks for, health checks, the published port; none for a job or a profile', () => {
  const compose = `
services:
  web: { image: w, ports: ["8080:80"], deploy: { replicas: 2 }, depends_on: { init: { condition: service_completed_successfully } } }
  db: { image: d, healthcheck: { test: "true" } }
  off: { image: o, healthcheck: { disable: true } }
  init: { image: i }
  tools: { image: t, profiles: [debug] }
`;
  assert.equal(checks(written(compose)), [
    '- replicas: { of: web, count: 2 }',
    '- replicas: { of: db, count: 1 }',
    '- replicas: { of: off, count: 1 }',
    '- published: web',
    '- healthy: db',
  ]);
});

test('a role has a-z, 0-9 and - only', () => {
  assert.equal(['web', 'Web_App', '__', 'a.b-c'].map(roleOf), ['web', 'web-app', 'service', 'a-b-c']);
});

test('the labs of a tutorial are replaced, and what precedes them stays', () => {
  assert.is(
    replaceLabs('---\nid: x\n---\n# T\n\nAbout.\n\n## One\n\n### A\n', '## Two\n'),
    '---\nid: x\n---\n# T\n\nAbout.\n\n## Two\n',
  );
  assert.is(replaceLabs('# T\n', '## Two'), '# T\n\n## Two\n');
});

test.run();
