import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { composeScale } from '../../../labs/compose-scale/index.ts';
import { parseCompose } from '../../../src/formats/compose-file.ts';
import { LabError } from '../../../src/lab/error.ts';
import { renderOverride } from '../../../src/run/copy/override.ts';
import { loadEntries, removeEntry, runsDir, tryRunLock, writeEntry } from '../../../src/run/journal.ts';
import { planLabs } from '../../../src/run/plan.ts';
import { folder } from '../../helpers/folder.ts';

const labels = { 'labwright.run': 'r1' };
const network = { labels, driver_opts: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' } };
const override = (compose: string, volumes: Readonly<Record<string, readonly string[]>> = {}) =>
  parse(renderOverride(parseCompose(compose, 'compose.yaml'), 'r1', volumes));

test('override: labels each service, each build, and the default network', () => {
  assert.equal(override('services:\n  flask:\n    build: ./flask\n  redis:\n    image: redis\n  bare:\n'), {
    services: { flask: { labels, build: { labels } }, redis: { labels }, bare: { labels } },
    networks: { default: network },
  });
});

test('override: labels the networks of the file, and the default network if a service uses it', () => {
  const networks = 'networks:\n  back:\n  front:\n    driver: bridge\n';
  assert.equal(override(`services:\n  a:\n    networks: [back]\n${networks}`).networks, { back: network, front: network });
  assert.equal(override(`services:\n  a:\n    networks: [back]\n  b:\n${networks}`).networks, {
    default: network,
    back: network,
    front: network,
  });
  assert.is(override('services:\n  a:\n    network_mode: none\n').networks, undefined);
});

test('override: external networks and volumes get no label', () => {
  const compose = `services:
  a:
networks:
  default:
    external: true
  other:
    external: true
volumes:
  data:
  theirs:
    external: true
`;
  assert.equal(override(compose), { services: { a: { labels } }, volumes: { data: { labels } } });
});

test('override: a named volume with a label replaces an anonymous one', () => {
  assert.equal(override('services:\n  redis:\n    image: redis\n', { redis: ['/data', '/more'], gone: ['/x'] }), {
    services: { redis: { labels, volumes: ['redis-0:/data', 'redis-1:/more'] } },
    networks: { default: network },
    volumes: { 'redis-0': { labels }, 'redis-1': { labels } },
  });
});

test('override: what a service mounts itself stays as it is', () => {
  const mounts = (lines: string) =>
    override(`services:\n  db:\n    image: db\n${lines}`, { db: ['/data', '/more'] }).services.db.volumes;
  assert.equal(mounts('    volumes:\n      - store:/data\n'), ['db-0:/more']);
  assert.equal(mounts('    volumes:\n      - ./on-host:/data/:ro\n      - ${PLACE:-here}:/more\n'), undefined);
  assert.equal(mounts('    volumes:\n      - { type: bind, source: ./x, target: /more }\n'), ['db-0:/data']);
  assert.equal(mounts('    tmpfs: /data:size=1m\n'), ['db-0:/more']);
  assert.equal(mounts('    tmpfs: [/data, /more]\n'), undefined);
  // anonymous volumes have no label
  assert.equal(mounts('    volumes:\n      - /data\n      - { type: volume, target: /more }\n'), ['db-0:/data', 'db-1:/more']);
  assert.equal(mounts('    volumes:\n      - store:/data/inner\n'), ['db-0:/data', 'db-1:/more']);
});

const homes = () => {
  const dir = folder();
  return { cache: join(dir, 'cache'), state: join(dir, 'state of 中文') };
};
const entry = (id: string) => ({
  id,
  startedAt: '2026-01-01T08:00:00Z',
  endpoint: { host: 'unix:///run/docker.sock' },
  dir: `/runs/${id}`,
});

test('journal: a written entry is loaded until it is removed', async () => {
  const at = homes();
  assert.equal(await loadEntries(at), []);
  await writeEntry(at, entry('a'));
  await writeEntry(at, { ...entry('b'), endpoint: { host: 'tcp://x:2376', certificates: '/certs' } });
  await writeEntry(at, { ...entry('a'), startedAt: 'later' });
  const loaded = (await loadEntries(at)).sort((x, y) => (x.id < y.id ? -1 : 1));
  assert.equal(loaded, [
    { ...entry('a'), startedAt: 'later' },
    { ...entry('b'), endpoint: { host: 'tcp://x:2376', certificates: '/certs' } },
  ]);
  await removeEntry(at, 'a');
  await removeEntry(at, 'a');
  assert.equal(
    (await loadEntries(at)).map(({ id }) => id),
    ['b'],
  );
});

test('journal: the folder of a run and a partly written entry are not entries', async () => {
  const at = homes();
  await writeEntry(at, entry('a'));
  await mkdir(join(runsDir(at), 'a'));
  await writeFile(join(runsDir(at), 'b.json.new'), '{"id":');
  assert.equal(
    (await loadEntries(at)).map(({ id }) => id),
    ['a'],
  );
  assert.equal(readdirSync(runsDir(at)).sort(), ['a', 'a.json', 'b.json.new']);
});

test('journal: a run has one lock holder at a time in each state folder', async () => {
  const [here, there] = [homes(), homes()];
  const held = await tryRunLock(here, 'a');
  assert.ok(held);
  assert.is(await tryRunLock(here, 'a'), undefined);
  const others = await Promise.all([tryRunLock(here, 'b'), tryRunLock(there, 'a')]);
  assert.ok(others.every(Boolean));
  await held.release();
  const again = await tryRunLock(here, 'a');
  assert.ok(again);
  await Promise.all([again, ...others].map((lock) => lock?.release()));
});

const plan = (...names: string[]) => planLabs(composeScale, names).map(({ id }) => id);

test('plan: all labs, or the named ones and those they need, in the order of the tutorial', () => {
  assert.equal(plan(), ['setup', 'scale', 'balance', 'cleanup', 'nginx']);
  assert.equal(plan('nginx'), ['nginx']);
  assert.equal(plan('balance'), ['setup', 'balance']);
  assert.equal(plan('nginx', 'scale', 'nginx'), ['setup', 'scale', 'nginx']);
});

test('plan: indirect and circular needs', () => {
  const lab = (id: string, needs: string[]) => ({ ...composeScale.labs[0], id, needs }) as (typeof composeScale.labs)[number];
  const tutorial = { ...composeScale, labs: [lab('a', ['c']), lab('b', ['a']), lab('c', ['a']), lab('d', [])] };
  assert.equal(
    planLabs(tutorial, ['b']).map(({ id }) => id),
    ['a', 'b', 'c'],
  );
});

test('plan: a step is performed after the steps before it and the labs that its lab needs', () => {
  const steps = (...names: string[]) =>
    planLabs(composeScale, names).map((lab) => `${lab.id} ${lab.steps.map(({ id }) => id).join(' ')}`);
  assert.equal(steps('nginx/scale'), ['nginx up single scale']);
  assert.equal(steps('balance/prepare'), ['setup build up talk', 'balance prepare']);
  assert.equal(steps('nginx/scale', 'nginx/up'), ['nginx up single scale']);
  assert.equal(steps('setup/build', 'scale/out'), ['setup build up talk', 'scale out']);
  assert.equal(steps('setup/build', 'setup'), ['setup build up talk']);
});

test('plan: a misspelled lab or step is named as it was probably meant', () => {
  const hint = (name: string) => {
    try {
      plan(name);
    } catch (error) {
      return (error as LabError).hint?.en ?? '';
    }
    return '';
  };
  const labs = 'its labs: setup, scale, balance, cleanup, nginx';
  assert.is(hint('ngnix'), `did you mean nginx? ${labs}`);
  assert.is(hint('restart'), `did you mean nginx/restart? ${labs}`);
  assert.match(hint('nginx/restrat'), /^did you mean nginx\/restart\? its steps: nginx\/up, /);
  assert.match(hint('nginx/nothing'), /^its steps: nginx\/up, /);
});

test('plan: an unknown lab is an error that lists the labs', () => {
  for (const names of [['nope'], ['setup', 'nope']]) {
    assert.throws(
      () => plan(...names),
      (error: { code: string; text: object; hint: object }) => {
        assert.is(error.code, 'E_LAB_UNKNOWN');
        assert.equal(error.text, { en: 'compose-scale has no lab "nope"', 'zh-TW': 'compose-scale 沒有名為「nope」的單元' });
        assert.equal(error.hint, {
          en: 'its labs: setup, scale, balance, cleanup, nginx',
          'zh-TW': '可用的單元：setup、scale、balance、cleanup、nginx',
        });
        return true;
      },
    );
  }
});

test('journal: a damaged entry is reported with its file, and the others are loaded', async () => {
  const at = { state: folder(), cache: '' };
  await writeEntry(at, { id: 'a', startedAt: '', endpoint: { host: 'unix:///x' }, dir: '/x' });
  for (const [name, content] of [
    ['b.json', '{"id":'],
    ['c.json', '{"id":"../c","startedAt":"","endpoint":{"host":"x"},"dir":"/"}'],
  ] as const)
    await writeFile(join(runsDir(at), name), content);
  const damaged: LabError[] = [];
  assert.equal(
    (await loadEntries(at, (error) => damaged.push(error))).map(({ id }) => id),
    ['a'],
  );
  assert.equal(
    damaged.map(({ code }) => code),
    ['E_STATE', 'E_STATE'],
  );
  assert.ok(damaged.some(({ message }) => message.includes('b.json is no journal entry')));
  const thrown = await loadEntries(at).catch((error: unknown) => error);
  assert.instance(thrown, LabError);
});

test('an error in a Compose file is reported with its position', () => {
  const errorOf = (file: string) => {
    try {
      parseCompose(file, 'base/compose.yaml');
    } catch (error) {
      return error instanceof LabError ? `${error.code}: ${error.text.en}` : String(error);
    }
    return 'nothing';
  };
  assert.match(errorOf('services:\n  a: [\n  b: 1\n'), /^E_LAB_INVALID: base\/compose\.yaml: .* at line \d+, column \d+$/);
  assert.is(errorOf('version: "3"\n'), 'E_LAB_INVALID: base/compose.yaml: no `services:`');
  assert.is(errorOf('services: {a: {image: x}}'), 'nothing');
});

test.run();
