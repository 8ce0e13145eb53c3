import { relative, resolve } from 'node:path';
import type { BuildMode } from '../../grade/build-network/build-network.ts';
import { compareBooks } from '../../grade/changes/compare.ts';
import { loadGradebook } from '../../grade/export/load.ts';
import { writeGradebook } from '../../grade/export/write.ts';
import { openJournal } from '../../grade/journal.ts';
import type { HiddenClass } from '../../grade/privacy/hide-class.ts';
import { writeIdentities, writeLmsFiles } from '../../grade/privacy/identities.ts';
import { openKey, type PseudonymKey } from '../../grade/privacy/key-file.ts';
import { assertSameNames } from '../../grade/privacy/same-names.ts';
import { unknownRequesters } from '../../grade/requests/requests.ts';
import { type ClassToGrade, type GradingOptions, loadClass, runGrading, unknownStudents } from '../../grade/run-grading.ts';
import type { Gradebook } from '../../grade/types.ts';
import { LabError } from '../../lab/error.ts';
import type { Exam } from '../../lab/exam.ts';
import { text } from '../../lab/text.ts';
import { createClassProgress } from '../../report/terminal/class-progress.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { gradingExitCode } from '../exit-codes.ts';
import { cleaningUp } from '../interrupted.ts';
import { renderChanges } from '../output/grade-changes.ts';
import {
  buildsLine,
  classSummary,
  endedLine,
  examLine,
  imagesLine,
  startLine,
  trustLine,
  unlistedLine,
} from '../output/grade-summary.ts';
import { promptsOn } from '../prompts.ts';
import { findTutorial } from '../tutorials.ts';
import { usage } from '../usage.ts';
import { faultsIn } from './break-folder.ts';

export interface GradeOptions {
  readonly out: string;
  readonly tutorial: string;
  readonly rubric?: string;
  readonly roster?: string;
  /** How many faults the exam has. */
  readonly exam?: number;
  readonly seed?: number;
  readonly jobs?: number;
  readonly engine: 'private' | 'docker';
  readonly buildNetwork?: BuildMode;
  readonly registryMirror?: string;
  readonly trust?: boolean;
  readonly regrade?: boolean;
  /** The key file of the students' pseudonyms. */
  readonly pseudonyms?: string;
  readonly yes?: boolean;
}

