import { text } from '../../lab/text.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { ExecsSeen } from '../../lab/world.ts';
import { textWith } from '../evidence/stack-facts.ts';

type Command = ExecsSeen['commands'][number];

/** What others typed in containers, and requested, although not what the step asks for. */
export interface OtherTraffic {
  readonly service: string;
  /** Commands that could have been meant, since the newest replica started. */
  readonly commands: readonly Command[];
  /** Commands that would have done, but ran before the newest replica started. */
  readonly earlier: readonly Command[];
  /** Paths other than the page that were requested through the proxy. */
  readonly paths?: readonly string[];
  /** The proxy through which the requests should go. */
  readonly front?: string;
  /** When the newest replica started, in ISO 8601. */
  readonly since: string;
  /** The command that does what the step asks for. */
  readonly command: string;
}

/** What was pinged or requested instead. Undefined: nothing. */
export function otherTrafficCause(facts: OtherTraffic, what: 'ping' | 'request'): Cause | undefined {
  const { service, front, since, command } = facts;
  const names = { service, front: front ?? '', at: since.slice(11, 19) };
  const help = text(command, command);
  const found = facts.commands.findLast(
    ({ line }) => what === 'ping' || pathIn(line) !== undefined || (front !== undefined && asksPastProxy(line, service)),
  );
  if (found) {
    const typed = { ...names, typed: typedIn(found), from: found.service };
    if (what === 'ping')
      return {
        text: textWith('in {from}, `{typed}` pinged another name', '在 {from} 執行的 `{typed}` ping 的是別的名稱', typed),
        help,
      };
    if (front !== undefined && asksPastProxy(found.line, service))
      return {
        text: textWith(
          'in {from}, `{typed}` asked {service} itself, past {front}',
          '在 {from} 執行的 `{typed}` 直接向 {service} 送出請求，沒有經過 {front}',
          typed,
        ),
        help,
      };
    const path = pathIn(found.line) ?? '';
    return {
      text: textWith(
        'in {from}, `{typed}` asked for `{path}` only, not for the page `/`',
        '在 {from} 執行的 `{typed}` 請求的只有 `{path}`，不是首頁 `/`',
        { ...typed, path },
      ),
      help,
    };
  }
  const { paths = [] } = facts;
  if (paths.length > 0)
    return {
      text: textWith(
        '{front} was asked for `{path}` only, not for the page `/`',
        '向 {front} 請求的只有 `{path}`，不是首頁 `/`',
        {
          ...names,
          path: paths.slice(0, 3).join('`, `'),
        },
      ),
      help,
    };
  const before = facts.earlier.at(-1);
  if (!before) return undefined;
  return {
    text: textWith(
      'in {from}, `{typed}` ran before the newest replica of {service} was started ({at} UTC): do it again now',
      '在 {from} 執行的 `{typed}` 早於最新的 {service} 副本啟動（{at} UTC）：現在請再做一次',
      { ...names, typed: typedIn(before), from: before.service },
    ),
    help,
  };
}

const longest = 80;
/** What was typed, on one line: `sh -c` is the shell's. */
const typedIn = ({ line }: Command): string => {
  const words = line.replace(/\s+/g, ' ').trim();
  return words.length > longest ? `${words.slice(0, longest - 1)}…` : words;
};

/** The command requests this service by its own name. */
const asksPastProxy = (line: string, service: string): boolean =>
  line.split(/[\s'"]+/).some((word) => word.replace(/^https?:\/\//, '').split(/[:/]/)[0] === service);

/** The programs that send HTTP requests, in a command line. */
export const requestProgram = /(?:^|[\s;/'"(])(?:curl|wget|http|ab|nc)\s/;

/** A command that sends an HTTP request. */
export const isRequest = (line: string): boolean => !/\b(?:ping|dig|nslookup|getent)\b/.test(line) && requestProgram.test(line);

/** The path that a command requests; undefined: the page `/`. */
const pathIn = (line: string): string | undefined => {
  const words = line.split(/[\s'"]+/);
  const urls = words.slice(1).flatMap((word) => /^(?:https?:\/\/)?[\w.-]+(?::\d+)?(\/[\w/.-]+)/.exec(word)?.[1] ?? []);
  return urls[0];
};
