import { quote } from '../formats/quote.ts';
import { type Check, defineCheck } from '../lab/check.ts';
import { type Text, text } from '../lab/text.ts';
import { failed, type Judgement, passed, waiting, withFaultIn } from '../lab/verdict.ts';
import type { ExecResult, World } from '../lab/world.ts';
import { contains } from './evidence/contains.ts';
import { lastLines } from './evidence/log-tail.ts';
import { gatherStack, nameOf, quoted, runningOf, type StackFacts, textWith } from './evidence/stack-facts.ts';

interface LogFacts extends StackFacts {
  /** The logs of the running replicas, joined. */
  readonly log: string;
}

const longest = 120;
const short = (line: string): string => (line.length > longest ? `${line.slice(0, longest - 1)}…` : line);
const notRunning = (service: string): Text => textWith('{service} does not run', '{service} 沒有在執行', { service });
const quotedLine = (line: string): Text => quoted(short(line.trim()));

/** The log of a role contains a text. */
export function logContains<R extends string>(role: R, wanted: string, id = `${role}-logs-it`): Check<LogFacts, R> {
  return defineCheck({
    id,
    roles: [role],
    claim: textWith('the log of {role} contains {part}', '{role} 的日誌包含{part}', { role, part: quoted(wanted) }),
    gather: async (world: World) => {
      const stack = await gatherStack(world);
      const logs = await Promise.all(runningOf(stack, role).map(({ id: container }) => world.log(container)));
      return { ...stack, log: logs.join('\n') };
    },
    judge: (facts) => withFaultIn([role], judgeLog(facts, role, wanted)),
  });
}

function judgeLog(facts: LogFacts, role: string, wanted: string): Judgement {
  const service = nameOf(facts, role);
  const found = facts.log.split('\n').find((line) => contains(line, wanted));
  if (found !== undefined) return passed(quotedLine(found));
  const isUp = runningOf(facts, role).length > 0;
  const mismatch = {
    expected: textWith('a line with {part} in the log of {service}', '{service} 的日誌裡有包含{part}的一行', {
      part: quoted(wanted),
      service,
    }),
    ...(isUp ? { actual: text('no such line', '沒有這樣的一行') } : { actual: notRunning(service), cause: notRunning(service) }),
    help: textWith('docker compose logs {service}', 'docker compose logs {service}', { service }),
    ...(lastLines(facts.log).length > 0 ? { said: { service, lines: lastLines(facts.log) } } : {}),
  };
  return isUp ? waiting(mismatch) : failed(mismatch);
}

/** What a command inside a container is expected to do. */
export interface ExecExpectation {
  /** One line of shell, which must not change anything. */
  readonly run: string;
  /** A part of what it prints. */
  readonly prints?: string;
  /** Its exit code; omitted: 0. */
  readonly exitCode?: number;
}

interface ExecFacts extends StackFacts {
  /** Omitted: no container of the role runs. */
  readonly result?: ExecResult;
}

/** A command inside a running container of a role ends with an exit code, and prints a text. `claim`: what that shows. */
export function commandShows<R extends string>(
  role: R,
  expectation: ExecExpectation,
  id = `${role}-command-shows-it`,
  claim: Text = textWith('in {role}, `{run}` gives the expected result', '在 {role} 裡執行 `{run}` 得到預期的結果', {
    role,
    run: expectation.run,
  }),
): Check<ExecFacts, R> {
  return defineCheck({
    id,
    roles: [role],
    claim,
    gather: async (world: World) => {
      const stack = await gatherStack(world);
      const [inside] = runningOf(stack, role);
      return inside ? { ...stack, result: await world.exec(inside.id, expectation.run) } : stack;
    },
    judge: (facts) => withFaultIn([role], judgeCommand(facts, role, expectation)),
  });
}

function judgeCommand(facts: ExecFacts, role: string, { run, prints, exitCode = 0 }: ExecExpectation): Judgement {
  const service = nameOf(facts, role);
  const { result } = facts;
  const expected =
    prints === undefined
      ? textWith('`{run}` ends with exit code {exitCode}', '`{run}` 的結束碼是 {exitCode}', { run, exitCode })
      : textWith('`{run}` prints {part}', '`{run}` 印出{part}', { run, part: quoted(prints) });
  if (!result)
    return failed({
      expected,
      ...{ actual: notRunning(service), cause: notRunning(service) },
      help: textWith('start the stack: docker compose up -d', '啟動服務：docker compose up -d'),
    });
  const output = result.stdout + result.stderr;
  if (result.exitCode === exitCode && (prints === undefined || contains(result.stdout, prints))) {
    const shown = result.stdout.split('\n').find((line) => line.trim() !== '' && contains(line, prints ?? ''));
    return passed(shown === undefined ? textWith('exit code {exitCode}', '結束碼 {exitCode}', { exitCode }) : quotedLine(shown));
  }
  const [first = ''] = lastLines(output).slice(-1);
  return waiting({
    expected,
    actual:
      result.exitCode !== exitCode
        ? textWith('exit code {code}{colon}{first}', '結束碼 {code}{colon}{first}', {
            code: result.exitCode,
            colon: first === '' ? '' : text(': ', '：'),
            first: first === '' ? '' : quotedLine(first),
          })
        : first === ''
          ? text('it printed nothing', '沒有印出任何內容')
          : quotedLine(first),
    help: textWith(
      'see it yourself: docker compose exec {service} sh -c {word}',
      '自己試試看：docker compose exec {service} sh -c {word}',
      { service, word: quote(run) },
    ),
  });
}
