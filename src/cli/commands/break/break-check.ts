import type { Engine } from '../../../docker/engine.ts';
import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';
import { checkRepair, type Repair, type RepairStep } from '../../../learn/break/check-repair.ts';
import { checked, hinted, type Progress } from '../../../learn/break/practice.ts';
import { numberedIds, randomId } from '../../../platform/ids.ts';
import { clock } from '../../clock.ts';
import type { Cli } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { cleaningUp } from '../../interrupted.ts';
import { checkStart, hintLines, repairLines, stepLine } from '../../output/break-lines.ts';
import { examCheckLine, examCheckStart, examCheckSummary } from '../../output/exam-lines.ts';
import { readyEngine } from '../../prepare-engine.ts';
import { type Practice, practicesAt } from './break-folder.ts';

/** `lab break --hint`: shows one hint more. Throws LabError E_USAGE in the folder of a whole exam. */
export async function showHint(cli: Cli): Promise<number> {
  const [one, ...others] = await practicesAt(cli.cwd);
  if (others.length > 0)
    throw new LabError(
      'E_USAGE',
      text('lab break --hint: this exam has several faults', 'lab break --hint：這份測驗有多個問題'),
      text(`cd into one of its folders first: cd ${one.examFolder}`, `請先進入其中一個資料夾：cd ${one.examFolder}`),
    );
  const next = await one.update(hinted);
  cli.out.write(hintLines(cli, one.fault, next, one.examFolder));
  return 0;
}

/** `lab break --check`: proves the repair of the practice folder, or of all folders of an exam. Exit code 0: all are repaired; 1: not all. */
export async function check(cli: Cli): Promise<number> {
  const practices = await practicesAt(cli.cwd);
  const [one, ...others] = practices;
  await using engine = await readyEngine(cli, one.tutorial);
  return await cleaningUp(cli, interrupted, nothingLeft, async () => {
    if (others.length === 0) {
      cli.err.write(`${checkStart[cli.lang]}\n`);
      const { repair, next } = await checkOne(cli, engine, one, (line) => cli.err.write(line));
      cli.out.write(repairLines(cli, one.fault, next, repair, one.examFolder));
      return exitCodes[repair.outcome === 'errored' ? 'failed' : repair.outcome];
    }
    cli.err.write(`${examCheckStart(practices.length)[cli.lang]}\n`);
    let repaired = 0;
    for (const practice of practices) {
      const { repair } = await checkOne(cli, engine, practice, () => {});
      if (repair.outcome === 'passed') repaired += 1;
      cli.out.write(examCheckLine(cli, practice.examFolder ?? '', repair));
    }
    cli.out.write(examCheckSummary(cli, repaired, practices.length));
    return repaired === practices.length ? 0 : 1;
  });
}

async function checkOne(
  cli: Cli,
  engine: Engine,
  practice: Practice,
  print: (line: string) => void,
): Promise<{ repair: Repair; next: Progress }> {
  const repair = await proveRepair(cli, engine, practice, ({ title, outcome }) => print(stepLine(cli, title, outcome)));
  const next = await practice.update((now) => checked(now, repair, clock.time()));
  return { repair, next };
}

/** Checks the repair of a practice folder on a copy. */
export function proveRepair(
  cli: Cli,
  engine: Engine,
  { dir, tutorial, fault }: Pick<Practice, 'dir' | 'tutorial' | 'fault'>,
  onStep: (step: RepairStep) => void,
): Promise<Repair> {
  const stack = tutorial.stacks[fault.stack];
  if (!stack) throw new TypeError(`the tutorial ${tutorial.id} has no stack ${fault.stack}`);
  const ids = { runId: randomId(4), nonce: numberedIds(6) };
  return checkRepair(dir, stack, { ...cli, ...ids, tutorial, engine, clock, timeoutMs: stepMs, settleMs, onStep });
}

/** How long a step may take, and how long its claims may take to become true. */
const stepMs = 120_000;
const settleMs = 10_000;

const interrupted = text('interrupted; what the check had made is removed', '已中斷；驗證時建立的資源都已移除');
const nothingLeft = text('your own containers were not touched', '沒有更動你自己的容器');
