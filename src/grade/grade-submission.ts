import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { removeDisk } from '../docker/embedded/disks.ts';
import type { GradingDisk } from '../docker/embedded/grading-engine.ts';
import type { Engine } from '../docker/engine.ts';
import { LabError } from '../lab/error.ts';
import type { ServiceNames, StackSpec } from '../lab/stack.ts';
import type { Lab } from '../lab/tutorial.ts';
import { anySignal } from '../platform/any-signal.ts';
import { removeFolder } from '../platform/remove-folder.ts';
import type { Homes } from '../platform/state-dirs.ts';
import type { Clock } from '../run/clock.ts';
import { projectPrefix, removeEntry, runDir, tryRunLock, writeEntry } from '../run/journal.ts';
import { quietMs, removeRun } from '../run/teardown.ts';
import type { BuildNetwork } from './build-network/build-network.ts';
import { ContentionError, LimitExceededError, Together } from './errors.ts';
import { fixedPorts } from './fixed-ports.ts';
import { type ClassImages, judgeSubmission } from './judge-submission.ts';
import { withoutMachinePaths } from './machine-paths.ts';
import { performSteps } from './perform-steps.ts';
import type { NormalStack } from './policy/sanitized-stack.ts';
import { assignRoles } from './roles/assign-roles.ts';
import { prescribedNotes } from './roles/prescribed.ts';
import type { Rubric } from './rubric/rubric.ts';
import { watchDiskQuota } from './sandbox/disk-quota.ts';
import { removeStale } from './sandbox/remove-stale.ts';
import { openSandbox } from './sandbox/sandbox-stack.ts';
import { inOrder } from './sandbox/start-order.ts';
import { giveAway, makeSources, moveTo } from './sandbox/submission-files.ts';
import { traced } from './sandbox/tracing.ts';
import { type StepDone, score } from './scoring/score.ts';
import { type FindProject, intakeLimits, unpack } from './submissions/unpack.ts';
import { type Evidence, gatherEvidence } from './substitution/evidence.ts';
import { type FaultPlaces, faultPlaces } from './substitution/fault-places.ts';
import { type FindingCause, findCause } from './substitution/find-cause.ts';
import { readHandedIn } from './substitution/handed-in.ts';
import type { Reference } from './substitution/replace.ts';
import { appPortOf, type Substitution, substitute } from './substitution/substitute.ts';
import { type EndOfFailing, FailureWatch } from './substitution/watch-failure.ts';
import { workingAfter } from './substitution/working.ts';
import type { Grade, Remark } from './types.ts';
import { blank, foldersOf, gradeUnread, refused } from './ungraded.ts';

/** The options for grading every submission of a class. */
export interface SubmissionOptions {
  readonly engine: Engine;
  readonly homes: Homes;
  readonly lab: Lab;
  /** The lab's stack, with the rubric's service names. */
  readonly spec: StackSpec;
  readonly rubric: Rubric;
  /** Provides the images that submissions name. */
  readonly images: ClassImages;
  /** An image with curl and dig. */
  readonly proberImage: string;
  readonly buildNetwork: BuildNetwork;
  /** Skips the audits. */
  readonly trust?: boolean;
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
  /** A run ends after the first step in which a check with points failed: the rest cannot change what the grade is used for. */
  readonly endsAtFailure?: boolean;
  /** How the project is found in a submission; left out: by its Compose file. */
  readonly project?: FindProject;
  /** Its parts replace those of a submission that does not work, to find the cause; left out: none is replaced. */
  readonly reference?: Reference;
}

/** A submission that was read. `key` identifies everything that its grade depends on. */
interface Read {
  readonly hash: string;
  readonly key: string;
  /** What identifies the images that run. */
  readonly images: readonly string[];
  readonly grade: Grade;
  /** Needs review because of what the grader lacks, or because the stack stopped: another try would have the same result. */
  readonly final: boolean;
  /** The rubric's foundation holds, and requests get through. */
  readonly works: boolean;
}

