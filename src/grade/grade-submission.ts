import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ApiError, asLabError } from '../docker/api/api-error.ts';
import { removeDisk } from '../docker/embedded/disks.ts';
import type { GradingDisk } from '../docker/embedded/grading-engine.ts';
import type { Engine } from '../docker/engine.ts';
import { LabError } from '../lab/error.ts';
import type { ServiceNames, StackSpec } from '../lab/stack.ts';
import { type Text, text } from '../lab/text.ts';
import type { Lab } from '../lab/tutorial.ts';
import { anySignal } from '../platform/any-signal.ts';
import { root } from '../platform/package-root.ts';
import { removeFolder } from '../platform/remove-folder.ts';
import type { Homes } from '../platform/state-dirs.ts';
import { isSystemError } from '../platform/system-error.ts';
import type { Clock } from '../run/clock.ts';
import { projectPrefix, removeEntry, runDir, tryRunLock, writeEntry } from '../run/journal.ts';
import { quietMs, removeRun } from '../run/teardown.ts';
import type { BuildNetwork } from './build-network/build-network.ts';
import { ContentionError, LimitExceededError, Together } from './errors.ts';
import { withoutMachinePaths } from './machine-paths.ts';
import { performSteps } from './perform-steps.ts';
import { judgePolicy } from './policy/policy.ts';
import type { NormalStack } from './policy/sanitized-stack.ts';
import { assignRoles } from './roles/assign-roles.ts';
import type { Rubric } from './rubric/rubric.ts';
import { watchDiskQuota } from './sandbox/disk-quota.ts';
import { removeStale } from './sandbox/remove-stale.ts';
import { openSandbox } from './sandbox/sandbox-stack.ts';
import { inOrder } from './sandbox/start-order.ts';
import { giveAway, makeSources, moveTo } from './sandbox/submission-files.ts';
import { traced } from './sandbox/tracing.ts';
import { type StepDone, score } from './scoring/score.ts';
import { intakeLimits, unpack } from './submissions/unpack.ts';
import type { Grade, Remark } from './types.ts';

/** The options for grading every submission of a class. */
export interface SubmissionOptions {
  readonly engine: Engine;
  readonly homes: Homes;
  readonly lab: Lab;
  /** The lab's stack, with the rubric's service names. */
  readonly spec: StackSpec;
  readonly rubric: Rubric;
  /** An image with curl and dig. */
  readonly proberImage: string;
  readonly buildNetwork: BuildNetwork;
  /** The user ID on this machine of a container's root; left out: root. */
  readonly rootId?: number;
  /** The engine's own disk; left out: submissions are on this machine's disk. */
  readonly disk?: GradingDisk;
  /** The version of the grader: another version grades again. */
  readonly version: string;
  readonly clock: Clock;
  nonce(): string;
  /** Returns a new ID for each submission. */
  runId(): string;
}

/** A submission that was read. `key` identifies everything that its grade depends on. */
interface Read {
  readonly hash: string;
  readonly key: string;
  readonly grade: Grade;
  /** Needs review because of what the grader lacks: another try would have the same result. */
  readonly final: boolean;
}

/** What is graded at the same time (by default nothing), and what the teacher defined for this submission. */
export interface SharedClass {
  /** The services of roles that cannot be determined, by role. */
  readonly roles?: ServiceNames;
  /** Nothing else is graded at the same time. */
  readonly alone?: boolean;
  readonly together?: Together;
}

/**
 * Reads a submission, and grades it unless `known` already has the grade for its key. In any case, removes all of its files and
 * objects from the disk and the engine. Throws ContentionError if the engine's shared limits were reached and the submission was
 * not `alone`, LabError if the engine or this machine fails, and the signal's reason on abort.
 */
