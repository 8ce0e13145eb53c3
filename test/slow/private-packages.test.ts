// time limit: 600 s
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Archive, findArchive } from '../../src/docker/embedded/packages/distribution.ts';
import { packagesRoot, providePackages } from '../../src/docker/embedded/packages/packages.ts';
import type { Text } from '../../src/lab/text.ts';
import { folder } from '../helpers/folder.ts';
import { run } from '../helpers/own-engine.ts';
import { rejection } from '../helpers/rejection.ts';

const packages = join(folder(), 'packages');
const archiveHere = async (): Promise<Archive> => {
  const found = await findArchive();
  if (!found.ok) throw new Error(found.reason.en);
  return found.archive;
};
/** What is told of, and each stage's end waited for by nobody. */
const teller = () => {
  const told: string[] = [];
  return { told, talk: { unattended: true, progress: ({ en }: Text) => void told.push(en) } };
};

test('interrupted while it downloads: it stops, and leaves no complete set', async () => {
  const archive = await archiveHere();
  const stop = new AbortController();
  const progress = ({ en }: Text) => {
    if (en.startsWith('downloading')) stop.abort('SIGINT');
  };
  assert.is(
    await providePackages(packages, archive, { unattended: true, progress, signal: stop.signal }).catch((it) => it),
    'SIGINT',
  );
  assert.not(existsSync(packagesRoot(packages, archive)));
});

test('two at once over half a download and half a folder: one downloads anew, the other waits for it', async () => {
  const archive = await archiveHere();
  const root = packagesRoot(packages, archive);
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  writeFileSync(join(root, 'usr/bin/docker'), 'half of it');
  mkdirSync(join(`${root}.partial`, 'debs'), { recursive: true });
  writeFileSync(join(`${root}.partial`, 'debs', 'docker.io_0_amd64.deb'), 'half of it');
  const [one, other] = [teller(), teller()];
  assert.equal(
    await Promise.all([providePackages(packages, archive, one.talk), providePackages(packages, archive, other.talk)]),
    [root, root],
  );
  assert.match(run({}, join(root, 'usr/bin/docker'), '--version'), /^Docker version/);
  assert.not(existsSync(`${root}.partial`));
  const [worker, waiter] = one.told.length > other.told.length ? [one, other] : [other, one];
  assert.match(worker?.told.at(-1) ?? '', /^unpacking \d+ packages$/);
  assert.equal(waiter?.told, ['waiting: another labwright process is downloading the same packages']);
});

test('a complete set is used again without network, and without a word', async () => {
  const archive = await archiveHere();
  const { told, talk } = teller();
  await providePackages(packages, { ...archive, lines: ['deb http://127.0.0.1:9/debian trixie main'] }, talk);
  assert.equal(told, []);
});

test('no mirror in reach: E_ENGINE_DOWNLOAD says what apt said', async () => {
  const archive = await archiveHere();
  const lines = archive.lines.map((line) => line.replace(/http\S+/, 'http://127.0.0.1:9/debian'));
  const error = await rejection(providePackages(folder(), { ...archive, lines }, teller().talk));
  assert.is(error.code, 'E_ENGINE_DOWNLOAD');
  assert.match(error.text.en, /127\.0\.0\.1/);
  assert.match(error.text['zh-TW'], '無法下載引擎的套件');
});

test('packages that are not signed by the host’s Debian keyring are refused', async () => {
  const archive = await archiveHere();
  const key = join(folder({ 'empty.gpg': '' }), 'empty.gpg');
  const lines = archive.lines.map((line) => line.replace(/signed-by=[^\]]+/, `signed-by=${key}`));
  const error = await rejection(providePackages(folder(), { ...archive, lines }, teller().talk));
  assert.is(error.code, 'E_ENGINE_DOWNLOAD');
});

test.run();
