import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { defaultTutorial } from '../../../labs/default-tutorial.ts';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import { findEngine } from '../../docker/discovery/open-engine.ts';
import { LabError } from '../../lab/error.ts';
import { filesOf, type Tutorial } from '../../lab/tutorial.ts';
import { recordTutorial } from '../../learn/folder-tutorial.ts';
import { unlessAborted } from '../../platform/any-signal.ts';
import { assets } from '../../platform/package-root.ts';
import { onPath } from '../../platform/system-error.ts';
import { assertFree } from '../assert-free.ts';
import { callLine } from '../call-line.ts';
import { type Cli, localeLang } from '../context.ts';
import { formatError } from '../format-error.ts';
import { learnerReadme, type NextCommands, startLines } from '../output/start-lines.ts';
import { loadTutorial } from '../tutorials.ts';

/**
 * `lab start [folder]`: creates a learner's folder with the tutorial's files. Exit code 0. Throws LabError E_USAGE if the folder exists and is not
 * empty: nothing is overwritten.
 */
export async function start(cli: Cli, { tutorial: id }: { readonly tutorial: string }, dir?: string): Promise<number> {
  const { tutorial, isOwn } = await loadTutorial(cli, id, 'run');
  const target = resolve(cli.cwd, dir ?? tutorial.id);
  await assertFree('lab start', target, dir ?? tutorial.id);
  const { engine, problem } = await engineOf(cli);
  const path = relative(cli.cwd, target);
  const asked = cli.lang === localeLang(cli.env) ? {} : { lang: cli.lang };
  // the learner's folder is another one: a path has to hold there too
  const named = id === defaultTutorial ? {} : { tutorial: isOwn ? id : resolve(cli.cwd, id) };
  await onPath(target, () => mkdir(target, { recursive: true }));
  await copyFiles(tutorial, target);
  // its commands are typed in the folder of the stack
  const [stack] = Object.values(tutorial.stacks);
  const call = callLine(cli.env, process.argv[1] ?? 'lab', cli.cwd, join(target, stack?.dir ?? ''));
  const next: NextCommands = { call, path: path.startsWith('..') || path === '' ? target : path, engine, ...asked, ...named };
  if (tutorial.id !== defaultTutorial) await recordTutorial(target, isOwn ? tutorial.id : resolve(cli.cwd, id));
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

/** The engine that a learner's commands will use, and what `ask` finds out from it. Starts none. */
export async function engineOf<T = never>(
  cli: Cli,
  ask?: (api: EngineApi) => Promise<T>,
): Promise<{ engine: NextCommands['engine']; problem?: LabError; answer?: T }> {
  try {
    await using engine = await findEngine({ ...cli, choice: cli.engine });
    if (!engine) return { engine: 'stopped' };
    return { engine: engine.kind, ...(ask ? { answer: await unlessAborted(ask(engine.api), cli.signal) } : {}) };
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'E_INTERRUPTED') throw error;
    return { engine: 'none', problem: error };
  }
}
