import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lock } from '../../src/platform/lock.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { folder } from './folder.ts';

const run = promisify(execFile);
const architectures = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' } as Record<string, string>;

/** A wall clock for one process that can be set while the process runs. The monotonic clock is not changed. */
export interface OwnTime {
  readonly env: NodeJS.ProcessEnv;
  /** The offset from the machine's clock, in seconds. */
  set(seconds: number): Promise<void>;
}

/** Uses Debian's libfaketime, which is unpacked in the cache and not installed on the system. */
export async function ownTime(): Promise<OwnTime> {
  const dir = join(locateHomes().cache, 'test');
  const library = join(dir, 'libfaketime/usr/lib', architectures[process.arch] ?? process.arch, 'faketime/libfaketime.so.1');
  const held = await lock(`${dir}.lock`);
  try {
    const there = await access(library).then(
      () => true,
      () => false,
    );
    if (!there) await unpack(dir);
  } finally {
    await held.release();
  }
  const file = join(folder(), 'time');
  const set = (seconds: number) => writeFile(file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
  await set(0);
  const env = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  return { env, set };
}

async function unpack(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const at = await mkdtemp(join(dir, 'unpacking-'));
  const download = () => run('apt-get', ['-q', 'download', 'libfaketime'], { cwd: at });
  // a new machine has no package lists yet
  await download().catch(async () => {
    await run('apt-get', ['-q', 'update']);
    await download();
  });
  const deb = (await readdir(at)).find((name) => name.endsWith('.deb')) ?? '';
  await run('dpkg-deb', ['-x', join(at, deb), join(at, 'root')]);
  await rename(join(at, 'root'), join(dir, 'libfaketime'));
  await rm(at, { recursive: true });
}
