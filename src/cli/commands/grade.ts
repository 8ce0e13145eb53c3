import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { BuildMode } from '../../grade/build-network/build-network.ts';
import { classroom50Run } from '../../grade/export/feedback/classroom50.ts';
import { type Mailbox, reachable } from '../../grade/export/feedback/mail.ts';
import type { Delivery } from '../../grade/export/formats.ts';
import { loadGradebook } from '../../grade/export/load.ts';
import { similarFiles } from '../../grade/export/similar/files.ts';
import { compareClass } from '../../grade/export/similar/similar-class.ts';
import { writeGradebook } from '../../grade/export/write.ts';
import { openJournal } from '../../grade/journal.ts';
import { loadClass, unknownStudents } from '../../grade/load-class.ts';
import type { OpenedClass } from '../../grade/open-class.ts';
import type { Coordinator } from '../../grade/queue/coordinator-options.ts';
import { coordinate } from '../../grade/queue/grade-on-queue.ts';
import type { QueueNote } from '../../grade/queue/notes.ts';
import { runGrading } from '../../grade/run-grading.ts';
import { readSources, type Sources } from '../../grade/similarity/read-sources.ts';
import type { Gradebook } from '../../grade/types.ts';
import { LabError } from '../../lab/error.ts';
import type { Exam } from '../../lab/exam.ts';
import { text } from '../../lab/text.ts';
import { filesOf } from '../../lab/tutorial.ts';
import { assets } from '../../platform/package-root.ts';
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
  similarLine,
  startLine,
  trustLine,
  unlistedLine,
} from '../output/grade-summary.ts';
import { queueNoteLine, queueStartLine, stabilityLine } from '../output/queue-lines.ts';
import { promptsOn } from '../prompts.ts';
import type { OpenedQueue } from '../queue-server.ts';
import { findTutorial } from '../tutorials.ts';
import { usage } from '../usage.ts';
import { faultsIn } from './break-folder.ts';

export interface GradeOptions {
  readonly out: string;
  readonly tutorial: string;
  readonly rubric?: string;
  readonly roster?: string;
  readonly times?: string;
  readonly graceUsed?: string;
  /** How many faults the exam has. */
  readonly exam?: number;
  readonly seed?: number;
  readonly jobs?: number;
  readonly engine: 'private' | 'docker';
  readonly buildNetwork?: BuildMode;
  readonly registryMirror?: string;
  readonly mailFrom?: Mailbox;
  readonly classroom50?: boolean;
  readonly trust?: boolean;
  readonly queue?: string;
  readonly classKey?: string;
  /** Lists near-identical submissions. */
  readonly similar?: boolean;
  readonly regrade?: boolean;
  readonly yes?: boolean;
}

