// time limit: 300 s
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/docker/engine.ts';
import { envFor, runBin } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';

/** Existing Compose files of many kinds: `lab new --from` makes a tutorial that passes, or says what a run does not support, as `lab lint` does. */

let engine: Engine;
const state = folder();
test.before(async () => {
  engine = await readyEngine();
});
test.after(async () => engine.api.close());

const lab = (cwd: string, args: readonly string[]) => runBin(args, { ...envFor(engine, state), LANG: 'C', LC_ALL: 'C' }, cwd);

const supported = {
  'shop/.env': 'TAG=8.0\nPORT=8091\nCOMPOSE_PROJECT_NAME=mine\n',
  'shop/docker-compose.yml': `name: shop
services:
  web:
    build: { context: web, dockerfile: Dockerfile.dev }
    image: shop-files-web:1
    init: true
    labels: [org.example.tier=front]
    ports: ["$PORT:3000"]
    depends_on: { store: { condition: service_healthy } }
  side:
    build: { context: web, dockerfile_inline: "FROM python:3.13-slim\\nCMD [\\"sleep\\", \\"infinity\\"]" }
    init: true
    network_mode: service:web
  store:
    image: redis:\${TAG}
    init: true
    labels: { org.example.tier: back }
    volumes: [data:/data]
    healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: 1s }
  tool:
    image: redis:\${TAG}
    profiles: [tools]
volumes:
  data:
`,
  'shop/web/Dockerfile.dev':
    'FROM python:3.13-slim\nWORKDIR /srv\nRUN echo hello > index.html\nCMD ["python3", "-m", "http.server", "3000"]\n',
};

test('profiles, .env, several builds, labels, volumes, a shared network and fixed image names: lint, run; nothing is left', async () => {
  const cwd = folder(supported);
  const created = await lab(cwd, ['new', 'shop-files', '--from', 'shop']);
  assert.is(created.exitCode, 0, created.stdout + created.stderr);
  const lint = await lab(cwd, ['lint', '--tutorial', './shop-files']);
  assert.is(lint.exitCode, 0, lint.stdout);
  const run = await lab(cwd, ['run', '--yes', '--tutorial', './shop-files']);
  assert.is(run.exitCode, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /Nothing left behind[\s\S]*\nPassed: 1 lab, \d+ checks/);
  const images = await engine.api.get<{ RepoTags: string[] | null; Labels: Record<string, string> | null }[]>('/images/json');
  const isOurs = ({ RepoTags, Labels }: (typeof images)[number]) =>
    RepoTags?.some((tag) => tag.includes('shop-files')) || Labels?.['com.docker.compose.project']?.endsWith('-shop-files');
  assert.equal(images.filter(isOurs), []);
});

const profiled = (env: string) => ({
  'shop/.env': env,
  'shop/compose.yaml': `services:
  store: { image: "redis:8.0", init: true }
  tool: { image: "redis:8.0", init: true, profiles: [tools] }
`,
});

for (const [how, env, line] of [
  ['--profile', 'A=1\n', 'docker compose --profile tools'],
  ['COMPOSE_PROFILES in .env', 'COMPOSE_PROFILES=tools\n', 'docker compose'],
] as const)
  test(`a profile is started with ${how}: its service runs, and nothing is left`, async () => {
    const cwd = folder(profiled(env));
    assert.is((await lab(cwd, ['new', 'shop-profile', '--from', 'shop'])).exitCode, 0);
    const file = join(cwd, 'shop-profile/tutorial.md');
    const source = readFileSync(file, 'utf8');
    const count = '- replicas: { of: store, count: 1 }\n';
    assert.ok(source.includes(count) && !source.includes('of: tool'));
    const both = source.replace(count, `${count}- replicas: { of: tool, count: 1 }\n`);
    writeFileSync(file, both.replace(/^docker compose (?=up|down)/gm, `${line} `));
    const run = await lab(cwd, ['run', '--yes', '--tutorial', './shop-profile', '--verbose']);
    assert.is(run.exitCode, 0, run.stdout + run.stderr);
    assert.match(run.stdout, 'tool has 1 replica, running');
    assert.match(run.stdout, /Nothing left behind[\s\S]*\nPassed: 1 lab, \d+ checks/);
    // without the profile its service does not start, and the check fails
    writeFileSync(file, both);
    writeFileSync(join(cwd, 'shop-profile/stack/.env'), 'A=1\n');
    const without = await lab(cwd, ['run', '--yes', '--tutorial', './shop-profile']);
    assert.is(without.exitCode, 1, without.stdout + without.stderr);
  });

const refused = {
  'shop/.env': 'COMPOSE_FILE=compose.yaml:more.yaml\n',
  'shop/more.yaml': 'services: {}\n',
  'shop/compose.override.yaml': 'services: {}\n',
  'shop/compose.yaml': `include: [more.yaml]
services:
  web:
    image: nginx:1.26
    container_name: web
    network_mode: host
  other:
    extends: { service: web }
    image: nginx:1.26
    ports: ["81:80", "82:81"]
    external_links: [them]
    volumes: ["../a:/a"]
networks:
  shared: { external: true }
volumes:
  data: { name: data }
`,
};

test('what a run does not support is reported at its place, by new and by lint', async () => {
  const cwd = folder(refused);
  const created = await lab(cwd, ['new', 'shop-no', '--from', 'shop']);
  const lint = await lab(cwd, ['lint', '--tutorial', './shop-no']);
  assert.equal([created.exitCode, lint.exitCode], [1, 1], created.stderr);
  assert.is(created.stdout.split('Correct this first:\n\n')[1], lint.stdout);
  const json = JSON.parse((await lab(cwd, ['lint', '--json', '--tutorial', './shop-no'])).stdout);
  const found = json.problems.map(({ where, rule }: { where: string; rule: string }) => `${where} ${rule}`).sort();
  assert.equal(found, [
    'shop-no/stack/.env:1:1 compose-file-variable',
    'shop-no/stack/compose.override.yaml:1:1 compose-override',
    'shop-no/stack/compose.yaml:10:22 port-undescribed',
    'shop-no/stack/compose.yaml:11:21 compose-external',
    'shop-no/stack/compose.yaml:12:15 path-outside',
    'shop-no/stack/compose.yaml:14:23 compose-external',
    'shop-no/stack/compose.yaml:16:17 compose-name-fixed',
    'shop-no/stack/compose.yaml:1:10 compose-include',
    'shop-no/stack/compose.yaml:5:21 container-name-fixed',
    'shop-no/stack/compose.yaml:6:19 network-host',
    'shop-no/stack/compose.yaml:8:14 compose-extends',
  ]);
});

test.run();
