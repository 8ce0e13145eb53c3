import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeHealth } from '../../../../src/docker/doctor/health.ts';
import type { HealthFacts } from '../../../../src/docker/doctor/health-facts.ts';
import { verbatim } from '../../../../src/lab/text.ts';

const answers = {
  state: 'answers',
  kind: 'docker',
  version: '26.1.5',
  apiVersion: '1.45',
  host: 'unix:///var/run/docker.sock',
  clockMs: 20,
} as const;
const none = { state: 'none', message: verbatim('no engine'), hint: verbatim('install one') } as const;
const nothing = { runs: 0, containers: 0, networks: 0, volumes: 0, images: 0, underWay: 0, unknown: 0 };
const healthy: HealthFacts = {
  node: { version: 'v20.19.0', supported: true },
  engine: answers,
  compose: { line: 'docker compose', version: '2.26.1' },
  disks: [{ id: 'engine', path: '/var/lib/docker', freeBytes: 50e9 }],
  port: { number: 8000, variable: 'NGINX_PORT', free: true },
  networksLeft: 28,
  images: { needed: ['a:1', 'b:2'], absent: [], buildable: false },
  registry: { name: 'docker.io' },
  leftovers: nothing,
};
const absent = { needed: ['a:1', 'b:2'], absent: ['b:2'], buildable: false };
const silent = { name: 'docker.io', silence: 'no answer in 3 s' };

/** The line with this ID as one text: level, finding, fix. */
function lineOf(id: string, facts: Partial<HealthFacts>): string | undefined {
  const line = judgeHealth({ ...healthy, ...facts }).find((one) => one.id === id);
  return line && [line.level, line.detail.en, line.fix?.en].filter(Boolean).join(' | ');
}

test('a machine without problems', () => {
  const lines = judgeHealth(healthy);
  assert.equal(
    lines.map(({ id, level, detail }) => `${level} ${id}: ${detail.en}`),
    [
      'ok node: v20.19.0',
      'ok engine: Docker 26.1.5, API 1.45, unix:///var/run/docker.sock',
      "ok clock: the engine's clock agrees with this machine's",
      'ok compose: `docker compose` 2.26.1',
      'ok disk-engine: 50.0 GB free at /var/lib/docker',
      'ok port: free',
      'ok networks: addresses for 28 more',
      'ok registry: docker.io answers',
      'ok images: all 2 present',
      'ok leftovers: none',
    ],
  );
  assert.ok(lines.every(({ title, detail }) => title['zh-TW'] && detail['zh-TW']));
});

test('every warning and problem has a fix, in both languages', () => {
  const ill: HealthFacts = {
    node: { version: 'v18.0.0', supported: false },
    engine: { ...answers, clockMs: -90_000 },
    compose: { line: 'docker-compose', version: '1.29.2' },
    disks: [
      { id: 'engine', path: '/', freeBytes: 2e9 },
      { id: 'labwright', path: '/root', freeBytes: 5e8 },
    ],
    port: { number: 8000, variable: 'NGINX_PORT', free: false },
    networksLeft: 2,
    images: absent,
    registry: silent,
    leftovers: { ...nothing, runs: 1, containers: 3, networks: 1, images: 1 },
  };
  const lines = judgeHealth(ill);
  assert.is(lines.length, 11);
  for (const line of lines.filter(({ id }) => id !== 'engine')) {
    assert.ok(line.level !== 'ok' && line.fix?.en && line.fix['zh-TW'], line.id);
  }
});

test('a Node version that is too old is a problem', () => {
  const node = { version: 'v18.1.0', supported: false };
  assert.is(lineOf('node', { node }), 'problem | v18.1.0 is too old | install Node 20.19 or later');
});

test('no engine: a problem; lines that depend on an engine are absent', () => {
  const { compose, networksLeft: _, leftovers: __, ...rest } = healthy;
  const lines = judgeHealth({ ...rest, ...(compose ? { compose } : {}), engine: none });
  assert.equal(
    lines.map(({ id }) => id),
    ['node', 'engine', 'compose', 'disk-engine', 'port', 'registry'],
  );
  assert.is(lineOf('engine', { engine: none }), 'problem | no engine | install one');
});

test('no engine, but the private one can start: no problem', () => {
  const { compose: _, ...rest } = healthy;
  const lines = judgeHealth({
    ...rest,
    engine: { state: 'on demand' },
    images: { ...absent, buildable: true },
    registry: silent,
  });
  assert.ok(lines.every(({ level }) => level === 'ok'));
  const engine = lines.find(({ id }) => id === 'engine');
  assert.is(engine?.detail.en, 'no engine is running; `lab run` will start the private engine');
  assert.is(lines.find(({ id }) => id === 'compose')?.detail.en, 'comes with the private engine');
});

test('the private engine is named as such', () => {
  const engine = { ...answers, kind: 'private' as const };
  assert.is(lineOf('engine', { engine }), 'ok | the private engine, Docker 26.1.5, API 1.45, unix:///var/run/docker.sock');
});

