import type { SourceLocation } from '../../formats/source-location.ts';
import type { Finding } from '../../lab/finding.ts';
import { text } from '../../lab/text.ts';
import { problem } from './yaml-block.ts';

interface CommandLine {
  readonly command: string;
  /** Its line in the block, from 0. */
  readonly line: number;
}

function linesIn(block: string): CommandLine[] {
  const lines: CommandLine[] = [];
  let open: CommandLine | undefined;
  for (const [line, written] of block.split(/\r?\n/).entries()) {
    const part: string = written.trim().replace(/\\$/, '').trimEnd();
    const now: CommandLine = open ? { ...open, command: `${open.command} ${part}`.trim() } : { command: part, line };
    open = written.trimEnd().endsWith('\\') ? now : undefined;
    if (!open) lines.push(now);
  }
  if (open) lines.push(open);
  return lines.filter(({ command }) => command !== '' && !command.startsWith('#'));
}

/** The commands of a block of shell: one for each line; a backslash at its end continues it. Empty lines and comments are left out. */
export const commandsIn = (block: string): string[] => linesIn(block).map(({ command }) => command);

/** Compose's options that name a project or its files, with the variables that do the same. A run has its own. */
const refused = new Set(['-f', '--file', '-p', '--project-name', '--project-directory', '--env-file']);
/** Its other options before the subcommand that take a value. */
const valued = new Set(['--ansi', '--parallel', '--profile', '--progress']);

/** The options of a command that a run cannot follow. */
export function refusedOptions(command: string): string[] {
  const variables = command.match(/\bCOMPOSE_(?:FILE|PROJECT_NAME|ENV_FILES)(?==)/g) ?? [];
  const options = [...command.matchAll(/\bdocker[ -]compose\s+([^;&|]*)/g)].flatMap(([, rest = '']) => {
    const words = rest.split(/\s+/);
    const found: string[] = [];
    for (let at = 0; words[at]?.startsWith('-'); at += 1) {
      const [name = ''] = words[at]?.split('=') ?? [];
      // `-fother.yaml`
      const short = /^-[fp]/.exec(name)?.[0] ?? name;
      if (refused.has(short)) found.push(short);
      if (words[at] === name && (valued.has(name) || (refused.has(name) && short === name))) at += 1;
    }
    return found;
  });
  return [...variables, ...options];
}

const optionRefused = (at: SourceLocation, option: string): Finding =>
  problem(
    at,
    'command-option',
    text(
      `${option} names another project or other files: a run has a project and a copy of the files of its own`,
      `${option} 指定了其他專案或檔案：執行時會使用自己的專案，以及檔案的複本`,
    ),
    text('leave it out: commands are run in the folder of compose.yaml', '請移除：指令會在 compose.yaml 所在的資料夾執行'),
  );

/** Problems of the commands of a block that begins at a place. */
export const commandFindings = (block: string, at: SourceLocation): Finding[] =>
  linesIn(block).flatMap(({ command, line }) => {
    const written = block.split(/\r?\n/)[line] ?? '';
    return refusedOptions(command).map((option) => {
      const column = Math.max(written.search(new RegExp(`(?<![\\w-])${option}`)), 0);
      return optionRefused({ ...at, line: at.line + line, column: at.column + column }, option);
    });
  });

/** Problems of commands in a text at a place. */
export const optionFindings = (block: string, at: SourceLocation): Finding[] =>
  commandsIn(block).flatMap((command) => refusedOptions(command).map((option) => optionRefused(at, option)));
