import type { Engine } from '../docker/engine.ts';
import type { RegistryLook } from '../docker/images/registry-look.ts';
import type { Text } from '../lab/text.ts';
import { version } from '../platform/package-root.ts';
import type { BuildMode } from './build-network/build-network.ts';
import type { ClassExam } from './exam/class-exam.ts';
import { gradeExams } from './exam/grade-exam.ts';
import { type ClassEntry, type ClassProgress, type Elsewhere, gradeClass } from './grade-class.ts';
import type { Journal } from './journal.ts';
import type { ClassToGrade } from './load-class.ts';
import { reportedPath } from './machine-paths.ts';
import { type OpenClassOptions, type OpenedClass, openClass } from './open-class.ts';
import { withRequests } from './requests/requests.ts';
import { applyOverrides } from './scoring/overrides.ts';
import { finalEntries } from './term/final-entries.ts';
import type { Entry, Gradebook } from './types.ts';
import { notHandedIn } from './ungraded.ts';

export interface GradingOptions extends OpenClassOptions {
  /** Left out: as many as the engine has room for. */
  readonly jobs?: number;
  /** Grades on other machines, with the class's engine only to identify images; left out: on this one. */
  elsewhere?(opened: OpenedClass): Promise<Elsewhere>;
  /** The grades that students saw last: what their requests are about. */
  readonly before?: Gradebook;
  /** Called when the engine is ready and grading starts. */
  onStart(start: GradingStart): void;
  onProgress(progress: ClassProgress): void;
}

export interface GradingStart {
  readonly submissions: number;
  /** Submissions are exams. */
  readonly exam?: ClassExam;
  /** Left out: on other machines. */
  readonly jobs?: number;
  readonly engine: Engine;
  /** Whether a registry answers; left out: the rubric names each image. */
  readonly look?: RegistryLook;
  /** How the sandbox is weaker than the grading engine's; empty for that engine. */
  readonly weaker: readonly Text[];
  /** What builds reach, and whether the teacher chose it. */
  readonly builds: { readonly mode: BuildMode; readonly chosen: boolean; readonly hosts: readonly string[] };
  /** Audits are skipped. */
  readonly trust: boolean;
  /** Audits that the rubric does not list. */
  readonly unlisted: readonly string[];
}

/**
 * Grades a class with its journal open and returns the gradebook. Writes only the journal. Throws what `gradeClass` and `openClass` throw.
 */
export async function runGrading(graded: ClassToGrade, journal: Journal, options: GradingOptions): Promise<Gradebook> {
  const { tutorial, rubric, exam, submissions, roles } = graded;
  const { clock, signal, onProgress } = options;
  const [startedAt, startedMs] = [clock.time(), clock.now()];
  await using opened = await openClass(graded, options);
  const { engine, weaker, grading, controls, look } = opened;
  await using elsewhere = await options.elsewhere?.(opened);
  // grades that nobody here can confirm any more
  await journal.withdraw((by) => (elsewhere ? by === undefined : by !== undefined));
  const jobs = elsewhere?.atOnce ?? options.jobs ?? opened.jobs;
  options.onStart({
    submissions: submissions.found.length,
    ...(exam ? { exam } : {}),
    ...(elsewhere ? {} : { jobs }),
    engine,
    weaker,
    builds: { mode: grading.buildNetwork.mode, chosen: options.buildNetwork !== undefined, hosts: rubric.packages },
    trust: options.trust ?? false,
    unlisted: rubric.unlisted,
    ...(look ? { look } : {}),
  });
  const whole = {
    ...{ ...grading, found: submissions.found, roles, controls, jobs, journal, signal, onProgress },
    ...(elsewhere ? { elsewhere } : {}),
    ...(graded.hidden ? { hide: graded.hidden.hide } : {}),
  };
  const entries = exam ? await gradeExams(whole, exam) : await gradeClass(whole);
  const all = withRequests(withOverrides(graded, entries), graded.requests, options.before);
  return {
    tool: 'labwright',
    version,
    tutorial: tutorial.id,
    title: exam?.title ?? graded.lab.title,
    rubric: { path: reportedPath(graded.rubricPath), hash: rubric.hash, max: rubric.max },
    engine: `Docker ${engine.version} · Compose ${engine.compose.version}`,
    weaker,
    builds: grading.buildNetwork.mode,
    ...(options.trust ? { trust: true } : {}),
    startedAt,
    durationMs: Math.round(clock.now() - startedMs),
    ...(graded.hidden ? { pseudonyms: graded.hidden.fingerprint } : {}),
    entries: graded.hidden?.hide(all) ?? all,
    leftOut: submissions.leftOut,
  };
}

/** All students of the class, including those without a submission, with what lateness costs and the teacher's overrides. */
function withOverrides({ submissions, overrides, rubric, term }: ClassToGrade, entries: readonly ClassEntry[]): Entry[] {
  const none = submissions.missing.map((student) => ({ student, source: '', hash: '', grade: notHandedIn(rubric) }));
  return finalEntries([...entries, ...none], term, overrides, applyOverrides).map((entry) => ({
    ...entry,
    source: reportedPath(entry.source),
    ...(entry.attempts ? { attempts: entry.attempts.map((one) => ({ ...one, source: reportedPath(one.source) })) } : {}),
  }));
}
