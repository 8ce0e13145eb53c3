import { writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { type Recorded, renderSteps, stepsOf } from '../../authoring/record/recorded-steps.ts';
import { recordShell } from '../../authoring/record/recording-shell.ts';
import { replaceLabs } from '../../authoring/scaffold/from-compose.ts';
import { composeFileAt, scaffold } from '../../authoring/scaffold/scaffold.ts';
import { projectFacts } from '../../docker/api/project-facts.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';
import { assertFree } from '../assert-free.ts';
import { callLine, quoted } from '../call-line.ts';
import type { Cli } from '../context.ts';
import { openEngineFor } from '../prepare-engine.ts';
import { loadTutorial } from '../tutorials.ts';

export interface RecordOptions {
  readonly from?: string;
}

/**
 * `lab record <folder>`: copies a stack into a new tutorial, opens a shell there, and writes the commands that its author types with the checks that became
 * true. Exit code 0. Throws LabError E_USAGE if the folder is not empty, or nothing was recorded.
 */
export async function record(cli: Cli, { from = '.' }: RecordOptions, folder: string): Promise<number> {
  const dir = resolve(cli.cwd, folder);
  await assertFree('lab record', dir, folder);
  await using engine = await openEngineFor(cli);
  const project = `${basename(dir)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')}-recorded`;
  const look = () => projectFacts(engine.api, project);
  const before = await look();
  if (before.replicas.length > 0)
    throw new LabError(
      'E_USAGE',
      text(`the project ${project} of an earlier recording has containers`, `先前錄製的專案 ${project} 還有容器`),
      text(`remove it: docker compose -p ${project} down`, `請先移除：docker compose -p ${project} down`),
    );
  await scaffold(dir, { kind: 'markdown', from: await composeFileAt(resolve(cli.cwd, from)) });
  const { tutorial } = await loadTutorial(cli, dir);
  const [spec] = Object.values(tutorial.stacks);
  const env = Object.fromEntries(
    Object.entries({ ...cli.env, ...engine.compose.env, COMPOSE_PROJECT_NAME: project }).filter(
      (one): one is [string, string] => one[1] !== undefined,
    ),
  );
  const commands: Recorded[] = [];
  cli.err.write(`${opening[cli.lang]}\n`);
  await recordShell({
    cwd: join(dir, 'stack'),
    env,
    onCommand: async (line, exitCode) => {
      commands.push({ line, exitCode, after: await look() });
    },
  });
  const steps = stepsOf(before, commands, spec?.published?.hostPort);
  const shown = quoted(relative(cli.cwd, dir).startsWith('..') ? dir : `./${relative(cli.cwd, dir)}`);
  if (steps.length === 0)
    throw new LabError(
      'E_USAGE',
      text('no step was recorded: no command changed the stack', '沒有錄到任何步驟：沒有指令改變這組服務'),
      text(`${shown} has a first lab to go on with`, `${shown} 裡有可以接著寫的第一個單元`),
    );
  const path = join(dir, 'tutorial.md');
  const source = (await readPlain(path, { maxBytes: 1_000_000 })).toString('utf8');
  await onPath(path, () => writeFile(path, replaceLabs(source, `## Recorded\n\n${renderSteps(steps)}`)));
  const call = callLine(cli.env, process.argv[1] ?? 'lab', cli.cwd);
  const written = text(
    `Wrote ${shown}/tutorial.md: ${steps.length} ${steps.length === 1 ? 'step' : 'steps'} of ${commands.length} commands`,
    `已寫入 ${shown}/tutorial.md：${commands.length} 個指令，${steps.length} 個步驟`,
  );
  const left = (await look()).replicas.length > 0 ? [`  docker compose -p ${project} down`] : [];
  cli.out.write(
    [
      written[cli.lang],
      '',
      text('Edit the texts, then:', '修改文字之後：')[cli.lang],
      ...left,
      `  ${call} lint --tutorial ${shown}`,
      `  ${call} run --tutorial ${shown}`,
      '',
    ].join('\n'),
  );
  return 0;
}

const opening = text(
  'A shell in a copy of the stack: type the commands of your tutorial. `exit` ends the recording.',
  '已在這組服務的複本中開啟 shell：請輸入教學的指令。輸入 `exit` 結束錄製。',
);