test('clocks that differ are a warning', () => {
  const fix = 'correct both clocks (restarting Docker Desktop corrects its own)';
  assert.is(
    lineOf('clock', { engine: { ...answers, clockMs: 61_000 } }),
    `warning | the engine's clock is 61 s ahead of this machine's | ${fix}`,
  );
  assert.is(
    lineOf('clock', { engine: { ...answers, clockMs: -3.6e6 } }),
    `warning | the engine's clock is 3600 s behind this machine's | ${fix}`,
  );
});

test('an absent Compose is a problem, Compose 1 is a warning', () => {
  const compose = { message: verbatim('no Compose'), hint: verbatim('get it') };
  assert.is(lineOf('compose', { compose }), 'problem | no Compose | get it');
  assert.is(
    lineOf('compose', { compose: { line: 'docker-compose', version: '1.29.2' } }),
    'warning | `docker-compose` 1.29.2 works, but is no longer maintained | install the Compose plugin: https://docs.docker.com/compose/install/',
  );
});

test('little free disk space is a warning, very little is a problem', () => {
  const disk = (freeBytes: number) => lineOf('disk-labwright', { disks: [{ id: 'labwright', path: '/x', freeBytes }] });
  const fix = 'free disk space, or set XDG_STATE_HOME and XDG_CACHE_HOME to a larger disk';
  assert.is(disk(9e8), `problem | 0.9 GB free at /x | ${fix}`);
  assert.is(disk(2e9), `warning | 2.0 GB free at /x | ${fix}`);
  assert.is(disk(3e9), 'ok | 3.0 GB free at /x');
});

test('a port in use is a warning', () => {
  assert.is(
    lineOf('port', { port: { number: 8000, variable: 'NGINX_PORT', free: false } }),
    "warning | in use by another program; `lab run` will use another port and report it | your own stack needs it: find the program that uses it with `ss -ltnp 'sport = :8000'`, or set NGINX_PORT",
  );
});

test('few free networks are a warning, very few are a problem', () => {
  assert.match(lineOf('networks', { networksLeft: 2 }) ?? '', 'problem | addresses for 2 more | remove unused networks');
  assert.match(lineOf('networks', { networksLeft: 5 }) ?? '', 'warning | addresses for 5 more');
  assert.is(lineOf('networks', { networksLeft: 6 }), 'ok | addresses for 6 more');
});

test('absent images are a problem only if they can be neither pulled nor built', () => {
  const lack = '1 of 2 absent (b:2)';
  const bring = 'connect to a network that reaches the registry, or `lab images load FILE` with a file from `lab images save`';
  assert.is(lineOf('images', { images: absent }), `ok | ${lack}; \`lab run\` or \`lab images pull\` gets them`);
  assert.is(
    lineOf('images', { images: { ...absent, buildable: true }, registry: silent }),
    `ok | ${lack}; \`lab run\` builds them`,
  );
  assert.is(lineOf('images', { images: absent, registry: silent }), `problem | ${lack} | ${bring}`);
});

test('an unreachable registry is a problem only if it is needed', () => {
  const silence = 'docker.io does not answer from here (no answer in 3 s)';
  assert.is(lineOf('registry', { registry: silent }), `ok | ${silence}; not needed, all images are present`);
  const buildable = { ...absent, buildable: true };
  assert.is(lineOf('registry', { registry: silent, images: buildable }), `ok | ${silence}; not needed, images can be built here`);
  assert.match(lineOf('registry', { registry: silent, images: absent }) ?? '', `warning | ${silence} | connect to a network`);
});

test('leftovers of ended runs; active runs have none, and lab clean does not remove resources without a journal entry', () => {
  const left = (of: Partial<typeof nothing>) => lineOf('leftovers', { leftovers: { ...nothing, ...of } });
  const fix = '`lab clean` removes what those runs left';
  const elsewhere =
    'resources in no journal belong to another user or another XDG_STATE_HOME; `lab clean` there removes them: `docker ps -a --filter label=labwright.run`';
  assert.is(
    left({ runs: 2, containers: 3, networks: 2, volumes: 1, images: 1 }),
    `warning | 3 containers, 2 networks, 1 volume, 1 image of 2 runs interrupted or kept | ${fix}`,
  );
  assert.is(left({ runs: 1 }), `warning | files of 1 run interrupted or kept | ${fix}`);
  assert.is(left({ underWay: 1 }), 'ok | none; 1 run still running');
  assert.is(
    left({ underWay: 2, runs: 1, containers: 1 }),
    `warning | 1 container of 1 run interrupted or kept; 2 runs still running | ${fix}`,
  );
  assert.is(left({ unknown: 1 }), `warning | 1 resource of runs that are not in this journal | ${elsewhere}`);
  assert.is(
    left({ runs: 1, images: 1, unknown: 4 }),
    `warning | 1 image of 1 run interrupted or kept; 4 resources of runs that are not in this journal | ${fix}; ${elsewhere}`,
  );
  const unreadable = { message: verbatim('no journal'), hint: verbatim('mend it') };
  assert.is(lineOf('leftovers', { leftovers: unreadable }), 'problem | no journal | mend it');
  const [line] = judgeHealth({ ...healthy, leftovers: { ...nothing, runs: 1, containers: 2, underWay: 1 } }).slice(-1);
  assert.is(line?.detail['zh-TW'], '1 次中斷或保留的執行留下了 2 個容器；1 次執行仍在進行');
});

test.run();
