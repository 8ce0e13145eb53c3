import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { findEngine } from '../../docker/discovery/open-engine.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { filesOf, type Tutorial } from '../../lab/tutorial.ts';
import { assets } from '../../platform/package-root.ts';
import { onPath } from '../../platform/system-error.ts';
import { callLine, quoted } from '../call-line.ts';
import type { Cli } from '../context.ts';
import { formatError } from '../format-error.ts';
import { learnerReadme, type NextCommands, startLines, tutorialOption } from '../output/start-lines.ts';
import { loadTutorial } from '../tutorials.ts';

/**
 * `lab start [folder]`: creates a learner's folder with the tutorial's files. Exit code 0. Throws LabError E_USAGE if the folder exists and is not
 * empty: nothing is overwritten.
 */
export async function start(cli: Cli, { tutorial: id }: { readonly tutorial: string }, dir?: string): Promise<number> {
  const { tutorial, isOwn } = await loadTutorial(cli, id);
  const target = resolve(cli.cwd, dir ?? tutorial.id);
  await assertFree(target, dir ?? tutorial.id);
  const { engine, problem } = await engineOf(cli);
  const path = relative(cli.cwd, target);
  const call = callLine(cli.env, process.argv[1] ?? 'lab', cli.cwd);
  // from the new folder, a path has to be absolute
  const option = tutorialOption(isOwn ? tutorial.id : resolve(cli.cwd, id));
  const next: NextCommands = { call, path: path.startsWith('..') || path === '' ? target : path, engine, option };
  await onPath(target, () => mkdir(target, { recursive: true }));
  await copyFiles(tutorial, target);
  const readme = join(target, 'README.md');
  await onPath(readme, () => writeFile(readme, learnerReadme(tutorial, cli.lang, next), { flag: 'wx' }));
  cli.out.write(startLines(tutorial, cli.lang, next));
  // the folder is complete without an engine
  if (problem) cli.err.write(formatError(problem, cli.lang, cli.err.interactive ? cli.err.columns : undefined));
  return 0;
}

async function copyFiles(tutorial: Tutorial, target: string): Promise<void> {
  for (const { dir } of Object.values(tutorial.stacks)) {
    const to = join(target, dir);
    await onPath(to, () => cp(join(filesOf(tutorial, assets), dir), to, { recursive: true, errorOnExist: true, force: false }));
  }
}

async function assertFree(target: string, named: string): Promise<void> {
  const entries = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (entries?.length === 0) return;
  throw new LabError(
    'E_USAGE',
    entries
      ? text(
          `lab start: ${target} exists and is not empty; nothing is overwritten`,
          `lab start：${target} 已經存在，而且不是空的；不會覆寫任何檔案`,
        )
      : text(`lab start: ${target} is a file`, `lab start：${target} 是檔案`),
    text(`name a new folder: lab start ${quoted(`${named}-2`)}`, `請指定新的資料夾：lab start ${quoted(`${named}-2`)}`),
  );
}

/** The engine that a learner's commands will use. Starts none. */
async function engineOf(cli: Cli): Promise<{ engine: NextCommands['engine']; problem?: LabError }> {
  try {
    await using engine = await findEngine({ ...cli, choice: cli.engine });
    return { engine: engine?.kind ?? 'stopped' };
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'E_INTERRUPTED') throw error;
    return { engine: 'none', problem: error };
  }
}
