import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import { shellWord } from './shell-quote.ts';

/** An invalid call. `command`: the command whose help explains it, `lab run`. */
export const usage = (message: Text, command: string, meant?: string): LabError =>
  new LabError(
    'E_USAGE',
    message,
    text(
      `${meant ? `did you mean ${meant}? ` : ''}\`${command} --help\` shows its usage`,
      `${meant ? `是不是要用 ${meant}？` : ''}\`${command} --help\` 會列出所有用法`,
    ),
  );

/** The tutorial that a call names, by its argument or by `--tutorial`; undefined: by neither. Throws LabError E_USAGE if they name two. */
export function namedTutorial(command: string, argument: string | undefined, option: string | undefined): string | undefined {
  if (argument === undefined || option === undefined || argument === option) return argument ?? option;
  throw new LabError(
    'E_USAGE',
    text(`${command}: ${argument} and --tutorial ${option}`, `${command}：同時指定了 ${argument} 和 --tutorial ${option}`),
    text('name one tutorial', '請只指定一份教學'),
  );
}

/** The commander command that was called. */
interface Called {
  readonly parent: Pick<Called, 'name' | 'parent'> | null;
  name(): string;
  readonly args: readonly string[];
  readonly registeredArguments: readonly unknown[];
  readonly options: readonly { readonly long?: string | undefined; readonly short?: string | undefined }[];
  readonly commands: readonly Called[];
}

/** Commands that a person must ask for by name: they are not suggested for a misspelled word. */
const neverSuggested = new Set(['clean']);

/** Converts an error of commander into our wording; where commander has its own message, keeps that. `words`: the arguments of the program. */
export function usageError(
  { code, message }: { code: string; message: string },
  command: Called,
  words: readonly string[],
): LabError {
  const name = fullName(command);
  const [, sentence = message, similar = ''] =
    /^(?:error: )?(.*?)(?:\n\(Did you mean (?:one of )?(.*)\?\))?$/s.exec(message) ?? [];
  const early = code === 'commander.unknownOption' && !command.parent ? tooEarly(quoted(sentence), command, words) : undefined;
  if (early) return early;
  const meant = similar
    .split(', ')
    .filter((word) => !neverSuggested.has(word))
    .join(', ');
  return usage(sentences[code]?.(name, sentence, command) ?? other(name, sentence), name, meant);
}

/** `lab grade purge` */
const fullName = (command: Pick<Called, 'name' | 'parent'>): string =>
  command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();

const asTyped = (word: string): string => (/^[\w%+=:,./-]+$/.test(word) ? word : shellWord(word));

/** The error if an option of a command is before the command. */
function tooEarly(option: string, root: Called, words: readonly string[]): LabError | undefined {
  const names = root.commands.map((one) => one.name());
  const at = words.findIndex((word) => names.includes(word));
  const command = root.commands.find((one) => one.name() === words[at]);
  const flag = option.split('=')[0] ?? option;
  if (!command?.options.some(({ long, short }) => flag === long || flag === short)) return undefined;
  const corrected = [root.name(), command.name(), ...words.slice(0, at), ...words.slice(at + 1)].map(asTyped).join(' ');
  return new LabError(
    'E_USAGE',
    text(
      `${flag} is an option of ${root.name()} ${command.name()}: write it after the command`,
      `${flag} 是 ${root.name()} ${command.name()} 的選項，必須寫在指令後面`,
    ),
    text(`write: ${corrected}`, `請寫成：${corrected}`),
  );
}

const other = (name: string, value: string): Text => text(`${name}: ${value}`, `${name} 的用法不正確：${value}`);
const quoted = (value: string): string => /'(.*)'/s.exec(value)?.[1] ?? '';

/** By commander's code: a sentence with the faulty words from commander's message. */
const sentences: Readonly<Record<string, (name: string, value: string, command: Called) => Text>> = {
  'commander.unknownOption': (name, value) => {
    const option = quoted(value);
    return text(`${name} has no option '${option}'`, `${name} 沒有「${option}」這個選項`);
  },
  'commander.unknownCommand': (name, value) => {
    const word = quoted(value);
    return text(`${name} has no command '${word}'`, `${name} 沒有「${word}」這個指令`);
  },
  'commander.missingArgument': (name, value) => {
    const argument = quoted(value);
    return text(`${name} needs <${argument}>`, `${name} 需要 <${argument}>`);
  },
  'commander.optionMissingArgument': (name, value) => {
    const flags = quoted(value);
    return text(`${name}: ${flags} needs a value`, `${name}：${flags} 需要一個值`);
  },
  'commander.excessArguments': (name, _, { args, registeredArguments }) => {
    const word = args[registeredArguments.length];
    return text(`${name} takes no '${word}'`, `${name} 不接受「${word}」`);
  },
  'commander.conflictingOption': (name, value) => {
    const [, one = '', other = ''] = /'(.*?)' cannot be used with option '(.*?)'/s.exec(value) ?? [];
    return text(`${name}: ${one} and ${other} can't be used together`, `${name}：${one} 與 ${other} 不能同時使用`);
  },
  'commander.invalidArgument': (name, message) => {
    const [, flags = '', value, choices = ''] =
      /^option '(.+?)' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s.exec(message) ?? [];
    if (value === undefined) return other(name, message);
    const option = /--[\w-]+/.exec(flags)?.[0] ?? flags;
    return text(
      `${name}: ${option} can't be '${value}'; it is one of ${choices}`,
      `${name}：${option} 不能是「${value}」，可用的值是 ${choices.replaceAll(', ', '、')}`,
    );
  },
};
