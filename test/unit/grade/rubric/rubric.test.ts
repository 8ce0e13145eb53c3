import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { nginx } from '../../../../labs/compose-scale/nginx.ts';
import { scale } from '../../../../labs/compose-scale/scale.ts';
import { standardHosts } from '../../../../src/grade/build-network/package-hosts.ts';
import { mergeLabs } from '../../../../src/grade/merge-labs.ts';
import { imageFor } from '../../../../src/grade/policy/images.ts';
import { loadRubric, standardRubric } from '../../../../src/grade/rubric/rubric.ts';
import { gradedChecks } from '../../../../src/lab/tutorial.ts';
import { root } from '../../../../src/platform/package-root.ts';
import { assertComplete } from '../../../fixtures/english-verdict.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

/** Rubrics without goals: each check and each note has points of its own. */
const path = 'test/fixtures/rubrics/points.yaml';
const standard = readFileSync(path, 'utf8');
const basePath = 'test/fixtures/rubrics/points-base.yaml';
const base = readFileSync(basePath, 'utf8');
const shipped = [standardRubric(composeScale), standardRubric(composeScale).replace('rubric.yaml', 'rubric-base.yaml')] as const;
const written = (source: string): string => join(folder({ 'rubric.yaml': source }), 'rubric.yaml');
const load = (source: string) => loadRubric(written(source), composeScale);
const changed = (from: string | RegExp, to: string, of = standard): string => {
  const source = of.replace(from, () => to);
  assert.is.not(source, of, `nothing to change: ${from}`);
  return source;
};

test('a rubric without goals lists each check of the lab, in its order, for 100 points', async () => {
  const rubric = await loadRubric(path, composeScale);
  const ids = nginx.steps.flatMap((step) => gradedChecks(step).map((check) => `${step.id}/${check.id}`));
  assert.equal(Object.keys(rubric.checks), ids);
  assert.is(rubric.max, 100);
  assert.is(rubric.path, path);
  assert.equal(rubric.services, { flask: 'flask', redis: 'redis-server', nginx: 'nginx', client: 'client' });
  assert.equal(rubric.checks['up/conf-is-the-same-file'], {
    points: 1,
    after: ['up/conf-is-mounted-read-only', 'up/flask-has-1-replica'],
    visible: true,
  });
  assert.is(rubric.checks['single/nginx-was-asked']?.visible, false);
  assert.is(rubric.checks['single/nginx-was-asked']?.points, 0);
  assert.is(rubric.limits.memoryMb, 256);
});

test('audits that a rubric of an earlier version does not list cost nothing, and are named', async () => {
  const rubric = await load(changed(/^ {2}restart\/proxy-writes-the-access-log:.*\n/m, ''));
  assert.equal(rubric.unlisted, ['restart/proxy-writes-the-access-log']);
  assert.is(rubric.checks['restart/proxy-writes-the-access-log']?.points, 0);
  assert.equal((await loadRubric(path, composeScale)).unlisted, []);
});

test('the rubric of the base labs: four labs as one, each check in order, for 100 points', async () => {
  const rubric = await loadRubric(basePath, composeScale);
  assert.equal(rubric.labs, ['setup', 'scale', 'balance', 'cleanup']);
  const labs = composeScale.labs.filter(({ stack }) => stack === 'base');
  const ids = labs.flatMap(({ steps }) => steps.flatMap((step) => gradedChecks(step).map((check) => `${step.id}/${check.id}`)));
  assert.equal(Object.keys(rubric.checks), ids);
  assert.is(rubric.max, 100);
  assert.equal(rubric.services, { flask: 'flask', redis: 'redis-server', client: 'client' });
  assert.equal(rubric.without, ['nginx']);
  const lab = mergeLabs(composeScale, rubric.labs);
  assert.equal([lab.id, lab.stack, lab.title], ['setup+scale+balance+cleanup', 'base', composeScale.title]);
  assert.is(mergeLabs(composeScale, ['nginx']), nginx);
  assert.throws(() => mergeLabs(composeScale, ['setup', 'gone']), /compose-scale has not all of the labs setup, gone/);
});

