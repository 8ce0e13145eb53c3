import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processes of a session (`man 2 setsid`): a shell's, and all that it started, except those that made a session of their own. Empty on systems without /proc.
 * Synchronous: a process that is found is signalled before its ID can be used again.
 */
export const sessionProcesses = (session: number): readonly number[] =>
  listed().filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // `17 (name (x)) S parent group session …`
      const [state, , , owner] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(owner) === session && state !== 'Z';
    } catch {
      return false; // it ended meanwhile
    }
  });

function listed(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
