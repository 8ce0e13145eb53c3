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

/** The line of this id, as one text: level, what is found, the fix. */
function told(id: string, facts: Partial<HealthFacts>): string | undefined {
  const line = judgeHealth({ ...healthy, ...facts }).find((one) => one.id === id);
  return line && [line.level, line.detail.en, line.fix?.en].filter(Boolean).join(' | ');
}

test('a machine where all is well', () => {
  const lines = judgeHealth(healthy);
  assert.equal(
    lines.map(({ id, level, detail }) => `${level} ${id}: ${detail.en}`),
    [
      'ok node: v20.19.0',
      'ok engine: Docker 26.1.5, API 1.45, unix:///var/run/docker.sock',
      "ok clock: the engine's agrees with ours",
      'ok compose: `docker compose` 2.26.1',
      'ok disk-engine: 50.0 GB free at /var/lib/docker',
      'ok port: free',
      'ok networks: addresses for 28 more',
      'ok registry: docker.io answers',
      'ok images: all 2 are there',
      'ok leftovers: none',
    ],
  );
  assert.ok(lines.every(({ title, detail }) => title['zh-TW'] && detail['zh-TW']));
});

test('whatever is no ok has a fix, in both languages', () => {
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

test('node', () => {
  const node = { version: 'v18.1.0', supported: false };
  assert.is(told('node', { node }), 'problem | v18.1.0 is too old | install Node 20.19 or later');
});

test('no engine: a problem, and what hangs on one is left out', () => {
  const { compose, networksLeft: _, leftovers: __, ...rest } = healthy;
  const lines = judgeHealth({ ...rest, ...(compose ? { compose } : {}), engine: none });
  assert.equal(
    lines.map(({ id }) => id),
    ['node', 'engine', 'compose', 'disk-engine', 'port', 'registry'],
  );
  assert.is(told('engine', { engine: none }), 'problem | no engine | install one');
});

test('no engine, where the private one can come up: no problem', () => {
  const { compose: _, ...rest } = healthy;
  const lines = judgeHealth({
    ...rest,
    engine: { state: 'on demand' },
    images: { ...absent, buildable: true },
    registry: silent,
  });
  assert.ok(lines.every(({ level }) => level === 'ok'));
  const engine = lines.find(({ id }) => id === 'engine');
  assert.is(engine?.detail.en, 'none answers, and none is needed: `lab run` brings up the private engine');
  assert.is(lines.find(({ id }) => id === 'compose')?.detail.en, 'comes with the private engine');
});

test('the private engine says so', () => {
  const engine = { ...answers, kind: 'private' as const };
  assert.is(told('engine', { engine }), 'ok | the private engine, Docker 26.1.5, API 1.45, unix:///var/run/docker.sock');
});

test('clocks that differ', () => {
  const fix = 'set both clocks (restarting Docker Desktop sets its own)';
  assert.is(told('clock', { engine: { ...answers, clockMs: 61_000 } }), `warning | the engine's is 61 s ahead of ours | ${fix}`);
  assert.is(told('clock', { engine: { ...answers, clockMs: -3.6e6 } }), `warning | the engine's is 3600 s behind ours | ${fix}`);
});

test('Compose: absent, and the old one', () => {
  const compose = { message: verbatim('no Compose'), hint: verbatim('get it') };
  assert.is(told('compose', { compose }), 'problem | no Compose | get it');
  assert.is(
    told('compose', { compose: { line: 'docker-compose', version: '1.29.2' } }),
    'warning | `docker-compose` 1.29.2 works, but is no longer maintained | install the Compose plugin: https://docs.docker.com/compose/install/',
  );
});

test('disks', () => {
  const disk = (freeBytes: number) => told('disk-labwright', { disks: [{ id: 'labwright', path: '/x', freeBytes }] });
  const fix = 'make room, or set XDG_STATE_HOME and XDG_CACHE_HOME to a larger disk';
  assert.is(disk(9e8), `problem | 0.9 GB free at /x | ${fix}`);
  assert.is(disk(2e9), `warning | 2.0 GB free at /x | ${fix}`);
  assert.is(disk(3e9), 'ok | 3.0 GB free at /x');
});

test('a port that is taken', () => {
  assert.is(
    told('port', { port: { number: 8000, variable: 'NGINX_PORT', free: false } }),
    "warning | taken by another program; `lab run` will use another port and say so | your own stack needs it: see who has it with `ss -ltnp 'sport = :8000'`, or set NGINX_PORT",
  );
});

test('networks', () => {
  assert.match(told('networks', { networksLeft: 2 }) ?? '', 'problem | addresses for 2 more | remove networks that nobody uses');
  assert.match(told('networks', { networksLeft: 5 }) ?? '', 'warning | addresses for 5 more');
  assert.is(told('networks', { networksLeft: 6 }), 'ok | addresses for 6 more');
});

test('images that are absent are a problem only where nothing can give them', () => {
  const lack = '1 of 2 absent (b:2)';
  const bring = 'get on a network with the registry, or `lab images load FILE` with a file from `lab images save`';
  assert.is(told('images', { images: absent }), `ok | ${lack}; \`lab run\` or \`lab images pull\` gets them`);
  assert.is(
    told('images', { images: { ...absent, buildable: true }, registry: silent }),
    `ok | ${lack}; \`lab run\` builds them`,
  );
  assert.is(told('images', { images: absent, registry: silent }), `problem | ${lack} | ${bring}`);
});

test('a registry out of reach is bad only where it is needed', () => {
  const silence = 'docker.io does not answer from here (no answer in 3 s)';
  assert.is(told('registry', { registry: silent }), `ok | ${silence}; not needed, all images are there`);
  const buildable = { ...absent, buildable: true };
  assert.is(told('registry', { registry: silent, images: buildable }), `ok | ${silence}; not needed, images can be built here`);
  assert.match(told('registry', { registry: silent, images: absent }) ?? '', `warning | ${silence} | get on a network`);
});

test('leftovers: of runs that ended; those under way are none, and those in no journal are not for lab clean', () => {
  const left = (of: Partial<typeof nothing>) => told('leftovers', { leftovers: { ...nothing, ...of } });
  const fix = '`lab clean` removes what those runs left';
  const elsewhere =
    'those in no journal belong to another user or another XDG_STATE_HOME, whose `lab clean` removes them: `docker ps -a --filter label=labwright.run`';
  assert.is(
    left({ runs: 2, containers: 3, networks: 2, volumes: 1, images: 1 }),
    `warning | 3 containers, 2 networks, 1 volume, 1 image of 2 runs cut short or kept | ${fix}`,
  );
  assert.is(left({ runs: 1 }), `warning | files of 1 run cut short or kept | ${fix}`);
  assert.is(left({ underWay: 1 }), 'ok | none; 1 run under way');
  assert.is(
    left({ underWay: 2, runs: 1, containers: 1 }),
    `warning | 1 container of 1 run cut short or kept; 2 runs under way | ${fix}`,
  );
  assert.is(left({ unknown: 1 }), `warning | 1 thing of runs that are not in this journal | ${elsewhere}`);
  assert.is(
    left({ runs: 1, images: 1, unknown: 4 }),
    `warning | 1 image of 1 run cut short or kept; 4 things of runs that are not in this journal | ${fix}; ${elsewhere}`,
  );
  const unreadable = { message: verbatim('no journal'), hint: verbatim('mend it') };
  assert.is(told('leftovers', { leftovers: unreadable }), 'problem | no journal | mend it');
  const [line] = judgeHealth({ ...healthy, leftovers: { ...nothing, runs: 1, containers: 2, underWay: 1 } }).slice(-1);
  assert.is(line?.detail['zh-TW'], '1 次中斷或保留的執行作業留下了 2 個容器；1 次執行作業仍在進行');
});

test.run();