test('the points of each part add up to those in its heading', () => {
  for (const [source, count] of [
    [standard, 5],
    [base, 7],
  ] as const) {
    const parts = source.slice(source.indexOf('\nchecks:'), source.indexOf('\nnotes:')).split('\n\n').slice(0, -1);
    assert.is(parts.length, count);
    for (const part of parts) {
      const stated = Number(/^ {2}# .*: (\d+)$/m.exec(part)?.[1]);
      const sum = [...part.matchAll(/points: (\d+)/g)].reduce((total, [, points]) => total + Number(points), 0);
      assert.is(sum, stated, part);
    }
  }
});

test('a remark that costs points costs as much as the check that it replaces', async () => {
  const { notes, checks } = await loadRubric(basePath, composeScale);
  assert.is(notes['container_name/flask']?.points, checks['out/flask-has-3-replicas']?.points);
  assert.is(notes['hostname/flask']?.points, checks['curl/curl-meets-all-3']?.points);
});

test('the standard rubrics run each image that the stacks of the tutorial name, as named', async () => {
  const { images } = await loadRubric(shipped[0], composeScale);
  const own = (await loadRubric(shipped[1], composeScale)).images;
  const named = ['base', 'nginx'].flatMap((stack) => {
    const compose = readFileSync(join(root, 'assets/compose-scale', stack, 'compose.yaml'), 'utf8');
    const dockerfile = readFileSync(join(root, 'assets/compose-scale', stack, 'flask/Dockerfile'), 'utf8');
    return [...`${compose}\n${dockerfile}`.matchAll(/(?:image: |FROM )([a-z][^\s$]*)/g)].map(([, image]) => image ?? '');
  });
  assert.equal([...new Set(named)].sort(), ['nginx:1.26', 'nicolaka/netshoot:v0.13', 'python:3.13-slim', 'redis:8.0']);
  for (const image of named) {
    assert.is(imageFor(image, images), image);
    assert.is(imageFor(image, own), image);
  }
});

test('optional: visible, after, services, foundation, works, parts, notes, and their content', async () => {
  const bare = standard
    .replace(/\nservices:\n(?: {2}.*\n)+/, '\n')
    .replace(/\nfoundation:\n(?: {2}.*\n)+/, '\nfoundation:\n')
    .replace(/\nworks:\n(?: {2}.*\n)+/, '\n')
    .replace(/\nparts:\n(?: {2}.*\n)+/, '\nparts:\n')
    .replace(/\nnotes:\n(?: {2}.*\n)+/, '\nnotes:\n');
  const rubric = await load(bare);
  assert.equal(rubric.services, { flask: 'flask', redis: 'redis-server', nginx: 'nginx' });
  assert.equal([rubric.foundation, rubric.works, rubric.parts, rubric.notes], [[], [], {}, {}]);
  assert.equal(rubric.checks['up/flask-has-1-replica'], { points: 4, after: [], visible: true });
});

test('without a list of images the families are allowed; a list can refuse, allow and replace', async () => {
  const none = standard.replace(/images:\n(?: {2}.*\n)+/, '');
  const images = async (list: string) => (await load(`${none}\nimages:${list}\n`)).images;
  assert.equal((await load(none)).images, [{ families: true }]);
  assert.equal(await images(''), [{ families: true }]);
  assert.equal(await images(" [families, {refuse: 'ubuntu:*'}, {match: 'ghcr.io/a/*'}, {match: 'a:*', as: 'b:1'}]"), [
    { families: true },
    { refuse: 'ubuntu:*' },
    { match: 'ghcr.io/a/*' },
    { match: 'a:*', as: 'b:1' },
  ]);
});

test('prescribed names and ports are of roles that exist, and can be priced', async () => {
  const write = (prescribed: string, note = '') =>
    load(changed('lab: nginx', `lab: nginx\nprescribed:${prescribed}`).replace(/^notes:\n/m, `notes:\n${note}`));
  const price = '  prescribed-name/flask: 2\n';
  const rubric = await write('\n  flask: { name: web, port: 5000 }\n  nginx: { published: 8000 }', price);
  assert.equal(rubric.prescribed, { flask: { name: 'web', port: 5000 }, nginx: { published: 8000 } });
  assert.equal(rubric.notes['prescribed-name/flask'], { points: 2 });
  assert.equal((await load(standard)).prescribed, {});
  assert.match((await rejection(write(' { web: { port: 1 } }'))).text.en, /no role web in services/);
  assert.match(
    (await rejection(write(' { flask: { port: 0 } }'))).text.en,
    /flask\.port: expected a whole number from 1 to 65535, saw 0/,
  );
  assert.match(
    (await rejection(write(' { flask: { port: 1 } }', price))).text.en,
    /nothing is prescribed for prescribed-name\/flask/,
  );
});

test('packages: the hosts of the rubric, by default the indexes of pip, npm, apt and apk', async () => {
  assert.equal((await load(standard)).packages, standardHosts);
  assert.equal((await load(changed('lab: nginx', 'lab: nginx\npackages:\n  # - pypi.org\n'))).packages, standardHosts);
  const listed = changed('lab: nginx', 'lab: nginx\npackages: [mirror.example.org:8080, "*.example.org"]');
  assert.equal((await load(listed)).packages, ['mirror.example.org:8080', '*.example.org']);
  assert.equal((await load(changed('lab: nginx', 'lab: nginx\npackages: []'))).packages, []);
});

test('the hash depends on the meaning only', async () => {
  const { hash } = await load(standard);
  assert.match(hash, /^[0-9a-f]{64}$/);
  const lines = standard.split('\n');
  const at = lines.findIndex((line) => line.includes('up/flask-has-1-replica: {'));
  const swapped = [...lines.slice(0, at), lines[at + 1], lines[at], ...lines.slice(at + 2)].join('\n');
  const same = {
    comments: standard.replace(/^\s*#.*\n/gm, ''),
    order: swapped,
    'order of roles': changed('  flask: flask\n  redis: redis-server\n', '  redis: redis-server\n  flask: flask\n'),
    'order of notes': changed('  profiles/nginx: 4\n  profiles/flask: 4\n', '  profiles/flask: 4\n  profiles/nginx: 4\n'),
    layout: changed('{ points: 4 }', '\n    points: 4'),
    defaults: changed('{ points: 4 }', '{ points: 4.0, visible: true, after: [] }'),
  };
  for (const [what, source] of Object.entries(same)) assert.is((await load(source)).hash, hash, what);
  const others = {
    points: changed('{ points: 4 }', '{ points: 5 }'),
    after: changed('{ points: 1, after: [up/networks-are-as-drawn] }', '{ points: 1 }'),
    visible: changed('{ points: 4 }', '{ points: 4, visible: false }'),
    services: changed('flask: flask', 'flask: web'),
    images: changed("as: 'redis:8.0'", "as: 'redis:7.4'"),
    limits: changed('memoryMb: 256', 'memoryMb: 128'),
    foundation: changed('  - up/redis-has-1-replica\n', ''),
    works: changed('  - single/hostname-is-the-replicas\n', '  - single/counter-rises\n'),
    parts: changed('  conf: 20\n', '  conf: 19\n'),
    notes: changed('container_name/flask: 10', 'container_name/flask: 0'),
    without: changed('lab: nginx', 'lab: nginx\nwithout: [web]'),
    packages: changed('lab: nginx', 'lab: nginx\npackages: [pypi.org]'),
  };
  assert.is((await load(changed('lab: nginx', 'labs: [nginx]'))).hash, hash, 'one lab, either way');
  const hashes = await Promise.all(Object.values(others).map(async (source) => (await load(source)).hash));
  assert.is(new Set([hash, ...hashes]).size, 1 + hashes.length, 'each of them makes another');
});

const first = 'up/flask-has-1-replica: { points: 4 }';
/** A change, the expected position (the line with this text, the column where it begins), and the expected message. */
const wrongs: readonly (readonly [from: string | RegExp, to: string, at: string, says: RegExp, hint?: RegExp])[] = [
  ['tutorial: compose-scale', 'tutorial: [compose', 'lab: nginx', /: not valid YAML: /],
  ['lab: nginx', 'lab: nginx\nlab: nginx', 'lab: nginx\n\n', /: not valid YAML: Map keys must be unique$/],
  ['tutorial: compose-scale', 'tutorial: hello', 'hello', /: it is for the tutorial hello, not for compose-scale$/],
  ['lab: nginx', 'lab: nginks', 'nginks', /: compose-scale has no lab nginks$/, /^available: setup, .*, nginx$/],
  [
    'lab: nginx',
    '',
    'tutorial: compose-scale',
    /: expected either `lab`, or `labs` for several$/,
    /^available: setup, .*, nginx$/,
  ],
  ['lab: nginx', 'lab: nginx\nlabs: [nginx]', '[nginx]', /: expected either `lab`, or `labs` for several$/],
  ['lab: nginx', 'labs: []', '[]', /: labs: expected a list, saw \[\]$/],
  ['lab: nginx', 'lab: scale', 'scale\n\n', /: scale needs setup$/, /^list it too, before$/],
  [
    'lab: nginx',
    'lab: nginx\nwithout: [web, flask]',
    'flask]\n',
    /: flask is one of this stack's own services$/,
    /^name a service that only another stack has$/,
  ],
  ['lab: nginx', 'lab: nginx\nnots: {}', 'nots', /: unknown key nots$/],
  ['lab: nginx', 'lab: nginx\npackages: pypi.org', 'pypi.org', /: packages: expected a list, saw "pypi\.org"$/],
  [
    'lab: nginx',
    'lab: nginx\npackages: [pypi.org, 10.0.0.1]',
    '10.0.0.1]',
    /: packages\.1: expected a host such as .*, saw "10\.0\.0\.1"$/,
  ],
  [
    '  redis: redis-server',
    '  db: redis-server',
    'db:',
    /: no role db in compose-scale$/,
    /^available: flask, redis, client, nginx$/,
  ],
  ['  client: client', '  client: flask', 'flask\n  redis', /: two roles have the name flask$/],
  ["match: 'redis:*'", 'match: 5', '5,', /: images\.1\.match: expected a pattern .*, saw 5$/],
  ["as: 'redis:8.0'", "as: 'redis'", "'redis' }", /: images\.1\.as: expected an image with its tag, .*, saw "redis"$/],
  [/images:\n(?: {2}.*\n)+/, 'images: []\n', '[]', /: images: expected a list, saw \[\]$/],
  [
    "{ match: 'redis:*', as: 'redis:8.0' }",
    'familes',
    'familes',
    /: images\.1: expected `families`, or a map with .*, saw "familes"$/,
  ],
  ["match: 'redis:*', as", 'as', "{ as: 'redis:8.0'", /: expected one of `families`, `match` and `refuse`$/, /^`as` belongs to/],
  ["as: 'redis:8.0'", "refuse: 'redis:7'", "{ match: 'redis:*'", /: expected one of `families`, `match` and `refuse`$/],
  [
    "match: 'redis:*', as: 'redis:8.0'",
    'refuse: redis',
    'redis }',
    /: images\.1\.refuse: expected a pattern with tags, .*, saw "redis"$/,
  ],
  ["match: 'redis:*', as: 'redis:8.0'", 'families: no', 'no }', /: images\.1\.families: expected true, saw "no"$/],
  ["match: 'redis:*', as: 'redis:8.0'", 'refuses: redis', 'refuses', /: unknown key refuses$/],
  ['memoryMb: 256', 'memoryMb: 1.5', '1.5', /: limits\.memoryMb: expected a whole number from 16 to 65536, saw 1\.5$/],
  ['cpus: 1', 'cpus: 0', '0\n  pids', /: limits\.cpus: expected a number from 0\.1 to 64, saw 0$/],
  ['  pids: 128\n', '', 'limits:', /: limits\.pids: expected a whole number from 16 to 4096, saw nothing$/],
  [first, 'up/flask-has-1-replica: 4', '4\n  up/redis-has', /: checks\.up\/flask-has-1-replica: expected a map .*, saw 4$/],
  [first, 'up/flask-has-1-replica: { points: -1 }', '-1 }', /\.points: expected a number from 0 to 1000 .*, saw -1$/],
  [first, 'up/flask-has-1-replica: { points: 1001 }', '1001', /, saw 1001$/],
  [first, 'up/flask-has-1-replica: { points: 0.125 }', '0.125', /at most two decimals, saw 0\.125$/],
  [first, 'up/flask-has-1-replica: { points: "4" }', '"4"', /, saw "4"$/],
  [first, 'up/flask-has-1-replica: { }', 'up/flask-has-1-replica: {', /\.points: expected a number .*, saw nothing$/],
  [first, `${first.slice(0, -2)}, visible: maybe }`, 'maybe', /\.visible: expected true or false, saw "maybe"$/],
  [first, `${first.slice(0, -2)}, poinst: 3 }`, 'poinst', /: unknown key poinst$/],
  [
    first,
    'up/nginx-has-2-replicas: { points: 4 }',
    'up/nginx-has-2',
    /: no check up\/nginx-has-2-replicas in the lab nginx$/,
    /^available: up\/flask-has-1-replica, /,
  ],
  [
    first,
    `${first}\n  upp/x: { points: 4 }`,
    'upp/x',
    /: no check upp\/x in the lab nginx$/,
    /^available: up, single, scale, restart, down$/,
  ],
  [`  ${first}\n`, '', 'checks:\n', /: these checks are not listed: up\/flask-has-1-replica$/, /0 if it is worth nothing/],
  ['  - up/redis-has-1-replica', '  - up/redis', 'up/redis\n', /: no check up\/redis in the lab nginx$/],
  [
    'after: [up/conf-is-mounted-read-only, up/flask-has-1-replica]',
    'after: [up/conf]',
    'up/conf]',
    /: no check up\/conf in the lab nginx$/,
  ],
  [
    first,
    `${first.slice(0, -2)}, after: [up/flask-has-1-replica] }`,
    'up/flask-has-1-replica] }',
    /: up\/flask-has-1-replica does not come before up\/flask-has-1-replica in the lab$/,
  ],
  // in a cycle, one of them comes later
  [
    'up/networks-are-as-drawn: { points: 8 }',
    'up/networks-are-as-drawn: { points: 8, after: [up/flask-is-ready] }',
    'up/flask-is-ready] }',
    /: up\/flask-is-ready does not come before up\/networks-are-as-drawn in the lab$/,
  ],
  [
    'down/networks-are-gone: { points: 0, after: [down/containers-are-gone] }',
    'down/networks-are-gone: { points: 1, after: [single/nginx-was-asked] }',
    'single/nginx-was-asked] }',
    /: single\/nginx-was-asked is worth 0 points: what it excuses would cost nothing$/,
  ],
  [/points: \d+/g, 'points: 0', 'up/flask-has-1-replica: { points: 0 }', /: all checks together are worth 0 points$/],
  [
    '  - single/hostname-is-the-replicas',
    '  - single/hostname',
    'single/hostname\n',
    /: no check single\/hostname in the lab nginx$/,
  ],
  [
    '  conf: 20',
    '  config: 20',
    'config: 20',
    /: there is no part config$/,
    /^available: conf, networks, flask, redis, nginx, client$/,
  ],
  ['  conf: 20', '  conf: -1', '-1\n', /: parts\.conf: expected a number from 0 to 1000 .*, saw -1$/],
  [
    'container_name/flask: 10',
    'container_name/flask: -10',
    '-10',
    /: notes\.container_name\/flask: expected a number from 0 to 1000 .*, saw -10$/,
  ],
  [
    'container_name/flask: 10',
    'container-name/flask: 10',
    'container-name/flask',
    /: there is no remark container-name$/,
    /^available: ports, container_name, .*, prescribed-published$/,
  ],
  [
    'profiles/redis: 3',
    'profiles/redis-server: 3',
    'profiles/redis-server',
    /: no role redis-server in services$/,
    /^available: flask, redis, nginx, client$/,
  ],
];

const within = (of: string) => (one: (typeof wrongs)[number]) => [one, of] as const;
const labs = 'labs: [setup, scale, balance, cleanup]';
/** The same for the rubric of the base labs. */
const baseWrongs: typeof wrongs = [
  [labs, 'labs: [setup, scalle]', 'scalle]', /: compose-scale has no lab scalle$/, /^available: setup, .*, nginx$/],
  [labs, 'labs: [setup, nginx]', 'nginx]', /: nginx is on the stack nginx, setup on base$/, /^a rubric is for one stack/],
  [labs, 'labs: [setup, balance, scale]', 'scale]', /: scale does not come after balance in compose-scale$/],
  [labs, 'labs: [setup, setup]', 'setup]', /: setup does not come after setup in compose-scale$/],
  [labs, 'labs: [scale, balance]', 'scale, balance]', /: scale needs setup$/],
  [labs, 'labs: [setup]', 'out/flask-has-3-replicas: {', /: no check out\/flask-has-3-replicas in the lab setup$/],
  ['without: [nginx]', 'without: nginx', 'nginx\n\n# The images', /: without: expected a list, saw "nginx"$/],
];

for (const [[from, to, at, says, hint], of] of [...wrongs.map(within(standard)), ...baseWrongs.map(within(base))])
  test(`reported with its position: ${says}`, async () => {
    const source = changed(from, to, of);
    const file = written(source);
    const error = await rejection(loadRubric(file, composeScale));
    assert.is(error.code, 'E_RUBRIC_INVALID');
    const before = source.slice(0, source.indexOf(at)).split('\n');
    assert.ok(source.includes(at), at);
    const place = `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    assert.ok(error.text.en.startsWith(`${place}: `), `${error.text.en}\nis not at ${place}`);
    assert.ok(error.text['zh-TW'].startsWith(`${place}：`), error.text['zh-TW']);
    assert.match(error.text.en, says);
    assertComplete(error.text, says.source);
    assertComplete(error.hint, says.source);
    assert.match(error.hint.en, hint ?? /./);
  });

test('labs with a step of the same ID cannot share a rubric', async () => {
  const [first, ...others] = scale.steps;
  if (!first) throw new Error('no step');
  const clashing = { ...scale, steps: [{ ...first, id: 'up' }, ...others] };
  const tutorial = { ...composeScale, labs: composeScale.labs.map((lab) => (lab === scale ? clashing : lab)) };
  const error = await rejection(loadRubric(basePath, tutorial));
  assert.match(error.text.en, /points-base\.yaml:\d+:15: scale and setup have a step of the same ID$/);
  assertComplete(error.text, 'clash');
});

test('an unknown alias, an empty file, and no file', async () => {
  assert.match((await rejection(load('tutorial: *gone\n'))).text.en, /rubric\.yaml:1:\d+: not valid YAML: .*gone/);
  assert.match((await rejection(load('# later\n'))).text.en, /rubric\.yaml:1:1: expected a map .*, saw nothing$/);
  const gone = await rejection(loadRubric(join(folder(), 'rubric.yaml'), composeScale));
  assert.is(gone.code, 'E_RUBRIC_INVALID');
  assert.match(gone.text.en, /there is no file .*rubric\.yaml/);
  assertComplete(gone.text, 'no file');
});

test.run();
