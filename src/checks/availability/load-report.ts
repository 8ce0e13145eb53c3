import { type Check, defineCheck } from '../../lab/check.ts';
import { type Text, text, verbatim } from '../../lab/text.ts';
import { errored, failed, passed, type Verdict, withFaultIn } from '../../lab/verdict.ts';
import type { ExecResult, World } from '../../lab/world.ts';
import { lastLines } from '../evidence/log-tail.ts';
import { gatherStack, nameOf, replicasOf, runningOf, type StackFacts, textWith } from '../evidence/stack-facts.ts';
import type { Lost } from './load.ts';
import { unrecordedEnd } from './unrecorded-end.ts';

/** What a load is expected to have shown, which a learner sent with a script of the stack. */
export interface LoadReportExpectation<R extends string> {
  /** Where the script runs. */
  readonly in: R;
  /** One line of shell that prints `answered <n> lost <n> from <t> to <t>`, the times in seconds since 1970, rounded down: a load has to go on for a second after a change. */
  readonly run: string;
  readonly lost: Lost;
  /** The last start or end of a replica of this role has to lie between the times. */
  readonly during: R;
}

interface LoadReportFacts extends StackFacts {
  /** Omitted: no container of the role runs. */
  readonly result?: ExecResult;
}

/** A load of the learner's own lost no answer, or some, while replicas of a role started or ended. */
export function loadReported<R extends string>(wanted: LoadReportExpectation<R>, id: string): Check<LoadReportFacts, R> {
  const { lost, during } = wanted;
  return defineCheck({
    id,
    roles: [wanted.in, during],
    claim:
      lost === 0
        ? textWith('no answer was lost while replicas of {during} changed', '{during} 的副本變動時，沒有遺失任何回應', { during })
        : textWith('answers were lost while replicas of {during} changed', '{during} 的副本變動時，遺失了一些回應', { during }),
    gather: async (world: World) => {
      const stack = await gatherStack(world);
      const [inside] = runningOf(stack, wanted.in);
      return inside ? { ...stack, result: await world.exec(inside.id, wanted.run) } : stack;
    },
    judge: (facts) => withFaultIn(['conf', during], judgeReport(facts, wanted)),
  });
}

/** The counts that a load's script printed, and its times in seconds; undefined: it printed none. */
export function readReport(printed: string): { answered: number; lost: number; from: number; to: number } | undefined {
  const found = /\banswered (\d+) lost (\d+) from (\d+) to (\d+)\b/.exec(printed);
  if (!found) return undefined;
  const [answered = 0, lost = 0, from = 0, to = 0] = found.slice(1).map(Number);
  return { answered, lost, from, to };
}

/** When a replica of the role last started or ended, in seconds since 1970, as far as it is known; 0: never. */
function lastChange(facts: StackFacts, role: string): number {
  const times = replicasOf(facts, role).map(({ state, startedAt, finishedAt = '' }) =>
    Date.parse(state === 'running' ? startedAt : finishedAt),
  );
  return Math.max(0, ...times.filter(Number.isFinite)) / 1000;
}

/** A replica of the role that has ended at a time that Docker did not record. */
const endedUnseen = (facts: StackFacts, role: string) =>
  replicasOf(facts, role).find(({ state, finishedAt }) => state === 'exited' && finishedAt === undefined);

function judgeReport(facts: LoadReportFacts, { in: from, run, lost, during }: LoadReportExpectation<string>): Verdict {
  const service = nameOf(facts, during);
  const expected =
    lost === 0
      ? textWith(
          'a load with no lost answer, while replicas of {service} change',
          '{service} 的副本變動時送出請求，沒有遺失任何回應',
          { service },
        )
      : textWith(
          'a load with lost answers, while replicas of {service} change',
          '{service} 的副本變動時送出請求，遺失了一些回應',
          { service },
        );
  const report = facts.result && readReport(facts.result.stdout);
  if (!report) return unreported(facts, from, run, expected);
  const seen = textWith('answered {answered}, lost {lost}', '有回應 {answered} 個，遺失 {lost} 個', report);
  const change = lastChange(facts, during);
  const unseen = endedUnseen(facts, during);
  if (unseen && change <= report.to) return errored(unrecordedEnd(unseen));
  const isCovered = change >= report.from && change <= report.to;
  const isAsWanted = lost === 0 ? report.lost === 0 && report.answered > 0 : report.lost > 0;
  if (isCovered && isAsWanted) return passed(seen);
  if (!isCovered)
    return failed({
      expected,
      actual:
        change > report.to
          ? textWith('the load had ended before the last change of {service}', '{service} 最後一次變動之前，請求就已送完', {
              service,
            })
          : textWith('the load began after the last change of {service}', '{service} 最後一次變動之後，才開始送出請求', {
              service,
            }),
      help: textWith(
        'start the load, change {service}, and then stop the load',
        '先開始送出請求，再變動 {service}，最後停止送出請求',
        { service },
      ),
    });
  return failed({
    expected,
    actual: seen,
    help:
      lost === 0
        ? textWith(
            'see what failed, and repeat the load: docker compose logs',
            '查看失敗的原因，再重新送出請求：docker compose logs',
          )
        : text('this step needs a failure that shows: read its task again', '這一步需要看得到的故障：請再看一次步驟的說明'),
  });
}

function unreported({ result, ...facts }: LoadReportFacts, from: string, run: string, expected: Text): Verdict {
  const service = nameOf(facts, from);
  if (!result)
    return failed({
      expected,
      actual: textWith('{service} does not run', '{service} 沒有在執行', { service }),
      cause: textWith('{service} does not run', '{service} 沒有在執行', { service }),
      help: textWith('start the stack: docker compose up -d', '啟動服務：docker compose up -d'),
    });
  const [last = ''] = lastLines(result.stdout + result.stderr).slice(-1);
  return failed({
    expected,
    actual: last === '' ? text('no load has ended yet', '還沒有送完請求') : verbatim(`\`${run}\`: ${last.slice(0, 120)}`),
    help: text(
      'start a load, do what the step asks for, and stop the load',
      '先開始送出請求，做這一步要求的操作，再停止送出請求',
    ),
  });
}
