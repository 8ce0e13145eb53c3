import { createHash } from 'node:crypto';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { localTime } from '../../formats/moment.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { tryLock } from '../../platform/lock.ts';
import { removeFolder } from '../../platform/remove-folder.ts';
import { onPath } from '../../platform/system-error.ts';
import type { Clock } from '../../run/clock.ts';
import { runTasks } from '../scheduler.ts';
import { collectedFolder } from '../submissions/collected.ts';
import { type Commit, containsCommit, firstSeenAfter, newestCommit } from './choose-commit.ts';
import { type GitRun, gitLine, runGit } from './git.ts';
import { type CollectLimits, collectLimits, type Tip, updateMirror } from './mirror.ts';
import { filesOf, folderHash, replaceFolder } from './place.ts';
import { type Problem, problems } from './problem.ts';
import type { Wanted } from './repos-file.ts';
import { openState, type State, type Written } from './state.ts';

/** `kept`: the repository could not be read now, and what an earlier collect brought stays. */
export type CollectStatus = 'collected' | 'kept' | 'missing' | 'failed';

/** The result for one student. */
export interface Collected extends Wanted {
  readonly status: CollectStatus;
  readonly commit?: string;
  /** `commit`: the committer's claim. `first-seen`: an earlier collect after the deadline did not find the commit. */
  readonly time?: { readonly ms: number; readonly source: 'commit' | 'first-seen' };
  /** The name of the folder with the submission. */
  readonly folder?: string;
  /** What the teacher should know. */
  readonly remarks: readonly Text[];
}

export interface CollectOptions {
  readonly wanted: readonly Wanted[];
  /** Absolute. */
  readonly out: string;
  readonly jobs: number;
  /** For times in texts. */
  readonly zone: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Pick<Clock, 'after' | 'time'>;
  readonly signal: AbortSignal;
  readonly limits?: CollectLimits;
  onStart?(student: string): void;
  onEnd?(result: Collected): void;
}

/** What the work on one student shares with the others. */
interface Work extends Omit<CollectOptions, 'wanted' | 'jobs'> {
  readonly state: State;
  /** The hidden folder in the output folder. */
  readonly hidden: string;
  readonly run: GitRun;
}

/**
 * Collects the repositories of a class into the output folder, in the order of the list; each repository is read once. Removes and replaces only what it
 * wrote. Throws LabError E_STATE if git is absent, or another process uses the folder; the signal's reason on abort: the next call continues.
 */
export async function collectClass(options: CollectOptions): Promise<readonly Collected[]> {
  const { wanted, out, jobs, env, signal } = options;
  await onPath(out, () => mkdir(join(out, collectedFolder), { recursive: true }));
  const hidden = await realpath(join(out, collectedFolder));
  await using _lock = (await tryLock(join(hidden, 'lock'))) ?? inUse(out);
  await removeFolder(join(hidden, 'work'));
  const run: GitRun = { env, signal, cwd: hidden };
  if ((await runGit(gitLine(['--version']), run)).exitCode !== 0) throw noGit();
  const work: Work = { ...options, state: await openState(hidden), hidden, run };
  const byRepository = new Map<string, Wanted[]>();
  for (const one of wanted) byRepository.set(one.repository.key, [...(byRepository.get(one.repository.key) ?? []), one]);
  const results = new Map<string, Collected>();
  const tasks = [...byRepository.values()].map((group) => async () => {
    for (const one of await collectGroup(group, work)) results.set(one.student, one);
    return undefined;
  });
  await runTasks(tasks, { jobs, signal });
  await removeFolder(join(hidden, 'work'));
  return wanted.flatMap(({ student }) => results.get(student) ?? []);
}

/** The students of one repository, one after the other: they share its mirror. */
async function collectGroup(group: readonly Wanted[], work: Work): Promise<Collected[]> {
  const seen = new Map<string | undefined, Tip | Problem>();
  const results: Collected[] = [];
  for (const one of group) {
    work.signal.throwIfAborted();
    work.onStart?.(one.student);
    const known = seen.get(one.branch) ?? (await look(one, work));
    seen.set(one.branch, known);
    const result = await collectOne(one, known, work);
    work.onEnd?.(result);
    results.push(result);
  }
  return results;
}

