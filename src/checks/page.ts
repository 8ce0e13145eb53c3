import { type Check, defineCheck } from '../lab/check.ts';
import { verbatim } from '../lab/text.ts';
import { failed, type Judgement, passed, waiting } from '../lab/verdict.ts';
import type { Answer, World } from '../lab/world.ts';
import { explainNoAnswer } from './causes/no-answer.ts';
import { contains as containsPart } from './evidence/contains.ts';
import { type LogTail, logTailOf, withLogTail } from './evidence/log-tail.ts';
import { exitCodeText, gatherStack, nameOf, quoted, replicasOf, type StackFacts, textWith } from './evidence/stack-facts.ts';

/** What the page at the stack's published port is expected to be. */
export interface PageExpectation {
  readonly path: string;
  readonly status: number;
  /** A part of the page. */
  readonly contains?: string;
}

interface PageFacts extends StackFacts {
  /** Omitted: none arrived. */
  readonly answer?: Answer;
  /** The role that publishes the port. */
  readonly role?: string;
  /** Without an answer: the logs of its replicas that ended. */
  readonly lastWords?: LogTail;
}

const ended = (facts: PageFacts) =>
  (facts.role === undefined ? [] : replicasOf(facts, facts.role)).filter(
    (one) => one.state === 'exited' || one.state === 'restarting',
  );

/** Requests a page of the stack's published port. Checks of a step that share it look at the same answer. */
export const requestPage =
  (path: string) =>
  async (world: World): Promise<PageFacts> => {
    const take = async () => (await world.request([''], { keepAlive: false, path }))[0];
    const answer = await (world.traces
      ? world.traces.sample(`page ${path}`, take, (one) => one !== undefined && one.status !== 0)
      : take());
    const role = world.spec.published?.role;
    const stack = { ...(await gatherStack(world)), ...(role === undefined ? {} : { role }) };
    if (answer && answer.status !== 0) return { ...stack, answer };
    return { ...stack, lastWords: await logTailOf(world, ended(stack)) };
  };

/** A request from the host to the stack's published port is answered as expected. */
export function pageIs(wanted: PageExpectation, id = 'page-is-as-expected', gather = requestPage(wanted.path)): Check<PageFacts> {
  return defineCheck({
    id,
    claim:
      wanted.contains === undefined
        ? textWith('{path} on the published port answers with status {status}', '發佈的連接埠對 {path} 回應狀態碼 {status}', {
            ...wanted,
          })
        : textWith('{path} on the published port answers {part}', '發佈的連接埠對 {path} 回應{part}', {
            path: wanted.path,
            part: quoted(wanted.contains),
          }),
    gather,
    judge: (facts) => judgePage(facts, wanted),
    explain: async (world, facts) =>
      facts.answer || facts.role === undefined ? undefined : explainNoAnswer(world, facts, facts.role),
  });
}

function judgePage(facts: PageFacts, { path, status, contains }: PageExpectation): Judgement {
  const { answer, hostPort = 80 } = facts;
  const isRight = answer?.status === status && (contains === undefined || containsPart(answer.body, contains));
  if (isRight) return passed(contains === undefined ? verbatim(`${status}`) : quoted(contains));
  const over = answer ? [] : ended(facts);
  const [first] = over;
  const cause =
    first &&
    textWith('{name} ended with exit code {code}', '{name} 已結束（結束碼 {code}）', {
      name: first.name,
      code: exitCodeText(first),
    });
  const mismatch = {
    expected:
      contains === undefined
        ? textWith('status {status}', '狀態碼 {status}', { status })
        : textWith('status {status}, with {part}', '狀態碼 {status}，內容包含{part}', { status, part: quoted(contains) }),
    actual: answer
      ? textWith('status {status}: {body}', '狀態碼 {status}：{body}', {
          status: answer.status,
          body: quoted(answer.body.trim().slice(0, 120)),
        })
      : cause
        ? textWith('no answer: {cause}', '沒有回應：{cause}', { cause })
        : textWith('no answer', '沒有回應'),
    ...(cause ? { cause } : {}),
    help: answer
      ? textWith('curl -i http://localhost:{hostPort}{path}', 'curl -i http://localhost:{hostPort}{path}', { hostPort, path })
      : first
        ? textWith('see why it ended: docker compose logs {service}', '查看它結束的原因：docker compose logs {service}', {
            service: nameOf(facts, facts.role ?? ''),
          })
        : textWith(
            'see what runs, and which port it publishes: docker compose ps',
            '查看執行中的容器和發佈的連接埠：docker compose ps',
          ),
    ...withLogTail(over, facts.lastWords ?? {}),
  };
  const isUp = (role: string) => replicasOf(facts, role).some((one) => one.state !== 'exited' && one.state !== 'dead');
  const mayAnswer = facts.role === undefined ? facts.replicas.some((one) => one.state === 'running') : isUp(facts.role);
  return mayAnswer ? waiting(mismatch) : failed(mismatch);
}
