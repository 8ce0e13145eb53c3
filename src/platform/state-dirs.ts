import { createHash } from 'node:crypto';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';

/** Where labwright keeps things. Everything of the private engine's own follows from `state`, so that several coexist. */
export interface Homes {
  /** Can be had again: unpacked packages, downloads. */
  readonly cache: string;
  /** Must not be lost while in use: the runs' journal, the private engine's data. */
  readonly state: string;
  /** The private engine is for code that nobody vouches for, and is held within these. */
  readonly bounds?: Bounds;
}

/** What all that runs on an engine may use together, builds included. */
export interface Bounds {
  readonly memoryMb: number;
  /** In cores: 1.5. */
  readonly cpus: number;
  readonly pids: number;
  /** Of the disk that all of it is on. */
  readonly diskMb: number;
}

/**
 * The user's home folder: `$HOME` (on Windows `%USERPROFILE%`), else the one in the user database, as the docker CLI has it. Undefined: neither is there, or
 * neither is absolute.
 */
export const findHome = (): string | undefined =>
  [homedir, () => userInfo().homedir]
    .map((look) => {
      try {
        return look();
      } catch {
        return undefined; // a user ID that the user database does not have
      }
    })
    .find((path) => path !== undefined && isAbsolute(path));

/**
 * `$XDG_CACHE_HOME` and `$XDG_STATE_HOME`, else their places below the home folder. Relative values are ignored, as the XDG Base Directory Specification
 * asks. Throws LabError E_STATE where there is no home folder either.
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

/** A short word that stands for a folder, for names that must be short: bridges, locks. 8 hex digits. */
export const shortHash = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 8);
