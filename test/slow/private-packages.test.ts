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
/** Options that collect the reported progress in `lines`. */
const recorder = () => {
  const lines: string[] = [];
  return { lines, talk: { unattended: true, progress: ({ en }: Text) => void lines.push(en) } };
};

test('an interrupt stops the download, and no complete set of packages exists', async () => {
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

test('two downloads at the same time, over a partial one: one downloads again, the other waits for it', async () => {
  const archive = await archiveHere();
  const root = packagesRoot(packages, archive);
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  writeFileSync(join(root, 'usr/bin/docker'), 'half of it');
  mkdirSync(join(`${root}.partial`, 'debs'), { recursive: true });
  writeFileSync(join(`${root}.partial`, 'debs', 'docker.io_0_amd64.deb'), 'half of it');
  const [one, other] = [recorder(), recorder()];
  assert.equal(
    await Promise.all([providePackages(packages, archive, one.talk), providePackages(packages, archive, other.talk)]),
    [root, root],
  );
  assert.match(run({}, join(root, 'usr/bin/docker'), '--version'), /^Docker version/);
  assert.not(existsSync(`${root}.partial`));
  const [worker, waiter] = one.lines.length > other.lines.length ? [one, other] : [other, one];
  assert.match(worker?.lines.at(-1) ?? '', /^unpacking \d+ packages$/);
  assert.equal(waiter?.lines, ['waiting: another labwright process is downloading the same packages']);
});

test('a complete set of packages is reused without network and without output', async () => {
  const archive = await archiveHere();
  const { lines, talk } = recorder();
  await providePackages(packages, { ...archive, lines: ['deb http://127.0.0.1:9/debian trixie main'] }, talk);
  assert.equal(lines, []);
});

test('an unreachable mirror: E_ENGINE_DOWNLOAD with the output of apt', async () => {
  const archive = await archiveHere();
  const lines = archive.lines.map((line) => line.replace(/http\S+/, 'http://127.0.0.1:9/debian'));
  const error = await rejection(providePackages(folder(), { ...archive, lines }, recorder().talk));
  assert.is(error.code, 'E_ENGINE_DOWNLOAD');
  assert.match(error.text.en, /127\.0\.0\.1/);
  assert.match(error.text['zh-TW'], '無法下載引擎的套件');
});

test('packages that are not signed by the host’s Debian keyring are refused', async () => {
  const archive = await archiveHere();
  const key = join(folder({ 'empty.gpg': '' }), 'empty.gpg');
  const lines = archive.lines.map((line) => line.replace(/signed-by=[^\]]+/, `signed-by=${key}`));
  const error = await rejection(providePackages(folder(), { ...archive, lines }, recorder().talk));
  assert.is(error.code, 'E_ENGINE_DOWNLOAD');
});

test.run();
