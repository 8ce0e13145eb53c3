import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../engine/package.ts';
import { langs } from '../lab/text.ts';
import { type Cli, type CommonOptions, makeCli } from './context.ts';

/** Whole seconds, above zero. */
const seconds = (value: string): number => {
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed <= 0) throw new InvalidArgumentError('a whole number of seconds, above 0.');
  return parsed;
};
const collect = (value: string, before: string[]): string[] => [...before, value];

const langOption = () => new Option('--lang <lang>', 'language of what you read (default: from LANG)').choices([...langs]);
const colorOption = () => new Option('--no-color', 'no colours');
const engineOption = () =>
  new Option('--engine <engine>', 'which Docker engine to use').choices(['auto', 'docker', 'private']).default('auto');
const yesOption = () => new Option('-y, --yes', 'install what this machine lacks without asking');
const jsonOption = () => new Option('--json', 'the result as JSON');

const example = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;

/** Reads the arguments, does the command, and resolves to the exit code. Throws LabError for what a person can mend. */
export async function program(argv: readonly string[], signal: AbortSignal): Promise<number> {
  let exitCode = 0;
  const root = new Command('lab');
  const command = (name: string, description: string, ...lines: string[]) =>
    root
      .command(name)
      .description(description)
      .addHelpText('after', example(...lines))
      .addOption(langOption())
      .addOption(colorOption());
  /** Every command gets its `Cli` and says its exit code. */
  const does =
    (work: (cli: Cli, options: never, ...args: never[]) => Promise<number>) =>
    async (...given: unknown[]): Promise<void> => {
      const self = given.at(-1) as Command;
      const options = self.opts() as CommonOptions;
      exitCode = await work(makeCli(options, signal), options as never, ...(given.slice(0, -2) as never[]));
    };

  root
    .description('Runs Docker Compose tutorials on a real engine and proves every step.')
    .version(version, '-V, --version')
    .showHelpAfterError('(lab --help shows what there is)')
    .addHelpText('after', example('lab run', 'lab run balance --lang zh-TW', 'lab doctor'))
    .exitOverride();

  command('list', 'tutorials, labs and their steps', 'lab list', 'lab list --json')
    .addOption(jsonOption())
    .action(does(async (cli, options) => (await import('./commands/list.ts')).list(cli, options)));

  command('run', 'perform the labs and prove each step', 'lab run', 'lab run nginx', 'lab run --reporter json --out report.json')
    .argument('[labs...]', 'labs by name; none: the whole tutorial')
    .option('--tutorial <id>', 'which tutorial', 'compose-scale')
    .addOption(engineOption())
    .addOption(
      new Option('--reporter <name>', 'how to tell; may be given several times')
        .choices(['terminal', 'json'])
        .argParser(collect)
        .default([], 'terminal'),
    )
    .option('--out <file>', 'where the reporter before it writes, instead of stdout', collect, [])
    .option('--timeout <seconds>', 'how long a step may take', seconds, 120)
    .option('--keep', 'leave the stacks up afterwards (`lab clean` removes them)')
    .addOption(yesOption())
    .action(does(async (cli, options, labs) => (await import('./commands/run.ts')).run(cli, options, labs)));

  command('engine', 'the private engine: a Docker of our own from Debian packages', 'lab engine up', 'eval "$(lab engine env)"')
    .argument('<action>', 'up, down, status, logs or env')
    .addOption(jsonOption())
    .addOption(yesOption())
    .action(does(async (cli, options, action) => (await import('./commands/engine.ts')).engine(cli, options, action)));

  command('images', 'the images that labs need', 'lab images list', 'lab images save class.tar', 'lab images load class.tar')
    .argument('<action>', 'list, pull, save or load')
    .argument('[file]', 'for save and load: the archive')
    .addOption(engineOption())
    .addOption(jsonOption())
    .addOption(yesOption())
    .action(
      does(async (cli, options, action, file) => (await import('./commands/images.ts')).images(cli, options, action, file)),
    );

  command('doctor', 'what is wrong with this machine, and the fix', 'lab doctor', 'lab doctor --json')
    .addOption(engineOption())
    .addOption(jsonOption())
    .action(does(async (cli, options) => (await import('./commands/doctor.ts')).doctor(cli, options)));

  command('clean', 'remove what labwright left behind', 'lab clean --dry-run', 'lab clean')
    .option('--dry-run', 'only say what would be removed')
    .addOption(jsonOption())
    .action(does(async (cli, options) => (await import('./commands/clean.ts')).clean(cli, options)));

  for (const sub of root.commands) sub.exitOverride();
  try {
    await root.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // commander has told it already; help and version end well, anything else is a wrong call
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}
