import { join } from 'node:path';
import type { EngineApi } from '../../../docker/api/engine-api.ts';
import { projectsPublishing } from '../../../docker/learner-project.ts';
import { LabError } from '../../../lab/error.ts';
import type { Fault } from '../../../lab/fault.ts';
import { text } from '../../../lab/text.ts';
import { filesOf, type Tutorial } from '../../../lab/tutorial.ts';
import { createPractice, type Progress, practicesIn } from '../../../learn/break/practice.ts';
import { assets } from '../../../platform/package-root.ts';
import { callLine } from '../../call-line.ts';
import { clock } from '../../clock.ts';
import type { Cli } from '../../context.ts';
import { cleaningUp } from '../../interrupted.ts';
import { type BusyPort, breakList, createdLines, portBusy, reportOf } from '../../output/break-lines.ts';
import { readyEngine } from '../../prepare-engine.ts';
import { findTutorial } from '../../tutorials.ts';
import { usage } from '../../usage.ts';
import { assertNoPage } from '../../web/page-options.ts';
import { engineOf } from '../start.ts';
import { check, showHint } from './break-check.ts';
import { randomSeed, startExam } from './break-exam.ts';
import { faultsIn, type Practice, practicesAt, progressAt } from './break-folder.ts';

export interface BreakOptions {
  readonly tutorial: string;
  readonly list?: boolean;
  readonly level?: string;
  readonly hint?: boolean;
  readonly check?: boolean;
  /** How many faults the exam has. */
  readonly exam?: number;
  readonly seed?: number;
  readonly web?: boolean;
  readonly port?: number;
  /** commander's form of `--no-open`. */
  readonly open: boolean;
}

/** `lab break`: troubleshooting practice. Creates a folder with a stack that has one fault, shows hints, and proves the repair. */
export async function breakStack(cli: Cli, options: BreakOptions, named?: string): Promise<number> {
  assertTogether(options, named);
  if (!options.web) assertNoPage('lab break', options);
  const here = options.web && named === undefined && options.level === undefined ? await practiceHere(cli) : undefined;
  if (here) return onPage(cli, here, options);
  if (options.hint) return showHint(cli);
  if (options.check) return check(cli);
  const tutorial = findTutorial(options.tutorial);
  if (options.exam !== undefined)
    return startExam(cli, tutorial, { count: options.exam, seed: options.seed ?? randomSeed() }, named);
  const faults = await faultsIn(tutorial);
  const done = await practicesIn(cli.cwd);
  if (options.list) {
    cli.out.write(breakList(cli, faults, done));
    return 0;
  }
  const number = named === undefined ? randomNumber(faults, options.level, done) : numberOf(named, faults);
  const path = `break-${String(number).padStart(2, '0')}`;
  const begun = options.web && (await progressAt(join(cli.cwd, path)))?.number === number;
  if (!begun) await create(cli, tutorial, faults[number - 1] as Fault, number, path);
  if (!options.web) return 0;
  const [practice] = await practicesAt(join(cli.cwd, path));
  return onPage(cli, practice, options);
}

/** The practice folder that the current folder is; undefined: it is none. Throws LabError E_USAGE for one of an exam. */
async function practiceHere({ cwd }: Cli): Promise<Practice | undefined> {
  const [practice] = await practicesAt(cwd).catch((error: unknown) => {
    if (error instanceof LabError && error.code === 'E_PROJECT_UNKNOWN') return [];
    throw error;
  });
  if (practice?.examFolder === undefined) return practice;
  throw new LabError(
    'E_USAGE',
    text('lab break --web: exams are not on a page', 'lab break --web：測驗沒有頁面'),
    text('use your own terminal: lab break --check', '請使用自己的終端機：lab break --check'),
  );
}

async function onPage(cli: Cli, practice: Practice, options: BreakOptions): Promise<number> {
  await using engine = await readyEngine(cli, practice.tutorial);
  const { breakOnPage } = await import('../../web/break-on-page.ts');
  await cleaningUp(cli, text('interrupted', '已中斷'), kept, () => breakOnPage(cli, engine, practice, options));
  return 0;
}

const kept = text(
  'progress is kept; `lab break --web` in the practice folder continues',
  '進度已保留；在練習資料夾執行 `lab break --web` 就會繼續',
);

/** Creates the practice folder. */
async function create(cli: Cli, tutorial: Tutorial, fault: Fault, number: number, path: string): Promise<void> {
  const source = join(filesOf(tutorial, assets), tutorial.stacks[fault.stack]?.dir ?? '');
  const started = { tutorial: tutorial.id, number, startedAt: new Date(clock.time()).toISOString() };
  const { engine, answer: busy } = await engineOf(cli, (api) => projectOnPort(api, tutorial, fault));
  const next = { call: callLine(cli.env, process.argv[1] ?? 'lab', cli.cwd), engine, path };
  try {
    await createPractice(join(cli.cwd, path), { source, fault, started, report: reportOf(fault, number, next, cli.lang) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new LabError(
      'E_USAGE',
      text(`the folder ${path} exists already`, `資料夾 ${path} 已經存在`),
      text(`continue in it: cd ${path}; or remove it first`, `請在裡面繼續：cd ${path}；或先移除它`),
    );
  }
  cli.out.write(createdLines(cli, fault, number, next));
  if (busy) cli.err.write(portBusy(cli, busy));
}

/** The project that publishes the port that the new folder needs, such as an earlier exercise; undefined: there is none. */
async function projectOnPort(api: EngineApi, { stacks }: Tutorial, { stack }: Fault): Promise<BusyPort | undefined> {
  const port = stacks[stack]?.published?.hostPort;
  if (port === undefined) return undefined;
  const [one] = await projectsPublishing(api, port);
  return one && { ...one, port };
}

/** Of these, each call does one thing. */
function assertTogether({ list, level, hint, check, exam, seed }: BreakOptions, named: string | undefined): void {
  const doing = [...(list ? ['--list'] : []), ...(hint ? ['--hint'] : []), ...(check ? ['--check'] : [])];
  const making = [...(exam === undefined ? [] : ['--exam']), ...(level === undefined ? [] : ['--level'])];
  const all = [...doing, ...making];
  const number = named !== undefined && exam === undefined && all.length > 0 ? [named] : [];
  const [one, other] = [...all, ...number];
  if (one !== undefined && other !== undefined)
    throw usage(
      text(`lab break: ${one} and ${other} can't be combined`, `lab break：${one} 和 ${other} 不能一起使用`),
      'lab break',
    );
  if (seed !== undefined && exam === undefined)
    throw usage(text('lab break: --seed requires --exam', 'lab break：--seed 必須搭配 --exam'), 'lab break');
}

function numberOf(named: string, faults: readonly Fault[]): number {
  const number = Number(named);
  if (Number.isInteger(number) && number >= 1 && number <= faults.length) return number;
  throw usage(
    text(
      `lab break: '${named}' is not a number from 1 to ${faults.length}`,
      `lab break：「${named}」不是 1 到 ${faults.length} 之間的整數`,
    ),
    'lab break',
  );
}

/** Of those that were not begun here, if there are some. */
function randomNumber(faults: readonly Fault[], level: string | undefined, done: ReadonlyMap<number, Progress>): number {
  const all = faults.flatMap((fault, at) => (level === undefined || String(fault.level) === level ? [at + 1] : []));
  const fresh = all.filter((number) => !done.has(number));
  const from = fresh.length > 0 ? fresh : all;
  return from[Math.floor(Math.random() * from.length)] ?? 1;
}
