import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { xdgCache, xdgState } from 'xdg-basedir';

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

/** XDG's folders (`$XDG_CACHE_HOME`, `$XDG_STATE_HOME`, else below the home folder); relative values are ignored, as XDG asks. */
export function locateHomes(): Homes {
  if (!xdgCache || !xdgState) throw new Error('no home folder: set HOME, or XDG_CACHE_HOME and XDG_STATE_HOME');
  return { cache: join(xdgCache, 'labwright'), state: join(xdgState, 'labwright') };
}

/** A short word that stands for a folder, for names that must be short: bridges, locks. 8 hex digits. */
export const shortHash = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 8);