const mirrorOf = ({ repository }: Wanted, { hidden }: Work): string => join(hidden, 'repositories', `${repository.key}.git`);

/** Reads the branch, and records what was seen. */
async function look(one: Wanted, work: Work): Promise<Tip | Problem> {
  const { hidden, env, clock, signal, limits = collectLimits, state } = work;
  const own = join(hidden, 'work', `read-${one.repository.key}`);
  await mkdir(own, { recursive: true });
  const found = await updateMirror(mirrorOf(one, work), one.repository, one.branch, { env, clock, signal, limits, work: own });
  await removeFolder(own);
  const seen = 'kind' in found ? found.seen : found;
  if (seen) await state.saw(one.repository.key, { branch: seen.branch, tip: seen.tip }, Date.parse(clock.time()));
  return found;
}

async function collectOne(one: Wanted, found: Tip | Problem, work: Work): Promise<Collected> {
  const { state, run, zone } = work;
  const looks = state.looks(one.repository.key).filter(({ tip }) => tip !== '');
  const last = looks.findLast(({ branch }) => one.branch === undefined || branch === one.branch);
  const problem = 'kind' in found ? found : undefined;
  const at: Tip | undefined = problem ? last : (found as Tip);
  if (!at) return without(one, problem ?? problems.empty, work);
  const mirror = mirrorOf(one, work);
  const commit = await newestCommit(mirror, at.tip, run, one.dueMs);
  if (!commit) {
    const newest = await newestCommit(mirror, at.tip, run);
    const none = problems.noneBefore(localTime(one.dueMs, zone), localTime(newest?.ms ?? 0, zone));
    return without(one, problem ?? none, work);
  }
  const placed = await place(one, commit, at.branch, work);
  if ('kind' in placed) return without(one, placed, work);
  const evidence = await evidenceOf(one, commit, at, work);
  return {
    ...one,
    status: problem ? 'kept' : 'collected',
    commit: commit.id,
    time: evidence.time,
    folder: placed.folder,
    remarks: [...(problem ? [stays(problem.text)] : []), ...(placed.isChanged ? [changed] : []), ...evidence.remarks],
  };
}

const changed = text(
  'its folder was changed after it was collected: it is left as it is',
  '收集之後，資料夾內容有變更：不會更動',
);
const stays = (why: Text): Text =>
  text(`${why.en}; the commit that was collected before stays`, `${why['zh-TW']}；保留先前收集的 commit`);

/** No submission: what was written for an earlier deadline or address is removed, unless it was changed. */
async function without(one: Wanted, { kind, text: why }: Problem, work: Work): Promise<Collected> {
  const before = work.state.written(one.student);
  if (before && kind === 'missing' && (await isOurs(before, work))) {
    await removeFolder(join(work.out, before.folder));
    await work.state.wrote(one.student, undefined);
  }
  return { ...one, status: kind, remarks: [why] };
}

/** Whether a folder is as it was written. */
async function isOurs({ folder, hash, before }: Written, { out }: Work): Promise<boolean> {
  const now = await folderHash(join(out, folder));
  return now !== undefined && (now === hash || now === before);
}

