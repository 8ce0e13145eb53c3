import { defineCheck } from '../../lab/check.ts';
import { defineLab } from '../../lab/define.ts';
import type { Fault } from '../../lab/fault.ts';
import { joinTexts, type Text, text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { failed, type Judgement, passed, skipped } from '../../lab/verdict.ts';
import { labsOf, type RepairStep } from './check-repair.ts';

/** What the last check of the repair found so far, by the key of the step. */
export type Proof = ReadonlyMap<string, RepairStep>;

/**
 * Practice on a fault as a tutorial with one step, for the session of live mode. Its checks are the steps of the stack's labs, as the last check of the repair
 * on a copy found them: the learner's own stack is not looked at, because a claim that is false there would name the fault.
 */
export function practiceTutorial(tutorial: Tutorial, fault: Fault, number: number, proof: () => Proof): Tutorial {
  const title = text(`Fault ${number}`, `問題 ${number}`);
  const gather = async (): Promise<Proof> => new Map(proof());
  const steps = labsOf(tutorial, fault.stack).flatMap((lab) => lab.steps.map((step) => ({ key: `${lab.id}/${step.id}`, step })));
  const lab = defineLab({
    id: 'break',
    title,
    stack: fault.stack,
    steps: [
      {
        id: String(number),
        title,
        task,
        teach: joinTexts([text(`Reported: ${fault.report.en}`, `回報的狀況：${fault.report['zh-TW']}`), how], newLine),
        hints: fault.hints,
        run: async () => undefined,
        verify: steps.map(({ key, step }) =>
          defineCheck({ id: key, claim: step.title, gather, judge: (found: Proof) => judged(found.get(key), step.title) }),
        ),
      },
    ],
  });
  return { ...tutorial, title, labs: [lab] };
}

const newLine: Text = text('\n', '\n');

const task = text(
  'Find the fault and repair it with any tool; then have the repair checked.',
  '請用任何工具找出並修復問題，再驗證修復結果。',
);

const how = text(
  'The stack has one fault. A check performs the labs on a copy of this folder: below are their steps, as the last check found them. Each hint takes 20 of 100 points.',
  '這組服務有一個問題。驗證會用這個資料夾的複本執行單元：下面是各個步驟，以及上次驗證的結果。每個提示扣 20 分（滿分 100）。',
);

/** What is shown after the repair, and only then. */
export const explanation = ({ cause, find }: Fault): Text =>
  joinTexts(
    [
      text(`What was wrong: ${cause.en}`, `問題：${cause['zh-TW']}`),
      text(`How to find it: ${find.en}`, `如何找出來：${find['zh-TW']}`),
    ],
    newLine,
  );

/** The remedies of false claims are left out: they would name the fault. */
function judged(found: RepairStep | undefined, title: Text): Judgement {
  if (!found) return skipped(text('not checked yet', '尚未驗證'));
  if (found.outcome === 'passed') return passed(text('the copy passes', '複本通過'));
  if (found.outcome === 'skipped') return skipped(text('an earlier step did not pass', '前面的步驟沒有通過'));
  const open = joinTexts(found.open.slice(0, mostOpen), text('; ', '；'));
  return failed({ expected: title, actual: text(`false: ${open.en}`, `不成立：${open['zh-TW']}`), help: compare });
}

/** The claims of a step that are shown. */
const mostOpen = 3;

const compare = text(
  'compare this with `docker compose ps --all` and `docker compose logs`, or ask for a hint',
  '和 `docker compose ps --all`、`docker compose logs` 的輸出比較，或查看提示',
);
