import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';
import { lock } from '../../../platform/lock.ts';
import { readPlain } from '../../../platform/plain-file.ts';
import { complaint, shell } from '../../../platform/system-command.ts';
import { onPath } from '../../../platform/system-error.ts';
import type { EmbeddedOptions } from '../progress.ts';
import { aptConf, hostSettings, preferences } from './apt-settings.ts';
import type { Archive } from './distribution.ts';

/** Written last into a folder of unpacked packages; a folder without it is incomplete. */
const mark = 'complete.json';

/** The folder of the unpacked packages: a different one for each set of packages and each release. */
export function packagesRoot(folder: string, archive: Archive): string {
  const set = createHash('sha256')
    .update(JSON.stringify([archive.packages, archive.fromHost]))
    .digest('hex')
    .slice(0, 8);
  return join(folder, `${archive.release}-${archive.arch}-on-${archive.host}-${set}`);
}

/**
 * Downloads and unpacks the engine's packages with a separate apt, which checks signatures against the host's keyring and ignores the host's
 * installed packages. Returns the folder with the unpacked packages. A complete set is reused without network. Throws LabError E_ENGINE_DOWNLOAD.
 */
export async function providePackages(folder: string, archive: Archive, progress: EmbeddedOptions): Promise<string> {
  const root = packagesRoot(folder, archive);
  if (await isComplete(root)) return root;
  await using _held = await lock(
    `${root}.lock`,
    () =>
      progress.progress?.(
        text(
          'waiting: another labwright process is downloading the same packages',
          '等待中：另一個 labwright 正在下載相同的套件',
        ),
      ),
    progress.signal,
  );
  if (await isComplete(root)) return root;
  const work = `${root}.partial`;
  await Promise.all([rm(root, { recursive: true, force: true }), rm(work, { recursive: true, force: true })]);
  const debs = await download(work, archive, progress);
  progress.progress?.(text(`unpacking ${debs.length} packages`, `解壓縮 ${debs.length} 個套件`));
  await unpack(work, debs, progress);
  await onPath(root, () => writeFile(join(work, 'root', mark), `${JSON.stringify({ packages: debs }, null, 2)}\n`));
  await rename(join(work, 'root'), root);
  await rm(work, { recursive: true, force: true });
  return root;
}

const isComplete = (root: string): Promise<boolean> =>
  readPlain(join(root, mark), { maxBytes: 1_000_000 }).then(
    () => true,
    () => false,
  );

async function download(work: string, archive: Archive, { progress, signal }: EmbeddedOptions): Promise<string[]> {
  const debs = join(work, 'debs');
  await Promise.all(
    [debs, join(work, 'root'), join(work, 'etc'), join(work, 'lists', 'partial'), join(work, 'archives', 'partial')].map((dir) =>
      mkdir(dir, { recursive: true }),
    ),
  );
  await writeFile(join(work, 'etc', 'sources.list'), archive.lines.map((it) => `${it}\n`).join(''));
  await writeFile(join(work, 'etc', 'preferences'), preferences(archive));
  await writeFile(join(work, 'status'), '');
  await writeFile(join(work, 'etc', 'apt.conf'), aptConf(work, await hostSettings()));
  const run = shell({ cwd: debs, env: { APT_CONFIG: join(work, 'etc', 'apt.conf') }, ...(signal ? { signal } : {}) });

  progress?.(text('reading the package lists', '讀取套件清單'));
  const update = await run`apt-get -q update`;
  signal?.throwIfAborted();
  // apt-get update succeeds even if it could not fetch a list; the download then fails and reports it
  if (!update.ok) throw failed(complaint(update));
  progress?.(text("downloading the engine's packages (90 MB)", '下載引擎的套件（90 MB）'));
  const got = await run`apt-get -q download ${archive.packages}`;
  signal?.throwIfAborted();
  if (!got.ok) throw failed(complaint(update.stderr.trim() ? update : got));
  return (await readdir(debs)).filter((name) => name.endsWith('.deb')).sort();
}

async function unpack(work: string, debs: readonly string[], { signal }: EmbeddedOptions): Promise<void> {
  const run = shell({ cwd: work, ...(signal ? { signal } : {}) });
  const done = await Promise.all(debs.map((deb) => run`dpkg -x debs/${deb} root`));
  signal?.throwIfAborted();
  const bad = done.find((one) => !one.ok);
  if (bad) throw failed(complaint(bad));
}

const failed = (output: string): LabError =>
  new LabError(
    'E_ENGINE_DOWNLOAD',
    text(`the engine's packages could not be downloaded:\n${output}`, `無法下載引擎的套件：\n${output}`),
    text(
      "check the network and apt's mirror (`apt-get update` must work on this machine), then try again",
      '請檢查網路與 apt 的鏡像站（這台機器上 `apt-get update` 要能成功），再試一次',
    ),
  );
