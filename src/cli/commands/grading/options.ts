import type { BuildMode } from '../../../grade/build-network/build-network.ts';
import type { Mailbox } from '../../../grade/export/feedback/mail.ts';
import { LabError } from '../../../lab/error.ts';
import type { Exam } from '../../../lab/exam.ts';
import { type Text, text } from '../../../lab/text.ts';
import type { Cli } from '../../context.ts';
import { usage } from '../../usage.ts';

export interface GradeOptions {
  readonly out: string;
  readonly tutorial: string;
  readonly rubric?: string;
  readonly roster?: string;
  /** A CSV of submission times. */
  readonly times?: string;
  /** The grace days that were used in earlier assignments. */
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
  /** The queue of the workers that grade. */
  readonly queue?: string;
  readonly classKey?: string;
  /** Lists near-identical submissions. */
  readonly similar?: boolean;
  readonly regrade?: boolean;
  /** The key file of the students' pseudonyms. */
  readonly pseudonyms?: string;
  readonly yes?: boolean;
}

const wrong = (en: string, zhTW: string): LabError => usage(text(`lab grade: ${en}`, `lab grade：${zhTW}`), 'lab grade');

/** Throws LabError E_USAGE for options that exclude each other. */
export function assertOptions(options: GradeOptions, { engine }: Pick<Cli, 'engine'>): void {
  const { classKey, queue, jobs, registryMirror, pseudonyms, mailFrom, classroom50 } = options;
  if (classKey !== undefined && queue === undefined) throw wrong('--class-key needs --queue', '--class-key 要搭配 --queue 使用');
  if (jobs !== undefined && queue !== undefined)
    throw wrong(
      '--jobs is for grading on this machine; with --queue, give it to each `lab worker`',
      '--jobs 只適用於在這台機器上評分；使用 --queue 時，請改在每個 `lab worker` 指定',
    );
  if (pseudonyms !== undefined && (mailFrom !== undefined || classroom50))
    throw wrong(
      `${mailFrom === undefined ? '--classroom50' : '--mail-from'} writes real names; it can't be used with --pseudonyms`,
      `${mailFrom === undefined ? '--classroom50' : '--mail-from'} 會寫出真實姓名，不能和 --pseudonyms 一起使用`,
    );
  assertMirror(registryMirror, engine);
}

/** Throws LabError E_USAGE for a mirror that the engine does not accept. */
export function assertMirror(mirror: string | undefined, engine: Cli['engine']): void {
  if (mirror !== undefined && engine === 'docker') throw mirrorOfDocker();
}

/** The exam that the options name. Throws LabError E_USAGE if one of them is missing, or a rubric is named too. */
export function examOf({ exam: count, seed, rubric }: GradeOptions): Exam | undefined {
  if (count === undefined && seed === undefined) return undefined;
  if (count === undefined || seed === undefined)
    throw wrong('--exam and --seed are used together', '--exam 和 --seed 必須一起使用');
  if (rubric === undefined) return { count, seed };
  throw wrong(
    "--exam and --rubric can't be combined; write `exam: { count, seed }` in the rubric",
    '--exam 和 --rubric 不能一起使用；請在評分標準裡寫 `exam: { count, seed }`',
  );
}

export const severalForClassroom50 = (students: number): LabError =>
  wrong(
    `--classroom50 is for one submission, the one that its runner grades; here are ${students}`,
    `--classroom50 只用於一份作業，也就是它的 runner 正在評分的那一份；這裡有 ${students} 份`,
  );

export const noRun = (variable: string): LabError =>
  wrong(
    `--classroom50 needs the variable ${variable}, as the runner of Classroom 50 sets it`,
    `--classroom50 需要變數 ${variable}，由 Classroom 50 的 runner 設定`,
  );

export const similarExams = (): LabError =>
  wrong('--similar is not for exams: all students repair the same files', '--similar 不適用於測驗：所有學生修復的是同樣的檔案');

const ownSettings: Text = text(
  'write `registry-mirrors` in the settings of your Docker (daemon.json), or leave out `--engine docker`',
  '請在你的 Docker 設定（daemon.json）裡寫上 `registry-mirrors`，或不要使用 `--engine docker`',
);

const mirrorOfDocker = (): LabError =>
  new LabError(
    'E_USAGE',
    text(
      '--registry-mirror is for the grading engine, not for your own Docker',
      '--registry-mirror 只適用於評分引擎，不適用於你自己的 Docker',
    ),
    ownSettings,
  );
