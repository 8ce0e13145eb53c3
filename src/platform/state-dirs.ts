import { createHash } from 'node:crypto';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';

/** Where labwright stores its data. All paths of the private engine follow from `state`, so several can coexist. */
export interface Homes {
  /** Replaceable: unpacked packages, downloads. */
  readonly cache: string;
  /** Must not be lost while in use: the journal of runs, the private engine's data. */
  readonly state: string;
  /** If given, the private engine is for untrusted code and is limited to these. */
  readonly bounds?: Bounds;
}

/** Limits for everything that runs on an engine, builds included. */
export interface Bounds {
  readonly memoryMb: number;
  /** In cores, for example 1.5. */
  readonly cpus: number;
  readonly pids: number;
  /** Size of the disk for all its data. */
  readonly diskMb: number;
}

/**
 * The user's home folder: `$HOME` (on Windows `%USERPROFILE%`), else the one in the user database, as in the docker CLI. Undefined: neither exists,
 * or neither is absolute.
 */
export const findHome = (): string | undefined =>
  [homedir, () => userInfo().homedir]
    .map((look) => {
      try {
        return look();
      } catch {
        return undefined; // the user database has no such user ID
      }
    })
    .find((path) => path !== undefined && isAbsolute(path));

/**
 * `$XDG_CACHE_HOME` and `$XDG_STATE_HOME`, else their defaults below the home folder. Relative values are ignored, as the XDG Base Directory
 * Specification requires. Throws LabError E_STATE if there is no home folder either.
 */
export function locateHomes(env: NodeJS.ProcessEnv = process.env): Homes {
  const home = findHome();
  const base = (named: string | undefined, ...below: readonly string[]): string => {
    if (named && isAbsolute(named)) return join(named, 'labwright');
    if (home === undefined) throw noHome();
    return join(home, ...below, 'labwright');
  };
  return { cache: base(env.XDG_CACHE_HOME, '.cache'), state: base(env.XDG_STATE_HOME, '.local', 'state') };
}

const noHome = (): LabError => {
  const user = process.getuid?.() ?? '?';
  return new LabError(
    'E_STATE',
    text(
      `there is no home folder: HOME is not an absolute path, and the user database has none for user ID ${user}`,
      `沒有家目錄：HOME 不是絕對路徑，使用者資料庫裡也沒有使用者 ID ${user} 的家目錄`,
    ),
    text(
      'set HOME, or both XDG_STATE_HOME and XDG_CACHE_HOME, to the absolute path of a folder that you may write to',
      '請把 HOME（或 XDG_STATE_HOME 與 XDG_CACHE_HOME 兩者）設成可以寫入的資料夾的絕對路徑',
    ),
  );
};

/** 8 hex digits that identify a folder, for names that must be short: bridges, locks. */
export const shortHash = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 8);
