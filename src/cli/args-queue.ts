import type { Argument, Command, Option } from 'commander';
import type { Text } from '../lab/text.ts';
import type { Cli } from './context.ts';
import * as words from './help-texts.ts';

/** How `args.ts` builds a command. */
export interface CommandParts {
  command(name: keyof Omit<typeof words.commands, 'lab'>, ...examples: string[]): Command;
  argument(name: string, what: Text): Argument;
  option(flags: string, what: Text): Option;
  jsonOption(): Option;
  does(work: (cli: Cli, options: never, ...args: never[]) => Promise<number>): (...given: unknown[]) => Promise<void>;
}

/** The commands for grading on several machines. */
export function addQueueCommands({ command, argument, option, jsonOption, does }: CommandParts): void {
  command(
    'queue',
    'lab queue status --queue redis://queue.example',
    'lab queue drain --queue rediss://lab@queue.example',
    'LAB_QUEUE=redis://127.0.0.1 lab queue purge',
  )
    .addArgument(argument('<action>', words.args.queueAction))
    .addArgument(argument('[class...]', words.args.queueClasses))
    .addOption(option('--queue <url>', words.options.queue))
    .addOption(jsonOption())
    .addOption(option('-y, --yes', words.options.queueYes))
    .action(
      does(async (cli, options, action, classes) => (await import('./commands/queue.ts')).queue(cli, options, action, classes)),
    );
}
