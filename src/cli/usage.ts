import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';

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

/** The commander command that was called. */
interface Called {
  readonly parent: { name(): string } | null;
  name(): string;
  readonly args: readonly string[];
  readonly registeredArguments: readonly unknown[];
}

/** Converts an error of commander into our wording; where commander has its own message, keeps that. */
export function usageError({ code, message }: { code: string; message: string }, command: Called): LabError {
  const name = command.parent ? `${command.parent.name()} ${command.name()}` : command.name();
  const [, sentence = message, meant] = /^(?:error: )?(.*?)(?:\n\(Did you mean (?:one of )?(.*)\?\))?$/s.exec(message) ?? [];
  return usage(sentences[code]?.(name, sentence, command) ?? other(name, sentence), name, meant);
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
