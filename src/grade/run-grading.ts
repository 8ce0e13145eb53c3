import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { countNetworksLeft } from '../docker/api/networks-left.ts';
import { freeIn } from '../docker/embedded/disks.ts';
import { openGrading } from '../docker/embedded/grading-engine.ts';
import type { Engine } from '../docker/engine.ts';
import type { RegistryLook } from '../docker/images/registry-look.ts';
import { requiredImages } from '../docker/images/required-images.ts';
import { LabError } from '../lab/error.ts';
import type { Exam } from '../lab/exam.ts';
import type { Fault } from '../lab/fault.ts';
import type { StackSpec } from '../lab/stack.ts';
import { type Text, text } from '../lab/text.ts';
import { filesOf, type Lab, type Tutorial } from '../lab/tutorial.ts';
import { unlessAborted } from '../platform/any-signal.ts';
import { numberedIds, randomId } from '../platform/ids.ts';
import { assets, version } from '../platform/package-root.ts';
import type { Homes } from '../platform/state-dirs.ts';
import { clean } from '../run/clean.ts';
import type { Clock } from '../run/clock.ts';
import type { BuildMode } from './build-network/build-network.ts';
import { chooseBuilds } from './build-network/open-build-network.ts';
import { jobsFor } from './concurrency.ts';
import { type ClassExam, examOf, loadClassExam, parseExam } from './exam/class-exam.ts';
import { gradeExams } from './exam/grade-exam.ts';
import { verdictRubric } from './exam/verdict.ts';
import { openFile } from './export/file-names.ts';
import { type ClassProgress, gradeClass } from './grade-class.ts';
import type { Journal } from './journal.ts';
import type { JournalRubric } from './journal-lines.ts';
import { reportedPath } from './machine-paths.ts';
import { mergeLabs } from './merge-labs.ts';
import { imagesRun, isReplaced } from './policy/images.ts';
import { type HiddenClass, hideClass } from './privacy/hide-class.ts';
import type { PseudonymKey } from './privacy/key-file.ts';
import { type Control, controlOf } from './reference-solution.ts';
import { withRequests } from './requests/requests.ts';
import { loadRequests, type WrittenRequest } from './requests/requests-file.ts';
import { type AssignedServices, loadRoles } from './roles/roles-file.ts';
import { isExamRubric } from './rubric/parse-rubric.ts';
import { loadRubric, type Rubric, readRubric, rubricOf, standardRubric, withNames } from './rubric/rubric.ts';
import { diskSizeFor } from './sandbox/submission-files.ts';
import { applyOverrides, assertUndecided, loadOverrides } from './scoring/overrides.ts';
import { findSubmissions } from './submissions/find-submissions.ts';
import { loadRoster } from './submissions/roster.ts';
import { loadReference } from './substitution/reference-stack.ts';
import type { Reference } from './substitution/replace.ts';
import type { Entry, Gradebook } from './types.ts';
import { notHandedIn } from './ungraded.ts';

/** A class's submissions, and what they are graded with. */
export interface ClassToGrade {
  readonly tutorial: Tutorial;
  readonly lab: Lab;
  readonly stack: StackSpec;
  readonly rubricPath: string;
  readonly rubric: Rubric;
  /** The rubric included with the tutorial. */
  readonly standard: Rubric;
  /** Submissions are exams of `lab break`. */
  readonly exam?: ClassExam;
  /** What grades in the journal must match. */
  readonly kept: JournalRubric;
  readonly submissions: Awaited<ReturnType<typeof findSubmissions>>;
  readonly overrides: Awaited<ReturnType<typeof loadOverrides>>;
  /** The lines of the teacher's requests.csv. */
  readonly requests: readonly WrittenRequest[];
  /** What the teacher's roles.csv assigns. */
  readonly roles: AssignedServices;
  /** The output folder, absolute. */
  readonly out: string;
  /** Students have pseudonyms: `submissions`, `overrides` and `roles` have them already. */
  readonly hidden?: HiddenClass;
}