export async function gradeOne(
  path: string | Buffer,
  options: SubmissionOptions,
  signal: AbortSignal,
  known: (key: string, grade: () => Promise<Grade>) => Promise<Grade>,
  { alone = false, together = new Together(), roles: answers = {} }: SharedClass = {},
): Promise<Read> {
  const { engine, homes, clock, rubric } = options;
  const runId = options.runId();
  const dir = runDir(homes, runId);
  const on = options.disk;
  const disk = on ? join(on.submissions, runId) : undefined;
  const files = join(dir, 'files');
  const places = (submission: string) => ({
    files: [files, ...(disk ? [join(disk, 'files')] : [])].flatMap((at) => [join(at, relative(files, submission)), at]),
    project: projectOf(runId, options),
    machine: [dir, ...(disk ? [disk] : []), ...foldersOf(homes)],
  });
  const lock = await tryRunLock(homes, runId);
  if (!lock) throw new Error(`the run ${runId} is under way already`);
  let clean = false;
  let stopped = false;
  let final = false;
  try {
    const { endpoint } = engine.api;
    await writeEntry(homes, { id: runId, startedAt: clock.time(), endpoint, dir, ...(disk ? { disk } : {}), of: 'grade' });
    await mkdir(dir, { recursive: true, mode: 0o711 });
    const read = await traced('reading', () => unpack(path, files, intakeLimits, signal, options.spec.dir));
    const key = keyOf(read.hash, options, answers);
    if (!read.ok) {
      clean = true;
      return {
        hash: read.hash,
        key,
        grade: withoutMachinePaths(refused(rubric, read.refusals), places(join(files, '0'))),
        final,
      };
    }
    const grade = await known(key, async () => {
      const startedMs = clock.now();
      const judged = await traced('policy', () => judgePolicy(read.dir, read.composeFile, rubric));
      if (!judged.ok) return withoutMachinePaths(refused(rubric, judged.refusals), places(read.dir));
      const roles = assignRoles(options.spec, judged.stack, read.dir, answers);
      if (!roles.ok) {
        final = true;
        return { ...blank(rubric), status: 'review', review: roles.question };
      }
      const own = { ...options, spec: roles.spec, rubric: { ...rubric, services: roles.names } };
      const ordered = inOrder(judged.stack, roles.names, options.spec.proxy);
      const notes = [...read.notes, ...roles.notes, ...judged.notes, ...ordered.notes];
      // only now: a submission that waits, is refused or is already known reserves no space
      const at = on && disk ? await traced('disk', () => moveTo(disk, files, rubric, on)) : files;
      const where = { runId, dir, files: at, stackDir: join(at, relative(files, read.dir)) };
      const made = await work(own, where, ordered.stack, notes, signal, { alone, together });
      // a command was stopped: the engine may still be executing its request
      stopped = made.stopped;
      final = made.limited;
      return withoutMachinePaths({ ...made.grade, durationMs: Math.round(clock.now() - startedMs) }, places(read.dir));
    });
    clean = !stopped;
    return { hash: read.hash, key, grade, final };
  } catch (error) {
    if (error instanceof ContentionError && error.disk) together.ranFull();
    throw isFull(error) && !alone ? new ContentionError() : unanswered(error);
  } finally {
    try {
      await traced('removal', async () => {
        await removeRun(engine.api, runId, clock, clean ? 0 : quietMs);
        if (disk) await removeDisk(disk);
        await removeFolder(dir);
        await removeEntry(homes, runId);
        if (options.rootId !== undefined) await removeStale(engine.api, homes);
      });
    } finally {
      await lock.release();
    }
  }
}

/** The engine's disk has no space; there may be some if fewer submissions are graded at a time. */
const isFull = (error: unknown): boolean => error instanceof LabError && error.code === 'E_DISK_FULL';

/**
 * A single unanswered request does not stop the class: if the engine is lost, the removal that follows also fails and reports it.
 */
const unanswered = (error: unknown): unknown =>
  error instanceof LabError && error.code === 'E_ENGINE_LOST'
    ? new LabError('E_ENGINE_API', error.text, error.hint, { cause: error })
    : error;

interface Where {
  readonly runId: string;
  readonly dir: string;
  readonly files: string;
  readonly stackDir: string;
}