/** `lab grade`: grades a class. Exit code 0: every submission is decided; 3: some wait for the teacher, because they need review or are refused. */
export async function grade(cli: Cli, options: GradeOptions, paths: readonly string[]): Promise<number> {
  const { signal, lang, err } = cli;
  const out = resolve(cli.cwd, options.out);
  const { tutorial: id, rubric, roster, jobs, buildNetwork, registryMirror } = options;
  if (options.classKey !== undefined && options.queue === undefined)
    throw usage(text('lab grade: --class-key is for --queue', 'lab grade：--class-key 要搭配 --queue 使用'), 'lab grade');
  if (jobs !== undefined && options.queue !== undefined)
    throw usage(
      text(
        'lab grade: --jobs is for this machine; each `lab worker` has its own',
        'lab grade：--jobs 只適用於這台機器；每個 `lab worker` 有自己的設定',
      ),
      'lab grade',
    );
  if (registryMirror !== undefined && cli.engine === 'docker') throw mirrorOfDocker();
  const exam = examOf(options);
  const { times, graceUsed } = options;
  const term = { ...(times === undefined ? {} : { times }), ...(graceUsed === undefined ? {} : { graceUsed }) };
  const files = { ...(rubric ? { rubric } : {}), ...(roster ? { roster } : {}), ...(exam ? { exam } : {}), term };
  const tutorial = findTutorial(id);
  const graded = await loadClass({ tutorial, ...files, faults: () => faultsIn(tutorial, 'lab grade'), paths, out, signal });
  const { found, missing } = graded.submissions;
  const delivery = deliveryOf(options, cli, found.length + missing.length);
  if (options.similar && graded.exam) throw similarExams();
  const sources = options.similar ? new Map<string, Sources>() : undefined;
  await using journal = await openJournal(out, graded.kept);
  const prompts = promptsOn(cli);
  const progress = createClassProgress(err, lang, clock.now);
  return await cleaningUp(cli, interrupted, again, async () => {
    await using queue = options.queue === undefined ? undefined : await openQueue(cli, options);
    let coordinator: Coordinator | undefined;
    const elsewhere = async (opened: OpenedClass) => {
      if (!queue) throw new TypeError('there is no queue');
      const { server, key, shown } = queue;
      const trusted = options.trust ?? false;
      const onNote = (note: QueueNote) => progress.printLine(queueNoteLine(note, shown)[lang]);
      const own = { server, ...(key ? { key } : {}), host: hostname(), trust: trusted, clock, signal, onNote };
      coordinator = await coordinate(graded, journal, opened, own);
      return coordinator;
    };
    try {
      const book = await runGrading(graded, journal, {
        opening: { ...cli, ...prompts, choice: cli.engine },
        homes: cli.homes,
        ...(jobs === undefined ? {} : { jobs }),
        ...(buildNetwork === undefined ? {} : { buildNetwork }),
        trust: options.trust ?? false,
        ...(queue ? { elsewhere } : {}),
        ...(sources ? { onUnpacked: ({ hash, dir }) => void (sources.has(hash) || sources.set(hash, readSources(dir))) } : {}),
        ...(registryMirror === undefined ? {} : { registryMirror }),
        clock,
        signal,
        onStart: (start) => {
          prompts.end();
          const first = queue ? queueStartLine(start, queue) : startLine(start);
          progress.printLine(first[lang]);
          if (start.exam) progress.printLine(examLine(start.exam)[lang]);
          const images = imagesLine(start);
          if (images) progress.printLine(images[lang]);
          progress.printLine(buildsLine(start)[lang]);
          if (start.trust) progress.printLine(trustLine[lang]);
          else if (start.unlisted.length > 0) progress.printLine(unlistedLine(start.unlisted)[lang]);
        },
        onProgress: (state) => {
          if (state.last) progress.printLine(endedLine(state.last.id, state.last.grade, err, lang));
          progress.update(state);
        },
      });
      progress.close();
      const stability = coordinator && stabilityLine(coordinator.stability());
      if (stability) err.write(`${stability[lang]}\n`);
      if (options.regrade && !(await agreed(cli, options, await loadGradebook(out), book))) return 0;
      const similar = sources && compareClass(book, sources, readSources(filesOf(tutorial, assets)));
      await writeGradebook(out, book, lang, delivery, similar ? similarFiles(book, similar, lang) : []);
      const mails = options.mailFrom === undefined ? {} : { mails: reachable(book).length };
      cli.out.write(classSummary(book, { unknown: unknownStudents(graded, book), ...mails }, options.out, cli));
      if (similar) cli.out.write(`${similarLine(similar.pairs.length + similar.more, options.out)[lang]}\n`);
      return gradingExitCode(book);
    } finally {
      prompts.end();
      progress.close();
    }
  });
}

/** Loads the client of the queue only if there is one. */
const openQueue = async (cli: Cli, options: GradeOptions): Promise<OpenedQueue> =>
  (await import('../queue-server.ts')).openQueueOf(cli, options, 'lab grade', true);

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

/** What is written besides the usual files. Throws LabError E_USAGE if `--classroom50` cannot be used here. */
function deliveryOf({ mailFrom, classroom50 }: GradeOptions, { env }: Cli, students: number): Delivery {
  const mail = mailFrom === undefined ? {} : { mailFrom };
  if (!classroom50) return mail;
  if (students !== 1)
    throw usage(
      text(
        `lab grade: --classroom50 is for one submission, the one that its runner grades; here are ${students}`,
        `lab grade：--classroom50 只用於一份作業，也就是它的 runner 正在評分的那一份；這裡有 ${students} 份`,
      ),
      'lab grade',
    );
  const run = classroom50Run(env);
  if (!('absent' in run)) return { ...mail, classroom50: run };
  throw usage(
    text(
      `lab grade: --classroom50 needs the variable ${run.absent}, as the runner of Classroom 50 sets it`,
      `lab grade：--classroom50 需要變數 ${run.absent}，由 Classroom 50 的 runner 設定`,
    ),
    'lab grade',
  );
}

const similarExams = () =>
  usage(
    text(
      'lab grade: --similar is not for exams: all students repair the same files',
      'lab grade：--similar 不適用於測驗：所有學生修復的是同樣的檔案',
    ),
    'lab grade',
  );

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
async function agreed(cli: Cli, { yes }: GradeOptions, before: Gradebook | undefined, after: Gradebook): Promise<boolean> {
  if (!before) return true;
  const { lines, changed } = renderChanges(before, after, cli.lang);
  cli.out.write(`${lines.join('\n')}\n`);
  if (changed === 0 || yes) return true;
  const { ask } = promptsOn(cli);
  if (await ask?.(text('Apply this?', '要套用嗎？'))) return true;
  cli.out.write(cli.lang === 'en' ? 'Nothing is changed; --yes applies it.\n' : '沒有改變任何成績；加上 --yes 就會套用。\n');
  return false;
}
