import { defaultTutorial } from '../../../labs/default-tutorial.ts';
import type { CommandParts } from '../args-queue.ts';
import * as words from '../help-texts.ts';

/** The command of a teacher whose class learns live. */
export function addClassCommand({ command, option, does }: CommandParts): void {
  command('class', 'lab class --listen 192.168.1.5', 'lab class --listen 192.168.1.5:8443 --tutorial failover')
    .addOption(option('--listen <address>', words.options.classListen))
    .addOption(option('--tutorial <id>', words.options.tutorial).default(defaultTutorial))
    .addOption(option('--no-open', words.options.noOpen))
    .action(does(async (cli, options) => (await import('../commands/class.ts')).classWall(cli, options)));
}