export interface LoadClassOptions {
  readonly tutorial: Tutorial;
  /** Left out: the tutorial's rubric. */
  readonly rubric?: string;
  /** The submissions are this exam; left out: as the rubric says. */
  readonly exam?: Exam;
  /** The faults of the tutorial. */
  faults(): Promise<readonly Fault[]>;
  readonly roster?: string;
  readonly paths: readonly string[];
  readonly out: string;
  /** Students get pseudonyms of this key. */
  readonly key?: PseudonymKey;
  readonly signal: AbortSignal;
}

/**
 * Reads everything that grading a class requires, before an engine starts. Throws LabError for an invalid rubric, roster,
 * submission path, overrides.csv, requests.csv or roles.csv.
 */
export async function loadClass({ tutorial, paths, out, key, signal, ...files }: LoadClassOptions): Promise<ClassToGrade> {
  const { rubricPath, rubric, exam } = await loadRules({ tutorial, signal, ...files });
  const standard = await loadRubric(standardRubric(tutorial), tutorial, signal);
  const roster = files.roster ? await loadRoster(files.roster, signal) : undefined;
  const dirs = Object.values(tutorial.stacks).map(({ dir }) => dir);
  const found = await findSubmissions(paths, roster, dirs);
  const hidden = key && hideClass(found, key.secret);
  const submissions = hidden?.submissions ?? found;
  await assertUndecided(join(out, openFile), join(out, 'overrides.csv'));
  const overrides = await loadOverrides(join(out, 'overrides.csv'), rubric, hidden?.studentOf);
  const lab = exam?.parts[0]?.lab ?? mergeLabs(tutorial, rubric.labs);
  const stack = tutorial.stacks[lab.stack];
  if (!stack) throw new Error(`${lab.id} has no stack`);
  const all = exam ? exam.parts.map((part) => part.stack) : [stack];
  const allRoles = [...new Set(all.flatMap(({ services }) => Object.keys(services)))];
  const roles = await loadRoles(join(out, 'roles.csv'), allRoles, hidden?.studentOf);
  const requests = await loadRequests(join(out, 'requests.csv'), rubric, hidden?.studentOf);
  const read = { submissions, overrides, requests, roles, ...(hidden ? { hidden } : {}) };
  const whole = { tutorial, lab, stack, rubricPath, rubric, standard, out, ...read };
  return exam ? { ...whole, exam, kept: verdictRubric } : { ...whole, kept: rubric };
}

/** The rubric of a class, and its exam if it is one. */
async function loadRules({
  tutorial,
  signal,
  rubric: named,
  exam,
  faults,
}: Pick<LoadClassOptions, 'tutorial' | 'signal' | 'rubric' | 'exam' | 'faults'>): Promise<
  Pick<ClassToGrade, 'rubricPath' | 'rubric' | 'exam'>
> {
  const rubricPath = named ?? (exam ? `--exam ${exam.count} --seed ${exam.seed}` : standardRubric(tutorial));
  if (exam) return { rubricPath, ...(await loadClassExam(examOf(tutorial, exam), rubricPath, tutorial, await faults())) };
  const source = await readRubric(rubricPath, signal);
  if (!isExamRubric(source)) return { rubricPath, rubric: rubricOf(source, rubricPath, tutorial) };
  const all = await faults();
  return { rubricPath, ...(await loadClassExam(parseExam(source, rubricPath, tutorial, all), rubricPath, tutorial, all)) };
}

export interface GradingOptions {
  /** How to open the engine: the choice of engine, its location, and how to ask the user. */
  readonly opening: Parameters<typeof openGrading>[0];
  readonly homes: Homes;
  /** Left out: as many as the engine has room for. */
  readonly jobs?: number;
  /** What builds reach; left out: package indexes if one answers. */
  readonly buildNetwork?: BuildMode;
  /** Skips the audits: what submissions show is believed. */
  readonly trust?: boolean;
  /** The grades that students saw last: what their requests are about. */
  readonly before?: Gradebook;
  /** The mirror of Docker Hub that the grading engine is to use. */
  readonly registryMirror?: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called when the engine is ready and grading starts. */
  onStart(start: GradingStart): void;
  onProgress(progress: ClassProgress): void;
}

