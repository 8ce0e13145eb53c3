import { relative, resolve } from 'node:path';
import { type ClassChanges, compareBooks } from '../../grade/changes/compare.ts';
import { classroom50Run } from '../../grade/export/feedback/classroom50.ts';
import { reachable } from '../../grade/export/feedback/mail.ts';
import type { Delivery } from '../../grade/export/formats.ts';
import { loadGradebook } from '../../grade/export/load.ts';
import { similarFiles } from '../../grade/export/similar/files.ts';
import { compareClass, type SimilarClass } from '../../grade/export/similar/similar-class.ts';
import { writeGradebook } from '../../grade/export/write.ts';
import { type Journal, openJournal } from '../../grade/journal.ts';
import { type ClassToGrade, loadClass, unknownStudents } from '../../grade/load-class.ts';
import type { HiddenClass } from '../../grade/privacy/hide-class.ts';
import { writeIdentities, writeLmsFiles } from '../../grade/privacy/identities.ts';
import { openKey, type PseudonymKey } from '../../grade/privacy/key-file.ts';
import { assertSameNames } from '../../grade/privacy/same-names.ts';
import { unknownRequesters } from '../../grade/requests/requests.ts';
import { type GradingOptions, runGrading } from '../../grade/run-grading.ts';
import { readSources, type Sources } from '../../grade/similarity/read-sources.ts';
import type { Gradebook } from '../../grade/types.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { filesOf } from '../../lab/tutorial.ts';
import { assets } from '../../platform/package-root.ts';
import type { Cli } from '../context.ts';
import { gradingExitCode } from '../exit-codes.ts';
import { cleaningUp } from '../interrupted.ts';
import { renderChanges } from '../output/grade-changes.ts';
import { classSummary, similarLine } from '../output/grade-summary.ts';
import { promptsOn } from '../prompts/prompts.ts';
import { findTutorial } from '../tutorials.ts';
import { faultsIn } from './break/break-folder.ts';
import { assertOptions, examOf, type GradeOptions, noRun, severalForClassroom50, similarExams } from './grading/options.ts';
import { gradingOptions, progressOf } from './grading/progress.ts';
import { gradingOnQueue } from './grading/queue.ts';

/** `lab grade`: grades a class. Exit code 0: every submission is decided; 3: some wait for the teacher, because they need review or are refused. */
export async function grade(cli: Cli, options: GradeOptions, paths: readonly string[]): Promise<number> {
  const { signal } = cli;
  const out = resolve(cli.cwd, options.out);
  assertOptions(options, cli);
  const { tutorial: id, rubric, roster, times, graceUsed } = options;
  const exam = examOf(options);
  const term = { ...(times === undefined ? {} : { times }), ...(graceUsed === undefined ? {} : { graceUsed }) };
  const files = { ...(rubric ? { rubric } : {}), ...(roster ? { roster } : {}), ...(exam ? { exam } : {}), term };
  const tutorial = findTutorial(id);
  const key = options.pseudonyms === undefined ? undefined : await openKey(resolve(cli.cwd, options.pseudonyms), out);
  const named = { ...files, ...(key ? { key } : {}) };
  const graded = await loadClass({ tutorial, ...named, faults: () => faultsIn(tutorial, 'lab grade'), paths, out, signal });
  if (!graded.hidden || !key) return gradeLoaded(cli, options, graded, undefined);
  try {
    return await gradeLoaded(cli, options, graded, { key, hidden: graded.hidden });
  } catch (error) {
    throw graded.hidden.hideError(error);
  }
}

/** A class with pseudonyms, and the key file. */
interface Privacy {
  readonly key: PseudonymKey;
  readonly hidden: HiddenClass;
}

async function gradeLoaded(cli: Cli, options: GradeOptions, graded: ClassToGrade, privacy: Privacy | undefined): Promise<number> {
  const { out, hidden } = graded;
  const delivery = deliveryOf(options, cli, graded);
  if (options.similar && graded.exam) throw similarExams();
  const sources = options.similar ? new Map<string, Sources>() : undefined;
  await using journal = await openJournal(out, graded.kept, hidden?.fingerprint);
  const before = await previousGrades(cli, options, out);
  if (before) assertSameNames(out, before, hidden ? { pseudonyms: hidden.fingerprint } : {});
  const identities = privacy && (await writeIdentities(privacy.key.path, privacy.hidden.identities));
  return await cleaningUp(cli, interrupted, again, async () => {
    const book = await gradeWithProgress(cli, options, graded, journal, { before, sources });
    if (options.regrade && before && !(await agreed(cli, options, before, book))) return 0;
    const similar = sources && compareClass(book, sources, readSources(filesOf(graded.tutorial, assets)));
    const changes = before && compareBooks(before, book);
    const beside = await writeAll(cli, book, { changes, delivery, similar, privacy, out });
    const more = {
      unknown: unknownStudents(graded, book),
      unknownRequesters: unknownRequesters(graded.requests, book),
      ...(options.mailFrom === undefined ? {} : { mails: reachable(book).length }),
      ...(changes ? { changes } : {}),
      ...(identities ? { beside: [identities, ...beside].map((file) => relative(cli.cwd, file)) } : {}),
    };
    cli.out.write(classSummary(book, more, options.out, cli));
    if (similar) cli.out.write(`${similarLine(similar.pairs.length + similar.more, options.out)[cli.lang]}\n`);
    return gradingExitCode(book);
  });
}

