import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allowed, bare, judged, refused, web } from '../../../fixtures/submission.ts';
import { folder } from '../../../helpers/folder.ts';

/** Override files: merged as Compose merges them, and judged as one file. */

const override = (yaml: string, base: string, name = 'compose.override.yaml') =>
  allowed({ ...web(base, 'networks: {n: , m: }\nvolumes: {vo: , wo: }\n'), [name]: yaml, 'app/Dockerfile': 'FROM scratch\n' });

test('mappings are merged, lists are appended, and what is at the same place is replaced', async () => {
  const { stack, notes } = await override(
    `services:
  web:
    image: redis:8.0
    command: [b]
    environment: {B: 2, C: 1.10, D: }
    healthcheck: {test: x, retries: 3}
    networks: [m]
    volumes: ["wo:/a", {type: volume, source: wo, target: /b, read_only: true}, "wo:/c"]
    ports: ["80:80", "81:81"]
    tmpfs: [/t, /u]
    expose: [2]
    user:
`,
    `command: [a, b]
environment: [A=1, B=1]
healthcheck: {test: [CMD, y], interval: 1s}
networks: {n: {aliases: [x]}}
volumes: ["vo:/a", "vo:/b"]
ports: ["80:80"]
tmpfs: /t
expose: [1]
user: me`,
  );
  const volume = { type: 'volume' as const, source: 'wo', readOnly: false };
  assert.equal(stack.services['web'], {
    ...bare({ image: 'redis:8.0', command: ['b'], environment: { A: '1', B: '2', C: '1.1' }, expose: ['1', '2'], user: 'me' }),
    healthcheck: { test: ['CMD-SHELL', 'x'], interval: '1s', retries: 3 },
    networks: { n: { aliases: ['x'] }, m: { aliases: [] } },
    mounts: [
      { ...volume, target: '/a' },
      { ...volume, target: '/b', readOnly: true },
      { ...volume, target: '/c' },
      { type: 'tmpfs', target: '/t' },
      { type: 'tmpfs', target: '/u' },
    ],
    ports: [
      { hostIp: '', hostPort: 80, containerPort: 80 },
      { hostIp: '', hostPort: 81, containerPort: 81 },
    ],
  });
  assert.equal(notes, ['override-file', 'ports']);
});

test('short and long forms of the same key are merged', async () => {
  const { stack } = await override(
    'services: {web: {build: {args: {A: 1}}, depends_on: {db: {condition: service_healthy}}}, db: {image: "redis:8.0"}}',
    'build: app\ndepends_on: [db]',
    'docker-compose.override.yml',
  );
  assert.equal(stack.services['web']?.build?.args, { A: '1' });
  assert.is(stack.services['web']?.build?.context, 'app');
  assert.equal(stack.services['web']?.dependsOn, { db: 'service_healthy' });
});

test('only the file that Compose reads counts', async () => {
  const files = {
    ...web(),
    'compose.override.yml': 'services: {web: {user: a}}',
    'compose.override.yaml': 'services: {web: {user: b}}',
  };
  assert.is((await allowed(files)).stack.services['web']?.user, 'a');
  const named = await allowed({ ...files, '.env': 'COMPOSE_FILE=compose.yaml\n' });
  assert.is(named.stack.services['web']?.user, undefined);
});

test('what an override file adds is judged, at its own position', async () => {
  const with1 = (yaml: string) => refused({ ...web('volumes: ["./a:/a"]\nnetworks: [default]'), 'compose.override.yaml': yaml });
  assert.equal(await with1('services:\n  web: {privileged: true}\n'), ['privileged compose.override.yaml:2:9']);
  assert.equal(await with1('services: {web: {volumes: ["/etc:/a:ro"]}}'), ['path-absolute compose.override.yaml:1:28']);
  assert.equal(await with1('services: {web: {volumes: !override []}}'), ['yaml-tag compose.override.yaml:1:37']);
  assert.equal(await with1('services: {web: {volumes: {a: b}}}'), ['override-form compose.override.yaml:1:27']);
  assert.equal(await with1('services: {web: {networks: [{a: b}]}}'), ['network-undeclared compose.override.yaml:1:29']);
  assert.equal(await with1('[a]'), ['override-form compose.override.yaml:1:1']);
  assert.equal(await with1('services: {__proto__: {image: nginx}}'), ['invalid compose.override.yaml:1:12']);
  const dir = folder(web());
  symlinkSync('/etc/hostname', join(dir, 'compose.override.yaml'));
  const out = await judged({}, dir);
  assert.equal(out.ok || out.refusals.map(({ code }) => code), ['path-leaves-folder']);
});

test.run();
