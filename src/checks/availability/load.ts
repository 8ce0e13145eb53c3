import { type Check, defineCheck } from '../../lab/check.ts';
import { portOf } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import { failed, type Judgement, passed, skipped, waiting, withFaultIn } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { loadScript, readLoad } from '../evidence/load-script.ts';
import { runProbe } from '../evidence/probes.ts';
import { needsMany } from '../evidence/sample.ts';
import { gatherStack, nameOf, runningOf, type StackFacts, textWith } from '../evidence/stack-facts.ts';

/** How many answers may be lost: none, or at least one. */
export type Lost = 0 | 'some';

/** Requests to send from a container of one role to the name of another. */
export interface LoadExpectation<R extends string> {
  readonly from: R;
  readonly to: R;
  readonly path: string;
  readonly requests: number;
  readonly lost: Lost;
}

interface LoadFacts extends StackFacts {
  readonly sent: number;
  /** Requests that were answered with a status of 200 to 299. */
  readonly answered: number;
  /** How often each other status was seen; `000`: no answer. */
  readonly others: Readonly<Record<string, number>>;
  readonly few?: true;
}

/** Where a learner's logs are spared. */
const fewRequests = 12;
/** One request may take 10 s, and ten are sent at a time. */
const loadMs = 120_000;

/** Our requests from a container of one role to another are all answered, or some are not. */
export function loadIs<R extends string>(wanted: LoadExpectation<R>, id: string): Check<LoadFacts, R> {
  const { from, to, lost } = wanted;
  return defineCheck({
    id,
    roles: [from, to],
    claim:
      lost === 0
        ? textWith('every request from {from} to {to} is answered', '{from} 送給 {to} 的每個請求都有回應', { from, to })
        : textWith('some requests from {from} to {to} are lost', '{from} 送給 {to} 的請求有些沒有回應', { from, to }),
    gather: (world) => sendLoad(world, wanted),
    judge: (facts) => withFaultIn(['conf', to], judgeLoad(facts, wanted)),
  });
}

async function sendLoad<R extends string>(world: World, { from, to, path, requests }: LoadExpectation<R>): Promise<LoadFacts> {
  const stack = await gatherStack(world);
  const few = world.traces?.few === true;
  const [inside] = runningOf(stack, from);
  if (!inside) return { ...stack, sent: 0, answered: 0, others: {} };
  const sent = few ? Math.min(requests, fewRequests) : requests;
  const send = async () => {
    world.traces?.add(sent);
    const script = loadScript(`${nameOf(stack, to)}:${portOf(world.spec, to)}`, path, sent);
    return readLoad(await runProbe(world, inside, script, loadMs, 'alone'), sent);
  };
  const seen = await (few && world.traces
    ? world.traces.sample(`load from ${from} to ${to}${path}`, send, ({ answered }) => answered === sent)
    : send());
  return { ...stack, ...seen, sent, ...(few && sent < requests ? { few } : {}) };
}

function judgeLoad(facts: LoadFacts, { from, to, lost }: LoadExpectation<string>): Judgement {
  const names = { from: nameOf(facts, from), to: nameOf(facts, to) };
  const missing = facts.sent - facts.answered;
  const seen = textWith('answered {answered}, lost {missing}{how}', '有回應 {answered} 個，遺失 {missing} 個{how}', {
    answered: facts.answered,
    missing,
    how: statusesOf(facts.others),
  });
  if (facts.sent === 0)
    return failed({
      expected: textWith('requests from {from} to {to}', '{from} 送給 {to} 的請求', names),
      actual: textWith('{from} does not run', '{from} 沒有在執行', names),
      cause: textWith('{from} does not run', '{from} 沒有在執行', names),
      help: textWith('start the stack: docker compose up -d', '啟動服務：docker compose up -d'),
    });
  if (lost === 0 ? missing === 0 : missing > 0) return passed(seen);
  if (lost === 'some' && facts.few) return skipped(needsMany);
  return waiting(
    lost === 0
      ? {
          expected: textWith('an answer to each of {sent} requests to {to}', '送給 {to} 的 {sent} 個請求都有回應', {
            ...names,
            sent: facts.sent,
          }),
          actual: seen,
          help: textWith(
            'see why {to} does not answer: docker compose logs {to}',
            '查看 {to} 沒有回應的原因：docker compose logs {to}',
            names,
          ),
        }
      : {
          expected: textWith('lost answers among {sent} requests to {to}', '送給 {to} 的 {sent} 個請求有些沒有回應', {
            ...names,
            sent: facts.sent,
          }),
          actual: seen,
          help: text('this step needs a failure that shows: read its task again', '這一步需要看得到的故障：請再看一次步驟的說明'),
        },
  );
}

/** ` (HTTP 502: 3, no answer: 1)`; empty if every request was answered. */
const statusesOf = (others: LoadFacts['others']): Text | string => {
  const parts = Object.entries(others);
  const list = (none: string) =>
    parts.map(([status, count]) => `${status === '000' ? none : `HTTP ${status}`}: ${count}`).join(', ');
  return parts.length === 0 ? '' : text(` (${list('no answer')})`, `（${list('沒有回應')}）`);
};