/** Grades on this machine, or on the workers of a queue, and shows the progress. */
async function gradeWithProgress(
  cli: Cli,
  options: GradeOptions,
  graded: ClassToGrade,
  journal: Journal,
  { before, sources }: { readonly before: Gradebook | undefined; readonly sources: Map<string, Sources> | undefined },
): Promise<Gradebook> {
  const progress = progressOf(cli);
  try {
    await using queue = await gradingOnQueue(cli, options, graded, journal, progress.lines);
    const own: GradingOptions = {
      ...gradingOptions(cli, options, progress, queue?.shown),
      ...(queue ? { elsewhere: queue.elsewhere } : {}),
      ...(before ? { before } : {}),
      ...(sources ? { onUnpacked: ({ hash, dir }) => void (sources.has(hash) || sources.set(hash, readSources(dir))) } : {}),
    };
    const book = await runGrading(graded, journal, own);
    progress.close();
    queue?.report();
    return book;
  } finally {
    progress.close();
  }
}

interface ToWrite {
  readonly changes: ClassChanges | undefined;
  readonly delivery: Delivery;
  readonly similar: SimilarClass | undefined;
  readonly privacy: Privacy | undefined;
  readonly out: string;
}

/** Writes the gradebook; returns the files with real IDs that are beside the key of pseudonyms. */
async function writeAll(
  { lang }: Cli,
  book: Gradebook,
  { changes, delivery, similar, privacy, out }: ToWrite,
): Promise<readonly string[]> {
  await writeGradebook(out, book, lang, {
    ...delivery,
    ...(changes ? { changes } : {}),
    ...(similar ? { more: similarFiles(book, similar, lang) } : {}),
  });
  return privacy ? await writeLmsFiles(privacy.key.path, out, book, privacy.hidden.identities, lang) : [];
}

/** What is written besides the usual files. Throws LabError E_USAGE if `--classroom50` cannot be used here. */
function deliveryOf({ mailFrom, classroom50 }: GradeOptions, { env }: Cli, { submissions }: ClassToGrade): Delivery {
  const mail = mailFrom === undefined ? {} : { mailFrom };
  if (!classroom50) return mail;
  const students = submissions.found.length + submissions.missing.length;
  if (students !== 1) throw severalForClassroom50(students);
  const run = classroom50Run(env);
  if ('absent' in run) throw noRun(run.absent);
  return { ...mail, classroom50: run };
}

/**
 * The grades that are in the output folder. Of another version, they are compared with nothing, and replaced; a preview (`--regrade`) needs them and throws
 * LabError E_STATE.
 */
async function previousGrades(cli: Cli, { regrade }: GradeOptions, out: string): Promise<Gradebook | undefined> {
  try {
    return await loadGradebook(out);
  } catch (error) {
    if (regrade || !(error instanceof LabError) || error.code !== 'E_STATE') throw error;
    cli.err.write(`${notCompared[cli.lang]}\n`);
    return undefined;
  }
}

const notCompared = text(
  'The grades.json in the output folder is not of this version: what changes since then is not shown.',
  '輸出資料夾裡的 grades.json 不是這個版本的成績檔：不會顯示與當時相比的變動。',
);

const interrupted = text('interrupted; what was decided is kept', '已中斷；已經評好的成績都會保留');
const again = text('run the same command again to continue', '再執行一次同樣的指令就會繼續');

/** Shows the changes and asks for confirmation before they are made; `--yes` skips the prompt. */
async function agreed(cli: Cli, { yes }: GradeOptions, before: Gradebook, after: Gradebook): Promise<boolean> {
  const { lines, changed } = renderChanges(before, after, cli.lang);
  cli.out.write(`${lines.join('\n')}\n`);
  if (changed === 0 || yes) return true;
  const { ask } = promptsOn(cli);
  if (await ask?.(text('Apply this?', '要套用嗎？'))) return true;
  cli.out.write(cli.lang === 'en' ? 'Nothing is changed; --yes applies it.\n' : '沒有改變任何成績；加上 --yes 就會套用。\n');
  return false;
}