async function work(
  options: SubmissionOptions,
  { runId, dir, files, stackDir }: Where,
  normal: NormalStack,
  notes: readonly Remark[],
  signal: AbortSignal,
  { alone, together }: Required<Omit<SharedClass, 'roles'>>,
): Promise<{ grade: Grade; stopped: boolean; limited: boolean }> {
  const { engine, rubric, lab, clock, rootId } = options;
  const copy = join(dirname(files), 'copy');
  await makeSources(stackDir, normal, copy);
  if (rootId !== undefined) for (const one of [files, copy]) if (existsSync(one)) await giveAway(one, rootId);
  const project = projectOf(runId, options);
  using builds = options.buildNetwork.openBuilds();
  await using place = await openSandbox({
    ...options,
    builds,
    limits: rubric.limits,
    runId,
    project,
    normal,
    runDir: dir,
    dir: stackDir,
    copy,
  });
  const own = new AbortController();
  const limits = { diskMb: rubric.limits.diskMb, ...(builds.mode === 'none' ? {} : { imageMb: installedMb }) };
  const watching = { ...options, ...limits, api: engine.api, runId, dir: dirname(files), alone, together };
  const watch = watchDiskQuota(watching, (reason) => own.abort(reason));
  try {
    const steps = await performSteps({ lab, place, clock, rubric, alone, signal: anySignal(signal, own.signal) });
    const reason = await watch.lookLast();
    if (reason instanceof LimitExceededError) steps.push(stoppedAt(steps.pop(), reason));
    else if (reason) throw reason;
    const [stopped, limited] = [steps.some((one) => one.stopped), steps.some((one) => one.limited)];
    return { grade: score(rubric, lab, steps, notes), stopped, limited };
  } finally {
    await watch.end();
  }
}

/** What a submission's images may add if its builds can install packages: a compiler has some 300 MB. */
const installedMb = 1000;

const projectOf = (runId: string, { lab }: SubmissionOptions): string => `${projectPrefix(runId)}${lab.stack}`;

/** The folders of labwright itself, which messages of the system and of internal errors may contain. */
const foldersOf = ({ state, cache }: Homes): string[] => [state, cache, root];

/** Replaces the last performed step by one that the submission stopped: it had written too much by then. */
function stoppedAt(last: StepDone | undefined, reason: LimitExceededError): StepDone {
  if (!last) throw new Error('no step was performed');
  return last.stopped ? last : { step: last.step, results: [], stopped: { text: reason.text } };
}

/** Identifies everything that a grade depends on; the rubric's hash includes the hosts that builds may reach. */
export const keyOf = (
  hash: string,
  { rubric, version, buildNetwork }: { rubric: Pick<Rubric, 'hash'>; version: string; buildNetwork: Pick<BuildNetwork, 'mode'> },
  answers: ServiceNames,
): string =>
  createHash('sha256')
    .update([hash, rubric.hash, version, buildNetwork.mode, ...Object.entries(answers).flat()].join('\n'))
    .digest('hex');

const blank = (rubric: Rubric) => ({
  points: null,
  max: rubric.max,
  checks: [],
  deductions: [],
  notes: [],
  refusals: [],
  durationMs: 0,
});

const refused = (rubric: Rubric, refusals: readonly Remark[]): Grade => ({ ...blank(rubric), status: 'refused', refusals });

/** The grade of a student who handed in nothing. It is not zero: the teacher decides the points. */
export const notHandedIn = (rubric: Rubric): Grade => ({ ...blank(rubric), status: 'missing' });

/** The grade after a failure of labwright (including bugs) or the engine: needs review. */
export const unjudged = ({ rubric, homes }: Pick<SubmissionOptions, 'rubric' | 'homes'>, error: unknown): Grade => ({
  ...blank(rubric),
  status: 'review',
  review: withoutMachinePaths(reasonOf(error), { files: [], machine: foldersOf(homes) }),
});

function reasonOf(error: unknown): Text {
  const known = error instanceof LabError || error instanceof ApiError || isSystemError(error) ? asLabError(error) : undefined;
  if (known) return text(`${known.code}: ${known.text.en}`, `${known.code}：${known.text['zh-TW']}`);
  const where = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const first = where.split('\n', 2).join(' ');
  return text(`internal error in labwright: ${first}`, `labwright 內部錯誤：${first}`);
}
