import { Argument, Command, CommanderError, Help, Option } from 'commander';
import { defaultTutorial } from '../../labs/default-tutorial.ts';
import { buildModes } from '../grade/build-network/build-network.ts';
import { mostSeed } from '../lab/exam.ts';
import { type Lang, langs, type Text } from '../lab/text.ts';
import { version } from '../platform/package-root.ts';
import { addQueueCommands } from './args-queue.ts';
import { assigned, atOnce, collect, mirror, seconds, sender, wholeFrom } from './args-values.ts';
import { addClassCommand } from './class/args.ts';
import { type Cli, type CommonOptions, makeCli } from './context.ts';
import * as words from './help-texts.ts';
import { usageError } from './usage.ts';

/** The commands that work where the current folder was removed. */
const needNoFolder: ReadonlySet<string> = new Set(['list', 'version']);

/** Parses the arguments, runs the command, and resolves to the exit code. Throws LabError for errors that the user can fix. */
export async function program(argv: readonly string[], lang: Lang, signal: AbortSignal): Promise<number> {
  let exitCode = 0;
  // The module that measures text width takes as long to load as everything else: only help needs it.
  const help =
    !argv.some((word) => word in words.commands) || argv.some((word) => /^(-\w*h|--help|help)$/.test(word))
      ? await import('./help.ts')
      : undefined;
  const examplesOf = (examples: string[]) => help?.examplesIn(lang, examples) ?? '';
  const option = (flags: string, what: Text): Option => new Option(flags, what[lang]);
  const argument = (name: string, what: Text): Argument => new Argument(name, what[lang]);
  const langOption = () =>
    option('--lang <lang>', words.options.lang)
      .choices([...langs])
      .default(undefined, words.options.langDefault[lang]);
  const engineOption = () =>
    option('--engine <engine>', words.options.engine).choices(['auto', 'docker', 'private']).default('auto');
  const yesOption = () => option('-y, --yes', words.options.yes);
  /** An unknown name is reported when the reporters are opened. */
  const reporterOption = () =>
    option('--reporter <name>', words.options.reporter)
      .choices(['terminal', 'json', 'junit', 'ndjson'])
      .argParser(collect)
      .default([], 'terminal');
  const jsonOption = () => option('--json', words.options.json);

  // Settings come first: commands inherit those that exist when they are created.
  const root = new Command('lab')
    .configureHelp(help?.helpIn(lang, new Help()) ?? {})
    .configureOutput({ outputError: () => {} })
    .enablePositionalOptions()
    .helpOption('-h, --help', words.options.help[lang])
    .version(version, '-V, --version', words.options.version[lang])
    .description(words.commands.lab[lang])
    .addOption(langOption())
    .addHelpText('after', examplesOf(['lab run', 'lab run balance --lang zh-TW', 'lab doctor']));
  const command = (name: Exclude<keyof typeof words.commands, 'lab' | 'purge'>, ...examples: string[]) =>
    root
      .command(name)
      .description(words.commands[name][lang])
      .addHelpText('after', examplesOf(examples))
      .addOption(langOption())
      .addOption(option('--no-color', words.options.noColor));
  /** Passes its `Cli` to each command and stores the exit code. */
  const does =
    (work: (cli: Cli, options: never, ...args: never[]) => Promise<number>) =>
    async (...given: unknown[]): Promise<void> => {
      const self = given.at(-1) as Command;
      const options = self.opts() as CommonOptions;
      // Before the command's modules load: some of them fail without a current folder, with an error that names nothing.
      if (!needNoFolder.has(self.name())) process.cwd();
      exitCode = await work(makeCli(options, lang, signal), options as never, ...(given.slice(0, -2) as never[]));
    };

  command('list', 'lab list', 'lab list ./my-lab', 'lab list --json', 'lab list --checks')
    .addArgument(argument('[tutorial]', words.args.listTutorial))
    .addOption(option('--tutorial <id>', words.options.tutorialAsArgument))
    .addOption(option('--verbose', words.options.listVerbose))
    .addOption(option('--checks', words.options.listChecks))
    .addOption(jsonOption())
    .action(does(async (cli, options, id) => (await import('./commands/list.ts')).list(cli, options, id)));

  command(
    'run',
    'lab run',
    'lab run scale',
    'lab run balance/curl --step',
    'lab run --web --pause',
    'lab run --reporter json --out report.json',
  )
    .addArgument(argument('[labs...]', words.args.labs))
    .addOption(option('--tutorial <id>', words.options.tutorial).default(defaultTutorial))
    .addOption(engineOption())
    .addOption(reporterOption())
    .addOption(option('--out <file>', words.options.out).argParser(collect).default([]))
    .addOption(option('--timeout <seconds>', words.options.timeout).argParser(seconds).default(120))
    .addOption(option('--keep', words.options.keep))
    .addOption(option('--verbose', words.options.verbose))
    .addOption(option('--step', words.options.stepwise))
    .addOption(option('--watch', words.options.watch))
    .addOption(option('--web', words.options.runWeb).conflicts(['step', 'watch']))
    .addOption(option('--pause', words.options.pause))
    .addOption(option('--port <port>', words.options.webPort).argParser(wholeFrom(1, 65_535, 'lab run', '--port')))
    .addOption(option('--no-open', words.options.noOpen))
    .addOption(yesOption())
    .action(does(async (cli, options, labs) => (await import('./commands/run.ts')).run(cli, options, labs)));

  command('start', 'lab start', 'lab start my-lab --lang zh-TW')
    .addArgument(argument('[folder]', words.args.startFolder))
    .addOption(option('--tutorial <id>', words.options.tutorial).default(defaultTutorial))
    .addOption(engineOption())
    .action(does(async (cli, options, dir) => (await import('./commands/start.ts')).start(cli, options, dir)));

  command(
    'verify',
    'lab verify',
    'lab verify scale',
    'lab verify balance/curl --lang zh-TW',
    'lab verify --receipt .labwright/receipt.json',
  )
    .addArgument(argument('[step]', words.args.step))
    .addOption(option('--tutorial <id>', words.options.tutorialOfFolder))
    .addOption(option('--project <name>', words.options.project))
    .addOption(option('--role <role=service>', words.options.role).argParser(assigned('lab verify')).default({}, ''))
    .addOption(option('--thorough', words.options.thorough))
    .addOption(option('--receipt <file>', words.options.receipt))
    .addOption(engineOption())
    .addOption(reporterOption())
    .addOption(option('--out <file>', words.options.out).argParser(collect).default([]))
    .action(does(async (cli, options, at) => (await import('./commands/verify.ts')).verify(cli, options, at)));

  command(
    'break',
    'lab break',
    'lab break 7',
    'lab break 7 --web',
    'lab break --list',
    'lab break --check',
    'lab break --exam 5 --seed 2026',
  )
    .addArgument(argument('[number]', words.args.fault))
    .addOption(option('--list', words.options.breakList))
    .addOption(option('--level <level>', words.options.breakLevel).choices(['1', '2', '3']))
    .addOption(option('--hint', words.options.breakHint))
    .addOption(option('--check', words.options.breakCheck))
    .addOption(option('--exam <count>', words.options.breakExam).argParser(wholeFrom(1, 999, 'lab break', '--exam')))
    .addOption(option('--seed <seed>', words.options.breakSeed).argParser(wholeFrom(0, mostSeed, 'lab break', '--seed')))
    .addOption(option('--web', words.options.web).conflicts(['list', 'hint', 'check', 'exam']))
    .addOption(option('--port <port>', words.options.webPort).argParser(wholeFrom(1, 65_535, 'lab break', '--port')))
    .addOption(option('--no-open', words.options.noOpen))
    .addOption(option('--tutorial <id>', words.options.tutorial).default(defaultTutorial))
    .addOption(engineOption())
    .addOption(yesOption())
    .action(does(async (cli, options, number) => (await import('./commands/break/break.ts')).breakStack(cli, options, number)));

  command(
    'learn',
    'lab learn',
    'lab learn scale',
    'lab learn --web',
    'lab learn --list',
    'lab learn --follow --reporter ndjson',
    'lab learn --join CODE --nickname Ann',
  )
    .addArgument(argument('[lab]', words.args.learnLab))
    .addOption(option('--tutorial <id>', words.options.tutorialOfFolder))
    .addOption(option('--project <name>', words.options.project))
    .addOption(option('--role <role=service>', words.options.role).argParser(assigned('lab learn')).default({}, ''))
    .addOption(engineOption())
    .addOption(option('--list', words.options.learnList))
    .addOption(option('--follow', words.options.follow))
    .addOption(option('--reporter <name>', words.options.learnReporter).choices(['plain', 'ndjson']))
    .addOption(option('--join <code>', words.options.join).conflicts(['list']))
    .addOption(option('--nickname <name>', words.options.nickname))
    .addOption(option('--web', words.options.web).conflicts(['list', 'follow', 'reporter']))
    .addOption(option('--port <port>', words.options.webPort).argParser(wholeFrom(1, 65_535, 'lab learn', '--port')))
    .addOption(option('--no-open', words.options.noOpen))
    .action(does(async (cli, options, at) => (await import('./commands/learn.ts')).learn(cli, options, at)));

  addClassCommand({ command, argument, option, jsonOption, does });

  command('test', 'lab test', 'lab test --only scaled-the-wrong-service')
    .addArgument(argument('[tutorial]', words.args.tutorial))
    .addOption(option('--tutorial <id>', words.options.tutorialAsArgument))
    .addOption(option('--only <case>', words.options.only).argParser(collect).default([], ''))
    .addOption(option('--jobs <count>', words.options.jobs).argParser(atOnce('lab test')))
    .addOption(option('--watch', words.options.watch))
    .addOption(engineOption())
    .addOption(jsonOption())
    .addOption(yesOption())
    .action(does(async (cli, options, id) => (await import('./commands/test.ts')).test(cli, options, id)));

  command('new', 'lab new my-lab', 'lab new my-lab --from ../shop/compose.yaml', 'lab new my-lab --typescript')
    .addArgument(argument('<folder>', words.args.newFolder))
    .addOption(option('--markdown', words.options.markdown))
    .addOption(option('--typescript', words.options.typescript))
    .addOption(option('--from <file>', words.options.from))
    .action(does(async (cli, options, folder) => (await import('./commands/new.ts')).newTutorial(cli, options, folder)));

  command('record', 'lab record my-lab', 'lab record my-lab --from ../shop')
    .addArgument(argument('<folder>', words.args.newFolder))
    .addOption(option('--from <file>', words.options.recordFrom))
    .addOption(engineOption())
    .action(does(async (cli, options, folder) => (await import('./commands/record.ts')).record(cli, options, folder)));

  command('lint', 'lab lint', `lab lint --tutorial ${defaultTutorial} --json`)
    .addArgument(argument('[tutorial]', words.args.lintTutorial))
    .addOption(option('--tutorial <id>', words.options.tutorialAsArgument))
    .addOption(jsonOption())
    .action(does(async (cli, options, id) => (await import('./commands/lint.ts')).lint(cli, options, id)));

  const grade = command(
    'grade',
    'lab grade submissions/ --out grades',
    'lab grade export.zip --roster class.csv --rubric rubric.yaml',
    'lab grade submissions/ --rubric rubric.yaml --times times.csv',
    'lab grade submissions/ --build-network none',
    'lab grade exams/ --exam 5 --seed 2026',
    'lab grade submissions/ --roster class.csv --mail-from ta@school.example',
    'lab grade submissions/ --similar',
    'lab grade submissions/ --pseudonyms ~/grading/key',
    'lab grade submissions/ --queue redis://10.0.0.5 --class-key class.key',
  )
    // a submission can be named as a subcommand: `./purge`
    .helpCommand(false)
    .addArgument(argument('<submissions...>', words.args.submissions))
    .addOption(option('--out <folder>', words.options.gradeOut).default('grades'))
    .addOption(option('--tutorial <id>', words.options.tutorial).default(defaultTutorial))
    .addOption(option('--rubric <file>', words.options.rubric))
    .addOption(option('--roster <file>', words.options.roster))
    .addOption(option('--times <file>', words.options.gradeTimes))
    .addOption(option('--grace-used <file>', words.options.graceUsed))
    .addOption(option('--exam <count>', words.options.gradeExam).argParser(wholeFrom(1, 999, 'lab grade', '--exam')))
    .addOption(option('--seed <seed>', words.options.gradeSeed).argParser(wholeFrom(0, mostSeed, 'lab grade', '--seed')))
    .addOption(option('--jobs <count>', words.options.gradeJobs).argParser(atOnce('lab grade', { auto: true })))
    .addOption(option('--engine <engine>', words.options.gradeEngine).choices(['private', 'docker']).default('private'))
    .addOption(
      option('--build-network [mode]', words.options.buildNetwork)
        .choices([...buildModes])
        .preset('open'),
    )
    .addOption(option('--registry-mirror <url>', words.options.registryMirror).argParser(mirror('lab grade')))
    .addOption(option('--queue <url>', words.options.gradeQueue))
    .addOption(option('--class-key <file>', words.options.gradeClassKey))
    .addOption(option('--mail-from <address>', words.options.mailFrom).argParser(sender))
    .addOption(option('--classroom50', words.options.classroom50))
    .addOption(option('--trust', words.options.trust))
    .addOption(option('--similar', words.options.similar))
    .addOption(option('--pseudonyms <key-file>', words.options.pseudonyms))
    .addOption(option('--regrade', words.options.regrade))
    .addOption(yesOption())
    .action(does(async (cli, options, paths) => (await import('./commands/grade.ts')).grade(cli, options, paths)));

  grade
    .command('purge')
    .description(words.commands.purge[lang])
    .addHelpText('after', examplesOf(['lab grade purge grades', 'lab grade purge grades --student b10902001']))
    .addOption(langOption())
    .addOption(option('--no-color', words.options.noColor))
    .addArgument(argument('<folder>', words.args.purgeFolder))
    .addOption(option('--student <id>', words.options.purgeStudent))
    .addOption(option('--decisions', words.options.purgeDecisions))
    .addOption(option('-y, --yes', words.options.purgeYes))
    .action(does(async (cli, options, folder) => (await import('./commands/grading/purge.ts')).purge(cli, options, folder)));

  command(
    'worker',
    'lab worker --queue redis://10.0.0.5 --class-key class.key',
    'lab worker --queue redis://localhost',
    'lab worker --once --jobs 2',
  )
    .addOption(option('--queue <url>', words.options.queue))
    .addOption(option('--class-key <file>', words.options.classKey))
    .addOption(option('--jobs <count>', words.options.gradeJobs).argParser(atOnce('lab worker', { auto: true })))
    .addOption(option('--once', words.options.once))
    .addOption(option('--engine <engine>', words.options.gradeEngine).choices(['private', 'docker']).default('private'))
    .addOption(option('--registry-mirror <url>', words.options.registryMirror).argParser(mirror('lab worker')))
    .addOption(yesOption())
    .action(does(async (cli, options) => (await import('./commands/worker.ts')).worker(cli, options)));

  command(
    'collect',
    "lab collect repos.csv --before '2026-12-01 23:59'",
    'lab collect repos.csv --before 2026-12-01T23:59+08:00 --out lab1',
    'lab collect repos.csv --extensions extensions.csv --timezone Asia/Taipei',
  )
    .addArgument(argument('<repos>', words.args.repos))
    .addOption(option('--before <time>', words.options.collectBefore))
    .addOption(option('--extensions <file>', words.options.collectExtensions))
    .addOption(option('--timezone <name>', words.options.collectTimezone))
    .addOption(option('--out <folder>', words.options.collectOut).default('submissions'))
    .addOption(option('--jobs <count>', words.options.collectJobs).argParser(atOnce('lab collect')).default(4))
    .action(does(async (cli, options, path) => (await import('./commands/collect.ts')).collect(cli, options, path)));

  command('engine', 'lab engine up', 'eval "$(lab engine env)"')
    .addArgument(argument('<action>', words.args.engineAction))
    .addOption(jsonOption())
    .addOption(option('-y, --yes', words.options.engineYes))
    .action(does(async (cli, options, action) => (await import('./commands/engine.ts')).engine(cli, options, action)));

  command('images', 'lab images list', 'lab images save class.tar', 'lab images load class.tar')
    .addArgument(argument('<action>', words.args.imagesAction))
    .addArgument(argument('[file]', words.args.file))
    .addOption(engineOption())
    .addOption(jsonOption())
    .addOption(yesOption())
    .action(
      does(async (cli, options, action, file) => (await import('./commands/images.ts')).images(cli, options, action, file)),
    );

  addQueueCommands({ command, argument, option, jsonOption, does });

  command('doctor', 'lab doctor', 'lab doctor --json')
    .addOption(engineOption())
    .addOption(jsonOption())
    .action(does(async (cli, options) => (await import('./commands/doctor.ts')).doctor(cli, options)));

  command('clean', 'lab clean --dry-run', 'lab clean')
    .addOption(option('--dry-run', words.options.dryRun))
    .addOption(jsonOption())
    .action(does(async (cli, options) => (await import('./commands/clean.ts')).clean(cli, options)));

  command('help', 'lab help run')
    .addArgument(argument('[command]', words.args.command))
    .action(async (name?: string) => {
      if (name === undefined) return root.help();
      root.commands.find((one) => one.name() === name)?.help();
      await root.parseAsync([name], { from: 'user' });
    });

  root
    .command('version', { hidden: true })
    .addOption(langOption())
    .action(
      does(async ({ out }) => {
        out.write(`${version}\n`);
        return 0;
      }),
    );

  for (const one of [root, ...root.commands, ...grade.commands]) {
    one.exitOverride((error) => {
      // an unrequested help text (`lab` alone) is not an error
      throw error.exitCode === 0 || error.code === 'commander.help' ? error : usageError(error, one, argv.slice(2));
    });
  }
  try {
    await root.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}
