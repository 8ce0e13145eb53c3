import { join } from 'node:path';
import { faultsOf } from '../../../labs/faults.ts';
import { LabError } from '../../lab/error.ts';
import type { Fault } from '../../lab/fault.ts';
import { text } from '../../lab/text.ts';
import { filesOf, type Tutorial } from '../../lab/tutorial.ts';
import { checkRepair } from '../../learn/break/check-repair.ts';
import { createPractice, loadProgress, type Progress, practicesIn, saveProgress } from '../../learn/break/practice.ts';
import { numberedIds, randomId } from '../../platform/ids.ts';
import { assets } from '../../platform/package-root.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { cleaningUp } from '../interrupted.ts';
import { breakList, createdLines, hintLines, repairLines, reportOf } from '../output/break-lines.ts';
import { readyEngine } from '../prepare-engine.ts';
import { findTutorial } from '../tutorials.ts';
import { usage } from '../usage.ts';

export interface BreakOptions {
  readonly tutorial: string;
  readonly list?: boolean;
  readonly level?: string;
  readonly hint?: boolean;
  readonly check?: boolean;
}

/** `lab break`: troubleshooting practice. Creates a folder with a stack that has one fault, shows hints, and proves the repair. */
export async function breakStack(cli: Cli, options: BreakOptions, named?: string): Promise<number> {
  if (options.hint) return showHint(cli);
  if (options.check) return check(cli);
  const tutorial = findTutorial(options.tutorial);
  const faults = await faultsIn(tutorial);
  const done = await practicesIn(cli.cwd);
  if (options.list) {
    cli.out.write(breakList(cli, faults, done));
    return 0;
  }
  const number = named === undefined ? randomNumber(faults, options.level, done) : numberOf(named, faults);
  return create(cli, tutorial, faults[number - 1] as Fault, number);
}

async function create(cli: Cli, tutorial: Tutorial, fault: Fault, number: number): Promise<number> {
  const name = `break-${String(number).padStart(2, '0')}`;
  const source = join(filesOf(tutorial, assets), tutorial.stacks[fault.stack]?.dir ?? '');
  const started = { tutorial: tutorial.id, number, startedAt: new Date(clock.time()).toISOString() };
  try {
    await createPractice(join(cli.cwd, name), { source, fault, started, report: reportOf(fault, number, cli.lang) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new LabError(
      'E_USAGE',
      text(`the folder ${name} exists already`, `資料夾 ${name} 已經存在`),
      text(`continue in it: cd ${name}; or remove it first`, `請在裡面繼續：cd ${name}；或先移除它`),
    );
  }
  cli.out.write(createdLines(cli, fault, number, name));
  return 0;
}

async function showHint(cli: Cli): Promise<number> {
  const { fault, progress } = await practiceHere(cli);
  const next = { ...progress, hints: Math.min(3, progress.hints + 1) };
  await saveProgress(cli.cwd, next);
  cli.out.write(hintLines(cli, fault, next));
  return 0;
}

async function check(cli: Cli): Promise<number> {
  const { tutorial, fault, progress } = await practiceHere(cli);
  const stack = tutorial.stacks[fault.stack];
  if (!stack) throw new TypeError(`the tutorial ${tutorial.id} has no stack ${fault.stack}`);
  await using engine = await readyEngine(cli, tutorial);
  const repair = await cleaningUp(cli, interrupted, nothingLeft, () =>
    checkRepair(cli.cwd, stack, {
      ...cli,
      tutorial,
      engine,
      clock,
      runId: randomId(4),
      nonce: numberedIds(6),
      timeoutMs: stepMs,
      settleMs,
      onStep: (title, outcome) => {
        if (outcome === 'passed' || outcome === 'failed' || outcome === 'errored')
          cli.err.write(`${outcome === 'passed' ? '✓' : '✗'} ${title[cli.lang]}\n`);
      },
    }),
  );
  const now = new Date(clock.time()).toISOString();
  const solved = repair.outcome === 'passed' && progress.solvedAt === undefined ? { solvedAt: now } : {};
  const next: Progress = { ...progress, checks: progress.checks + 1, ...solved };
  await saveProgress(cli.cwd, next);
  cli.out.write(repairLines(cli, fault, next, repair));
  return exitCodes[repair.outcome === 'errored' ? 'failed' : repair.outcome];
}

/** How long a step may take, and how long its claims may take to become true. */
const stepMs = 120_000;
const settleMs = 10_000;

const interrupted = text('interrupted; what the check had made is removed', '已中斷；驗證時建立的資源都已移除');
const nothingLeft = text('your own containers were not touched', '沒有更動你自己的容器');

async function faultsIn(tutorial: Tutorial): Promise<readonly Fault[]> {
  const faults = await faultsOf[tutorial.id]?.();
  if (faults) return faults;
  throw usage(
    text(`the tutorial ${tutorial.id} has no faults to practise on`, `教學 ${tutorial.id} 沒有可以練習的問題`),
    'lab break',
  );
}

/** The practice folder that is the current folder. */
async function practiceHere(cli: Cli): Promise<{ tutorial: Tutorial; fault: Fault; progress: Progress }> {
  const progress = await loadProgress(cli.cwd).catch((error: unknown) => {
    throw new LabError(
      'E_STATE',
      text('.labwright/break.json is not valid', '.labwright/break.json 的內容無效'),
      text('create the folder again: lab break <number>', '請重新建立資料夾：lab break <編號>'),
      { cause: error },
    );
  });
  if (!progress)
    throw new LabError(
      'E_PROJECT_UNKNOWN',
      text(`${cli.cwd} is no practice folder of \`lab break\``, `${cli.cwd} 不是 \`lab break\` 的練習資料夾`),
      text('create one: lab break; then cd into it', '請先建立：lab break；再用 cd 進入'),
    );
  const tutorial = findTutorial(progress.tutorial);
  const fault = (await faultsIn(tutorial))[progress.number - 1];
  if (fault) return { tutorial, fault, progress };
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`this version has no fault ${progress.number}`, `這個版本沒有問題 ${progress.number}`),
    text('create a new folder: lab break', '請建立新的資料夾：lab break'),
  );
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
