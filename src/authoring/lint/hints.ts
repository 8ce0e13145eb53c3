import { type Finding, finding, placesOf } from '../../lab/finding.ts';
import { langs } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';

/** A command of the last hint, and its parts. */
interface Command {
  readonly line: string;
  /** The command without `docker compose`. */
  readonly rest: string;
  /** `up`; undefined if it is not a Compose command. */
  readonly verb?: string;
  readonly flags: readonly string[];
}

/** Hints go from vague to exact: only the last one contains the command. The second may name an option, the first may not. */
export function lintHints(tutorial: Tutorial): Finding[] {
  return placesOf(tutorial).flatMap(({ step, where }) => {
    const last = step.hints.at(-1);
    if (!last) return [];
    const commands = [...new Set(langs.flatMap((lang) => linesIn(last[lang])))].map(commandOf);
    return step.hints.slice(0, -1).flatMap((hint, at) => {
      const [found] = langs.flatMap((lang) =>
        givenAway(hint[lang], commands, at === 0)
          .slice(0, 1)
          .map((given) => ({ given, lang })),
      );
      if (!found) return [];
      const { given, lang } = found;
      const reported = finding(
        where,
        'hint-gives-away',
        [`hint ${at + 1} gives the command away: ${given}`, `提示 ${at + 1} 洩漏了指令：${given}`],
        at === 0
          ? [
              'say what is wanted, without command or option; the last hint is the command',
              '只說明目標，不提指令或選項；最後一個提示才是指令',
            ]
          : ['name the option at most; the last hint is the command', '最多只提選項的名稱；最後一個提示才是指令'],
      );
      return { ...reported, lang };
    });
  });
}

const linesIn = (hint: string): string[] =>
  (hint.replaceAll('`', '').match(/\b(?:docker[ -]compose|docker|curl|ping|dig)\s[^,，；。]+/g) ?? []).map((line) => line.trim());

function commandOf(line: string): Command {
  const compose = /^docker[ -]compose\s+/.exec(line)?.[0];
  const rest = line.slice(compose?.length ?? 0);
  const verb = compose === undefined ? undefined : /^[a-z]+/.exec(rest)?.[0];
  const flags = [...new Set(rest.replaceAll(/(['"]).*\1/g, '').match(/(?<=\s)--?[A-Za-z][\w-]*/g))];
  return { line, rest, flags, ...(verb === undefined ? {} : { verb }) };
}

/** The parts of a hint that reveal one of the commands. */
function givenAway(hint: string, commands: readonly Command[], isFirst: boolean): string[] {
  const spans = [...hint.matchAll(/`([^`]*)`/g)].map(([, span = '']) => span.trim());
  const typed = [...spans, ...linesIn(hint)];
  return commands.flatMap(({ line, rest, verb, flags }) => {
    // a single word such as `stop` is also a word of the language: it counts only as code
    const whole = [line, ...(rest.includes(' ') ? [rest] : [])].find((written) => hint.includes(written));
    if (whole !== undefined) return [whole];
    const bare = isFirst ? spans.find((span) => span === rest) : undefined;
    const together = typed.find(
      (written) => verb !== undefined && wordIn(written, verb) && flags.some((flag) => wordIn(written, flag)),
    );
    const flag = isFirst ? flags.find((one) => wordIn(hint, one)) : undefined;
    return [bare, together, flag].filter((one) => one !== undefined);
  });
}

const wordIn = (written: string, word: string): boolean =>
  new RegExp(`(?<![\\w-])${word.replaceAll(/[^\w-]/g, '\\$&')}(?![\\w-])`).test(written);
