import { type GitRun, gitLine, runGit } from './git.ts';
import type { Look } from './state.ts';

/** A commit and its committer's time, which is the student's own claim. */
export interface Commit {
  readonly id: string;
  readonly ms: number;
}

/** The newest commit of a branch; `untilMs`: of those with this time or an earlier one. */
export async function newestCommit(mirror: string, tip: string, run: GitRun, untilMs?: number): Promise<Commit | undefined> {
  const until = untilMs === undefined ? [] : [`--until=@${Math.floor(untilMs / 1000)} +0000`];
  const args = [`--git-dir=${mirror}`, 'rev-list', '--timestamp', '--max-count=1', ...until, tip];
  const { lines } = await runGit(gitLine(args), run);
  const [, seconds = '', id = ''] = /^(\d+) ([0-9a-f]{40,64})$/.exec(lines[0] ?? '') ?? [];
  return id === '' ? undefined : { id, ms: Number(seconds) * 1000 };
}

/** Whether a branch with this tip contains a commit. False if one of them is unknown. */
export async function containsCommit(mirror: string, tip: string, commit: string, run: GitRun): Promise<boolean> {
  if (tip === commit) return true;
  if (tip === '') return false;
  const args = [`--git-dir=${mirror}`, 'merge-base', '--is-ancestor', commit, tip];
  return (await runGit(gitLine(args), run)).exitCode === 0;
}

/** A commit dated before the deadline that was not there after it. */
export interface FirstSeen {
  /** The last time after the deadline at which the branch was seen without the commit. */
  readonly absentMs: number;
  readonly seenMs: number;
}

/** A look at the branch, and whether it contained the commit. */
export interface Evidence extends Pick<Look, 'fromMs' | 'untilMs'> {
  readonly contains: boolean;
}

/** Undefined: nothing contradicts the date of the commit. `looks`: those at its branch, in order of time. */
export function firstSeenAfter(looks: readonly Evidence[], dueMs: number): FirstSeen | undefined {
  const at = looks.findIndex(({ contains }) => contains);
  const [before, seen] = [looks[at - 1], looks[at]];
  if (!before || !seen || before.untilMs <= dueMs) return undefined;
  return { absentMs: before.untilMs, seenMs: seen.fromMs };
}