/** Writes a student's folder, unless it is there already. */
async function place(
  one: Wanted,
  commit: Commit,
  branch: string,
  work: Work,
): Promise<{ readonly folder: string; readonly isChanged?: boolean } | Problem> {
  const { out, hidden, state, run, clock } = work;
  const before = state.written(one.student);
  const now = before && (await folderHash(join(out, before.folder)));
  if (before && before.commit === commit.id && before.repository === one.repository.key) {
    if (now === before.hash) return before;
    const isThere = await exists(join(out, before.folder));
    // after a crash it has what was there before
    if (isThere && (now === undefined || now !== before.before)) return { folder: before.folder, isChanged: true };
  }
  const own = join(hidden, 'work', createHash('sha256').update(one.student).digest('hex').slice(0, 24));
  await removeFolder(own);
  await mkdir(own, { recursive: true });
  const { dir, ending } = await filesOf(mirrorOf(one, work), commit.id, own, run);
  const folder = `${one.student}${ending}`;
  const hash = (await folderHash(dir)) ?? '';
  // also what a crash left: the folder was written, the state not yet
  const mayReplace = async (name: string): Promise<boolean> => {
    if (!(await exists(join(out, name)))) return true;
    return before?.folder === name && now !== undefined && (now === before.hash || now === before.before);
  };
  if (!(await mayReplace(folder))) return problems.notOurs(join(out, folder));
  const earlier = before?.earlier ?? [];
  const isNew = !earlier.some((each) => each.commit === commit.id && each.branch === branch);
  const entry = { commit: commit.id, repository: one.repository.key, branch, ms: Date.parse(clock.time()) };
  const record: Written = {
    folder,
    repository: one.repository.key,
    branch,
    commit: commit.id,
    hash,
    ...(before?.folder === folder && now !== undefined ? { before: now } : {}),
    earlier: isNew ? [...earlier, entry] : earlier,
  };
  if (before && before.folder !== folder && (await isOurs(before, work))) await removeFolder(join(out, before.folder));
  await state.wrote(one.student, record);
  await replaceFolder(dir, join(out, folder), join(own, 'old'));
  return record;
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** What earlier collects show about the commit: when it was there, and what is no longer there. */
async function evidenceOf(
  one: Wanted,
  commit: Commit,
  { branch, tip }: Tip,
  work: Work,
): Promise<{ readonly time: NonNullable<Collected['time']>; readonly remarks: readonly Text[] }> {
  const { state, run, zone } = work;
  const mirror = mirrorOf(one, work);
  // without any branch, an empty repository names none
  const looks = state.looks(one.repository.key).filter((each) => each.branch === branch || each.branch === '');
  const judged = await Promise.all(
    looks.map(async (each) => ({ ...each, contains: await containsCommit(mirror, each.tip, commit.id, run) })),
  );
  const late = firstSeenAfter(judged, one.dueMs);
  const remarks: Text[] = [];
  if (late)
    remarks.push(
      text(
        `dated ${localTime(commit.ms, zone)}, before the deadline, but first seen after it: not there at ${localTime(late.absentMs, zone)}, there at ${localTime(late.seenMs, zone)}`,
        `標示的時間 ${localTime(commit.ms, zone)} 在截止之前，但截止之後才第一次看到：${localTime(late.absentMs, zone)} 還沒有，${localTime(late.seenMs, zone)} 才有`,
      ),
    );
  for (const each of state.written(one.student)?.earlier ?? []) {
    const isHere = each.repository === one.repository.key && each.branch === branch;
    if (!isHere || (await containsCommit(mirror, tip, each.commit, run))) continue;
    remarks.push(
      text(
        `history was rewritten: ${each.commit.slice(0, 10)}, collected at ${localTime(each.ms, zone)}, is no longer in ${branch}`,
        `歷史被改寫：${localTime(each.ms, zone)} 收集的 ${each.commit.slice(0, 10)} 已經不在 ${branch} 裡`,
      ),
    );
  }
  const time = late ? { ms: late.seenMs, source: 'first-seen' as const } : { ms: commit.ms, source: 'commit' as const };
  return { time, remarks };
}

const noGit = (): LabError =>
  new LabError(
    'E_STATE',
    text('git does not run on this machine', '這台機器無法執行 git'),
    text('install git 2.31 or later', '請安裝 git 2.31 以上的版本'),
  );

function inUse(out: string): never {
  throw new LabError(
    'E_STATE',
    text(`another lab collect uses ${out}`, `另一個 lab collect 正在使用 ${out}`),
    text('wait until it has ended, or name another folder with --out', '請等它結束，或用 --out 指定別的資料夾'),
  );
}