/** What is graded at the same time (by default nothing), and what the teacher defined for this submission. */
export interface SharedClass {
  /** The services of roles that cannot be determined, by role. */
  readonly roles?: ServiceNames;
  /** Nothing else is graded at the same time. */
  readonly alone?: boolean;
  readonly together?: Together;
  /** A further run of the submission: with a part replaced, or to its end although nothing works. */
  readonly further?: Substitution | 'whole';
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
  { alone = false, together = new Together(), roles: answers = {}, further }: SharedClass = {},
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
  let works = false;
  try {
    const { endpoint } = engine.api;
    await writeEntry(homes, { id: runId, startedAt: clock.time(), endpoint, dir, ...(disk ? { disk } : {}), of: 'grade' });
    await mkdir(dir, { recursive: true, mode: 0o711 });
    const read = await traced('reading', () => unpack(path, files, intakeLimits, signal, options.project ?? options.spec.dir));
    if (!read.ok) {
      clean = true;
      return {
        hash: read.hash,
        key: keyOf(read.hash, [], options, answers),
        images: [],
        grade: withoutMachinePaths(gradeUnread(rubric, read.refusals), places(join(files, '0'))),
        final,
        works,
      };
    }
    // its images are provided outside its time
    const judged = await traced('policy', () => judgeSubmission(read.dir, read.composeFile, rubric, options.images));
    const key = keyOf(read.hash, judged.images, options, answers);
    const grade = await known(key, async () => {
      const startedMs = clock.now();
      if ('review' in judged) {
        final = true;
        return withoutMachinePaths({ ...blank(rubric), status: 'review', review: judged.review }, places(read.dir));
      }
      if (!judged.ok) return withoutMachinePaths(refused(rubric, judged.refusals), places(read.dir));
      const roles = assignRoles(options.spec, judged.stack, read.dir, answers);
      if (!roles.ok) {
        final = true;
        return { ...blank(rubric), status: 'review', review: roles.question };
      }
      const { confs, ...handedIn } = readHandedIn(read.dir, read.composeFile, judged.stack, roles.spec);
      const project = { stack: judged.stack, names: roles.names, spec: roles.spec, confs };
      const put = typeof further === 'object' ? await substitute(project, further, read.dir) : project;
      const own = { ...options, spec: put.spec, rubric: { ...rubric, services: roles.names } };
      const ordered = inOrder(put.stack, roles.names, options.spec.proxy);
      const fixed = fixedPorts(judged.stack, options.spec.published && roles.names[options.spec.published.role]);
      const prescribed = prescribedNotes(rubric.prescribed, project);
      const notes = [...read.notes, ...prescribed, ...roles.notes, ...judged.notes, ...ordered.notes, ...fixed];
      // only now: a submission that waits, is refused or is already known reserves no space
      const at = on && disk ? await traced('disk', () => moveTo(disk, files, rubric, on)) : files;
      const where = { runId, dir, files: at, stackDir: join(at, relative(files, read.dir)) };
      const searches = options.reference && Object.keys(rubric.parts).length > 0;
      const found = further === undefined && searches ? 'seen' : 'never';
      const end = typeof further === 'object' ? 'at-once' : options.endsAtFailure ? 'at-first-failure' : found;
      const placesOf = faultPlaces(project, handedIn);
      const made = await work(own, where, ordered.stack, notes, signal, { alone, together, end, placesOf });
      // a command was stopped: the engine may still be executing its request
      stopped = made.stopped;
      final = made.final;
      works = made.works;
      const first = { ...made.grade, durationMs: Math.round(clock.now() - startedMs) };
      const { evidence } = made;
      const { reference } = options;
      if (!evidence || !reference) return withoutMachinePaths(first, places(read.dir));
      // its containers would use the memory of the next run
      await removeRun(engine.api, runId, clock, stopped ? quietMs : 0);
      stopped = false;
      const finding = { project, handedIn, evidence, reference, prices: rubric.parts };
      const whole = await withCause(path, options, signal, { first, finding, shared: { alone, together } });
      final = whole.final;
      const durationMs = Math.round(clock.now() - startedMs);
      return withoutMachinePaths({ ...whole.grade, durationMs }, places(read.dir));
    });
    clean = !stopped;
    return { hash: read.hash, key, images: judged.images, grade, final, works };
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

/**
 * Runs a submission again that does not work: with single parts replaced, to find the cause, and if none is found, to its end. All runs with a part
 * replaced have the submission's time limit together.
 */
async function withCause(
  path: string | Buffer,
  options: SubmissionOptions,
  signal: AbortSignal,
  search: { readonly first: Grade; readonly finding: Omit<FindingCause, 'run'>; readonly shared: SharedClass },
): Promise<Pick<Read, 'grade' | 'final'>> {
  const { clock, rubric } = options;
  const { project, evidence, reference } = search.finding;
  const startedMs = clock.now();
  const appPort = appPortOf(evidence, project.spec);
  const port = appPort === undefined ? {} : { appPort };
  const again = (totalSeconds: number, further: SharedClass['further'] & {}) =>
    gradeOne(
      path,
      { ...options, rubric: { ...rubric, limits: { ...rubric.limits, totalSeconds } } },
      signal,
      (_, grade) => grade(),
      { ...search.shared, roles: project.names, further },
    );
  const grade = await findCause(search.first, {
    ...search.finding,
    project: { ...project, ...port },
    run: async (part) => {
      const leftSeconds = Math.floor(rubric.limits.totalSeconds - (clock.now() - startedMs) / 1000);
      return leftSeconds < leastSeconds ? undefined : again(leftSeconds, { part, reference, ...port });
    },
  });
  return grade ? { grade, final: false } : again(rubric.limits.totalSeconds, 'whole');
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

/** A run with a replaced part needs at least this time. */
const leastSeconds = 20;

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
  { alone, together, end, placesOf }: { alone: boolean; together: Together; end: EndOfFailing; placesOf: FaultPlaces },
): Promise<{ grade: Grade; stopped: boolean; final: boolean; works: boolean; evidence?: Evidence }> {
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
  using ends = anySignal(signal, own.signal);
  const limits = { diskMb: rubric.limits.diskMb, ...(builds.mode === 'none' ? {} : { imageMb: installedMb }) };
  const watching = { ...options, ...limits, api: engine.api, runId, dir: dirname(files), alone, together };
  const watch = watchDiskQuota(watching, (reason) => own.abort(reason));
  const failure = new FailureWatch({
    ...{ rubric, lab, end },
    look: (last) => traced('evidence', () => gatherEvidence(place.look(), options.spec, last?.stopped && place.failedBuild())),
  });
  try {
    const given = {
      lab,
      place,
      clock,
      rubric,
      alone,
      trust: options.trust ?? false,
      signal: ends,
      after: failure.after,
    };
    const steps = await performSteps(given);
    const reason = await watch.lookLast();
    if (reason instanceof LimitExceededError) steps.push(stoppedAt(steps.pop(), reason));
    else if (reason) throw reason;
    const [stopped, limited] = [steps.some((one) => one.stopped), steps.some((one) => one.limited)];
    const works = !stopped && workingAfter(rubric, lab, steps) === 'works';
    const ended = failure.ended(steps);
    const { evidence } = failure;
    // what is not shown is not decided yet
    const shown = score({ ...rubric, notShown: 0 }, lab, ended, notes, placesOf);
    const isSearched = evidence && shown.status === 'graded' && !(reason instanceof LimitExceededError);
    const grade = isSearched ? shown : score(rubric, lab, ended, notes, placesOf);
    const final = limited || (stopped && isJudged(grade));
    return { grade, stopped, final, works, ...(isSearched ? { evidence } : {}) };
  } finally {
    await watch.end();
  }
}

/** What a submission's images may add if its builds can install packages: a compiler has some 300 MB. */
const installedMb = 1000;

const projectOf = (runId: string, { lab }: SubmissionOptions): string => `${projectPrefix(runId)}${lab.stack}`;

/** Replaces the last performed step by one that the submission stopped: it had written too much by then. */
function stoppedAt(last: StepDone | undefined, reason: LimitExceededError): StepDone {
  if (!last) throw new Error('no step was performed');
  return last.stopped ? last : { step: last.step, results: [], stopped: { text: reason.text, exceeded: true } };
}

/** Identifies everything that a grade depends on; the rubric's hash includes the hosts that builds may reach. `images`: what really runs. */
export const keyOf = (
  hash: string,
  images: readonly string[],
  {
    rubric,
    version,
    buildNetwork,
    trust,
  }: Pick<SubmissionOptions, 'version' | 'trust'> & {
    rubric: Pick<Rubric, 'hash'>;
    buildNetwork: Pick<BuildNetwork, 'mode'>;
  },
  answers: ServiceNames,
): string =>
  createHash('sha256')
    .update(
      [
        hash,
        rubric.hash,
        version,
        buildNetwork.mode,
        ...(trust ? ['trust'] : []),
        ...images,
        ...Object.entries(answers).flat(),
      ].join('\n'),
    )
    .digest('hex');

/** Whether nothing of a grade failed on labwright's side. */
const isJudged = ({ checks }: Grade): boolean => checks.every(({ outcome }) => outcome !== 'errored');
