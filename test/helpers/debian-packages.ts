import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lock } from '../../src/platform/lock.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';

const run = promisify(execFile);
const architectures = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' } as Record<string, string>;

/** Debian's name of this machine's architecture, as in the paths of libraries. */
export const libraryFolder = architectures[process.arch] ?? process.arch;

/**
 * Downloads packages of Debian with their dependencies and unpacks them in the cache, in a folder of this name, without installing them on the system. Resolves to
 * the folder. Needs Debian's apt.
 */
export async function unpackedPackages(name: string, packages: readonly string[]): Promise<string> {
  const dir = join(locateHomes().cache, 'test');
  const root = join(dir, name);
  const held = await lock(`${dir}.lock`);
  try {
    const there = await access(root).then(
      () => true,
      () => false,
    );
    if (!there) await unpack(dir, root, packages);
    return root;
  } finally {
    await held.release();
  }
}

async function unpack(dir: string, root: string, packages: readonly string[]): Promise<void> {
  await mkdir(dir, { recursive: true });
  const at = await mkdtemp(join(dir, 'unpacking-'));
  await mkdir(join(at, 'archives', 'partial'), { recursive: true });
  // apt sees an empty package status, so that the download does not depend on the host's installed packages
  await writeFile(join(at, 'status'), '');
  const options = [
    `Dir::State::status=${at}/status`,
    `Dir::Cache::archives=${at}/archives`,
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    'APT::Sandbox::User=root',
  ].flatMap((one) => ['-o', one]);
  const download = () =>
    run('apt-get', ['-q', '-y', '--no-install-recommends', '--download-only', ...options, 'install', ...packages]);
  // a new machine has no package lists yet
  await download().catch(async () => {
    await run('apt-get', ['-q', 'update']);
    await download();
  });
  // a process can use only one C library: the host's
  const debs = (await readdir(join(at, 'archives'))).filter((name) => name.endsWith('.deb') && !name.startsWith('libc6_'));
  for (const deb of debs) await run('dpkg-deb', ['-x', join(at, 'archives', deb), join(at, 'root')]);
  await rename(join(at, 'root'), root);
  await rm(at, { recursive: true });
}
