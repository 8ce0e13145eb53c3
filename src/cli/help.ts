import type { Lang } from '../lab/text.ts';
import { widthOf, wrap } from '../report/terminal/layout.ts';

interface Words {
  /** commander's own texts, by their English form. */
  readonly own: Readonly<Record<string, string>>;
  readonly examples: string;
  more(description: string, choices: string | undefined, preset: string | undefined): string;
}

const words: Readonly<Record<Lang, Words>> = {
  en: {
    own: {},
    examples: 'Examples:',
    more: (description, choices, preset) => {
      const parts = [choices && `choices: ${choices}`, preset && `default: ${preset}`].filter(Boolean);
      return parts.length > 0 ? `${description} (${parts.join('; ')})` : description;
    },
  },
  'zh-TW': {
    own: {
      'Usage:': '用法：',
      'Arguments:': '參數：',
      'Options:': '選項：',
      'Commands:': '指令：',
      '[options]': '[選項]',
      '[command]': '[指令]',
    },
    examples: '範例：',
    more: (description, choices, preset) => {
      const parts = [choices && `可用的值：${choices.replaceAll(', ', '、')}`, preset && `預設：${preset}`].filter(Boolean);
      return parts.length > 0 ? `${description}（${parts.join('；')}）` : description;
    },
  },
};

/** The parts of commander's help that are used. */
interface Plain<Command, Helper> {
  commandUsage(command: Command): string;
  subcommandTerm(command: Command): string;
  formatHelp(command: Command, helper: Helper): string;
}
interface OptionWords {
  readonly description: string;
  readonly argChoices?: readonly string[];
  readonly defaultValue?: unknown;
  readonly defaultValueDescription?: string;
}

/** commander's settings for help in this language, with columns and lines measured by terminal width. */
export function helpIn<Command, Helper>(lang: Lang, plain: Plain<Command, Helper>) {
  const { own, more } = words[lang];
  const translated = (line: string): string =>
    line
      .split(' ')
      .map((word) => own[word] ?? word)
      .join(' ');
  return {
    displayWidth: widthOf,
    boxWrap: (line: string, width: number) => wrap(line, width).join('\n'),
    // a full-width colon needs no space after it
    formatHelp: (command: Command, helper: Helper) =>
      plain.formatHelp.call(helper as never, command, helper).replace(/^(\S+：) /, '$1'),
    styleTitle: translated,
    commandUsage: (command: Command) => translated(plain.commandUsage(command)),
    subcommandTerm: (command: Command) => translated(plain.subcommandTerm(command)),
    optionDescription: ({ description, argChoices, defaultValue, defaultValueDescription }: OptionWords) => {
      const preset = ['string', 'number'].includes(typeof defaultValue) ? String(defaultValue) : undefined;
      return more(description, argChoices?.join(', '), defaultValueDescription ?? preset);
    },
  };
}

export const examplesIn = (lang: Lang, lines: readonly string[]): string =>
  `\n${words[lang].examples}\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
