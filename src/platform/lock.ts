import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import { locateHomes, shortHash } from './state-dirs.ts';
import { isFull } from './system-error.ts';

/**
 * A lock on a file. The kernel releases it when the process ends, however it ends. The file has mode 0600, so only its owner (and root) can
 * take the lock; it is removed at release, and one left by a killed process is not locked.
 */
export interface Lock extends AsyncDisposable {
  release(): Promise<void>;
}

/** The process that holds a lock; written by that process. */
export interface Holder {
  readonly pid: number;
  /** `v20.20.2` */
  readonly node: string;
  /** ISO 8601. */
  readonly since: string;
}

/** How often a waiting process retries. A blocking wait would keep a thread that Ctrl-C cannot end, and the kernel has no other event. */
const retryMs = 50;

/** The lock file of something that exists once per machine, such as a port: below /run for root, in the cache folder for other users. */
export const machineLock = (name: string): string =>
  join(
    process.platform === 'linux' && process.getuid?.() === 0 ? '/run/labwright' : join(locateHomes().cache, 'locks'),
    `${shortHash(name)}.lock`,
  );

/**
 * Takes the lock of this file (an absolute path; creates the file and its folder) unless another process holds it; then undefined. Throws LabError
 * E_STATE if the file cannot be opened or locked.
 */
export async function tryLock(path: string): Promise<Lock | undefined> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error) => {
    throw unusable(path, error);
  });
  // loaded on demand: it takes 20 ms
  const { tryLock: lockFile } = await import('fs-native-extensions');
  for (;;) {
    const taken = takeFile(path, lockFile);
    if (taken === 'held') return undefined;
    if (taken !== 'replaced') return taken;
  }
}

/** `replaced`: the opened file is no longer at `path`, so a lock on it excludes no other process. */
function takeFile(path: string, lockFile: (fd: number) => boolean): Lock | 'held' | 'replaced' {
  const fd = openLockFile(path);
  let keep = false;
  try {
    if (!lockFile(fd)) return 'held';
    if (!isAt(path, fd)) return 'replaced';
    nameHolder(fd);
    keep = true;
  } catch (error) {
    throw unusable(path, error);
  } finally {
    if (!keep) closeSync(fd);
  }
  let released = false;
  const release = async () => {
    if (released) return;
    released = true;
    // removed first, then unlocked: a process that opened it meanwhile sees that it was replaced
    if (isAt(path, fd)) unlinkSync(path);
    closeSync(fd);
  };
  return { release, [Symbol.asyncDispose]: release };
}

/** On a full disk the lock is still held, without a description of its holder: commands that free space take locks too. */
function nameHolder(fd: number): void {
  ftruncateSync(fd);
  try {
    writeSync(
      fd,
      JSON.stringify({ pid: process.pid, node: process.version, since: new Date().toISOString() } satisfies Holder),
      0,
    );
  } catch (error) {
    if (!isFull(error as NodeJS.ErrnoException)) throw error;
  }
}

function openLockFile(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let fd: number | undefined;
  try {
    fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    if (fstatSync(fd).isFile()) return fd;
  } catch (error) {
    throw unusable(path, error);
  }
  closeSync(fd);
  throw unusable(path);
}

function isAt(path: string, fd: number): boolean {
  const [opened, there] = [fstatSync(fd), statSync(path, { throwIfNoEntry: false })];
  return there !== undefined && there.ino === opened.ino && there.dev === opened.dev;
}

/** The holder of this file's lock, as it described itself; undefined if it has not done so yet, or has just released the lock. */
export function lockHolder(path: string): Holder | undefined {
  if (!statSync(path, { throwIfNoEntry: false })) return undefined;
  const fd = openLockFile(path);
  try {
    const bytes = Buffer.alloc(4096);
    const { pid, node, since } = JSON.parse(bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0)));
    return typeof pid === 'number' && typeof node === 'string' && typeof since === 'string' ? { pid, node, since } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Waits for the lock. Calls `onWait` once if another process holds it. Throws as `tryLock` does, and the signal's reason on abort. */
export async function lock(path: string, onWait?: () => void, signal?: AbortSignal): Promise<Lock> {
  for (let waited = false; ; waited = true) {
    const taken = await tryLock(path);
    if (taken) return taken;
    if (!waited) onWait?.();
    await delay(retryMs, undefined, signal ? { signal } : {}).catch((error) => {
      signal?.throwIfAborted();
      throw error;
    });
  }
}

function unusable(path: string, cause?: unknown): LabError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const why = code ?? 'not a regular file';
  return new LabError(
    'E_STATE',
    text(`the lock file ${path} can't be used (${why})`, `無法使用鎖定檔 ${path}（${code ?? '不是一般檔案'}）`),
    text(
      'remove the file if it is not yours, or use a folder that you may write to, on a local disk',
      '如果這個檔案不是你的，請先移除；或改用本機磁碟上你有寫入權限的資料夾',
    ),
    { cause },
  );
}