export interface GradingStart {
  readonly submissions: number;
  /** Submissions are exams. */
  readonly exam?: ClassExam;
  readonly jobs: number;
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
 * Grades a class with its journal open and returns the gradebook. Writes only the journal. Throws what `gradeClass` throws, and
 * LabError if an engine cannot be opened or leftovers of an earlier grading cannot be removed.
 */
export async function runGrading(graded: ClassToGrade, journal: Journal, options: GradingOptions): Promise<Gradebook> {
  const { tutorial, rubric } = graded;
  const { clock } = options;
  const [startedAt, startedMs] = [clock.time(), clock.now()];
  const images = await requiredImages(filesOf(tutorial, assets));
  const own = imagesRun(rubric.images).filter((ref) => !images.includes(ref));
  const choice = await chooseBuilds({
    ...options.opening,
    ...(options.buildNetwork === undefined ? {} : { asked: options.buildNetwork }),
    isolated: options.opening.choice !== 'docker',
    homes: options.homes,
    hosts: rubric.packages,
  });
  const opened = await openGrading(options.opening, images, own, options.registryMirror);
  await using engine = opened.engine;
  await using buildNetwork = await choice.open();
  await removeLeft(options, engine);
  const weaker = opened.rootId === undefined ? weakerSandbox : [];
  const jobs = options.jobs ?? (await jobsOn(opened, rubric));
  const look = rubric.images.every(isReplaced) ? {} : { look: opened.look };
  const builds = { mode: buildNetwork.mode, chosen: options.buildNetwork !== undefined, hosts: rubric.packages };
  const trust = options.trust ?? false;
  options.onStart({
    submissions: graded.submissions.found.length,
    ...(graded.exam ? { exam: graded.exam } : {}),
    jobs,
    engine,
    weaker,
    builds,
    trust,
    unlisted: rubric.unlisted,
    ...look,
  });
  const given = classOptions(graded, options, opened, images);
  const grading = { ...given, buildNetwork, trust, jobs, journal };
  const entries = graded.exam
    ? await gradeExams(grading, graded.exam)
    : await gradeClass({ ...grading, ...(await referenceOf(given.controls)) });
  const all = withRequests(withOverrides(graded, entries), graded.requests, options.before);
  return {
    tool: 'labwright',
    version,
    tutorial: tutorial.id,
    title: graded.exam?.title ?? graded.lab.title,
    rubric: { path: reportedPath(graded.rubricPath), hash: rubric.hash, max: rubric.max },
    engine: `Docker ${engine.version} · Compose ${engine.compose.version}`,
    weaker,
    builds: buildNetwork.mode,
    ...(trust ? { trust } : {}),
    startedAt,
    durationMs: Math.round(clock.now() - startedMs),
    ...(graded.hidden ? { pseudonyms: graded.hidden.fingerprint } : {}),
    entries: graded.hidden?.hide(all) ?? all,
    leftOut: graded.submissions.leftOut,
  };
}

/** The reference solution's parts, if the rules of the class permit it. */
async function referenceOf([control]: readonly Control[]): Promise<{ readonly reference?: Reference }> {
  const reference = control && (await loadReference(control.path, control.spec, control.rubric));
  return reference ? { reference } : {};
}

/** A reference solution for each stack of an exam. */
function controlsOf({ parts }: ClassExam, tutorial: Tutorial, images: readonly string[]): Control[] {
  const stacks = new Map(parts.map((part) => [part.stack.id, part]));
  return [...stacks.values()].map(({ stack, lab, rubric, standard }) => ({
    ...controlOf(join(filesOf(tutorial, assets), stack.dir), stack, { rubric, standard, images }),
    lab,
  }));
}

type Grading = Awaited<ReturnType<typeof openGrading>>;

function classOptions(
  { tutorial, lab, stack, rubric, standard, exam, submissions, roles, hidden }: ClassToGrade,
  { homes, clock, signal, onProgress }: GradingOptions,
  { engine, rootId, disk, named }: Grading,
  images: readonly string[],
): Omit<Parameters<typeof gradeClass>[0], 'jobs' | 'journal' | 'buildNetwork' | 'trust'> {
  return {
    engine,
    images: named,
    homes,
    lab,
    spec: withNames(stack, rubric),
    rubric,
    proberImage: proberImage(tutorial, images),
    ...(rootId === undefined ? {} : { rootId }),
    ...(disk === undefined ? {} : { disk }),
    version,
    clock,
    // a submission must not guess the next nonce from the last: nonces delimit a prober's output
    nonce: () => randomId(8),
    runId: numberedIds(4, ''),
    found: submissions.found,
    roles,
    ...(hidden ? { hide: hidden.hide } : {}),
    controls: exam
      ? controlsOf(exam, tutorial, images)
      : [controlOf(join(filesOf(tutorial, assets), stack.dir), stack, { rubric, standard, images })],
    signal,
    onProgress,
  };
}

async function jobsOn({ engine, bounds, disk }: Grading, { limits }: Rubric): Promise<number> {
  const free = disk ? { freeMb: (await freeIn(disk.data)) - disk.imagesMb } : {};
  const room = { cores: availableParallelism(), ...bounds, ...free, networks: await countNetworksLeft(engine.api) };
  return jobsFor(room, limits.memoryMb, diskSizeFor(limits.diskMb).mb);
}

/** All students of the class, including those without a submission, with the teacher's overrides. */
function withOverrides({ submissions, overrides, rubric }: ClassToGrade, entries: readonly Omit<Entry, 'overrides'>[]): Entry[] {
  const none = submissions.missing.map((student) => ({ student, source: '', hash: '', grade: notHandedIn(rubric) }));
  return [...entries, ...none].map((entry): Entry => {
    const own = overrides.filter(({ student }) => student === entry.student.id);
    return { ...entry, source: reportedPath(entry.source), grade: applyOverrides(entry.grade, own), overrides: own };
  });
}

/** Students in overrides.csv who are not in the class. */
export function unknownStudents({ overrides }: ClassToGrade, { entries }: Gradebook): string[] {
  const ids = new Set(entries.map(({ student }) => student.id));
  return [...new Set(overrides.map(({ student }) => student))].filter((id) => !ids.has(id));
}

/** Removes what a killed grader left on this engine, so that it uses no resources. Throws LabError if that fails. */
async function removeLeft({ homes, clock, signal }: GradingOptions, { api }: Engine): Promise<void> {
  const cleaning = clean(homes, clock, {
    dryRun: false,
    which: ({ of, endpoint }) => of === 'grade' && endpoint.host === api.endpoint.host,
  });
  const { failed } = await unlessAborted(cleaning, signal);
  const stays = failed.find(({ id }) => id !== undefined);
  if (stays) throw stays.error;
}

function proberImage({ id, probeImage }: Tutorial, images: readonly string[]): string {
  if (probeImage !== undefined && images.includes(probeImage)) return probeImage;
  throw new LabError(
    'E_LAB_INVALID',
    text(`tutorial ${id}: it names no image to send requests from`, `教學 ${id}：沒有指定用來送出請求的映像檔`),
    text(
      `set \`probeImage\` to an image of its stacks that has curl, dig and ping: ${images.join(', ')}`,
      `請把 \`probeImage\` 設為它的 stack 使用、且有 curl、dig 與 ping 的映像檔：${images.join('、')}`,
    ),
  );
}

const weakerSandbox: readonly Text[] = [
  text('root in a container is root on this machine', '容器裡的 root 就是這台機器的 root'),
  text('builds share your own cache, and are not bounded in memory', '建置會用到你自己的快取，記憶體也沒有上限'),
  text("containers may reach this machine's own services", '容器可能可以連線到這台機器本身的服務'),
];