/** `lab grade`: grades a class. Exit code 0: every submission is decided; 3: some wait for the teacher, because they need review or are refused. */
export async function grade(cli: Cli, options: GradeOptions, paths: readonly string[]): Promise<number> {
  const { signal } = cli;
  const out = resolve(cli.cwd, options.out);
  const { tutorial: id, rubric, roster } = options;
  if (options.registryMirror !== undefined && cli.engine === 'docker') throw mirrorOfDocker();
  const exam = examOf(options);
  const files = { ...(rubric ? { rubric } : {}), ...(roster ? { roster } : {}), ...(exam ? { exam } : {}) };
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

async function gradeLoaded(cli: Cli, options: GradeOptions, graded: ClassToGrade, privacy: Privacy | undefined): Promise<number> {
  const { lang } = cli;
  const { out } = graded;
  await using journal = await openJournal(out, graded.kept, graded.hidden?.fingerprint);
  const before = await previousGrades(cli, options, out);
  if (before) assertSameNames(out, before, graded.hidden ? { pseudonyms: graded.hidden.fingerprint } : {});
  const identities = privacy && (await writeIdentities(privacy.key.path, privacy.hidden.identities));
  const progress = progressOf(cli);
  return await cleaningUp(cli, interrupted, again, async () => {
    try {
      const book = await runGrading(graded, journal, {
        ...gradingOptions(cli, options, progress),
        ...(before ? { before } : {}),
      });
      progress.close();
      if (options.regrade && before && !(await agreed(cli, options, before, book))) return 0;
      const changes = before && compareBooks(before, book);
      await writeGradebook(out, book, lang, changes);
      const lms = privacy && (await writeLmsFiles(privacy.key.path, out, book, privacy.hidden.identities, lang));
      const more = {
        ...(changes ? { changes } : {}),
        ...(identities && lms ? { beside: [identities, ...lms].map((file) => relative(cli.cwd, file)) } : {}),
      };
      cli.out.write(
        classSummary(
          book,
          { unknown: unknownStudents(graded, book), unknownRequesters: unknownRequesters(graded.requests, book), ...more },
          options.out,
          cli,
        ),
      );
      return gradingExitCode(book);
    } finally {
      progress.close();
    }
  });
}

/** A class with pseudonyms, and the key file. */
interface Privacy {
  readonly key: PseudonymKey;
  readonly hidden: HiddenClass;
}

/** The progress of a class, and of what is prepared before it. */
function progressOf(cli: Cli) {
  const prompts = promptsOn(cli);
  const lines = createClassProgress(cli.err, cli.lang, clock.now);
  return {
    prompts,
    lines,
    close: () => {
      prompts.end();
      lines.close();
    },
  };
}

function gradingOptions(
  cli: Cli,
  { jobs, buildNetwork, registryMirror, trust = false }: GradeOptions,
  { prompts, lines }: ReturnType<typeof progressOf>,
): GradingOptions {
  const { signal, lang, err } = cli;
  return {
    opening: { ...cli, ...prompts, choice: cli.engine },
    homes: cli.homes,
    ...(jobs === undefined ? {} : { jobs }),
    ...(buildNetwork === undefined ? {} : { buildNetwork }),
    trust,
    ...(registryMirror === undefined ? {} : { registryMirror }),
    clock,
    signal,
    onStart: (start) => {
      prompts.end();
      lines.printLine(startLine(start)[lang]);
      if (start.exam) lines.printLine(examLine(start.exam)[lang]);
      const images = imagesLine(start);
      if (images) lines.printLine(images[lang]);
      lines.printLine(buildsLine(start)[lang]);
      if (start.trust) lines.printLine(trustLine[lang]);
      else if (start.unlisted.length > 0) lines.printLine(unlistedLine(start.unlisted)[lang]);
    },
    onProgress: (state) => {
      if (state.last) lines.printLine(endedLine(state.last.id, state.last.grade, err, lang));
      lines.update(state);
    },
  };
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
    cli.err.write(`${notCompared[cli.lang]}
`);
    return undefined;
  }
}

const notCompared = text(
  'The grades.json in the output folder is not of this version: what changes since then is not shown.',
  '輸出資料夾裡的 grades.json 不是這個版本的成績檔：不會顯示與當時相比的變動。',
);

/** The exam that the options name. Throws LabError E_USAGE if one of them is missing, or a rubric is named too. */
function examOf({ exam: count, seed, rubric }: GradeOptions): Exam | undefined {
  if (count === undefined && seed === undefined) return undefined;
  if (count === undefined || seed === undefined)
    throw usage(text('lab grade: --exam and --seed are used together', 'lab grade：--exam 和 --seed 必須一起使用'), 'lab grade');
  if (rubric === undefined) return { count, seed };
  throw usage(
    text(
      "lab grade: --exam and --rubric can't be combined; write `exam: { count, seed }` in the rubric",
      'lab grade：--exam 和 --rubric 不能一起使用；請在評分標準裡寫 `exam: { count, seed }`',
    ),
    'lab grade',
  );
}

const mirrorOfDocker = () =>
  new LabError(
    'E_USAGE',
    text(
      '--registry-mirror is for the grading engine, not for your own Docker',
      '--registry-mirror 只適用於評分引擎，不適用於你自己的 Docker',
    ),
    text(
      'write `registry-mirrors` in the settings of your Docker (daemon.json), or leave out `--engine docker`',
      '請在你的 Docker 設定（daemon.json）裡寫上 `registry-mirrors`，或不要使用 `--engine docker`',
    ),
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
