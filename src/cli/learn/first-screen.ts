import { basename } from 'node:path';
import type { Lab, Tutorial } from '../../lab/tutorial.ts';
import { planOf, resume } from '../../learn/plan.ts';
import { loadProgress } from '../../learn/progress.ts';
import type { LearnState } from '../../learn/state.ts';
import type { Cli } from '../context.ts';
import { type AlternateScreen, alternateScreen } from './alternate-screen.ts';
import { renderScreen } from './screen.ts';
import { wordsOf } from './words.ts';

/**
 * Begins the screen before the engine and the learner's project are found, which can take seconds: with the step that the learner will probably continue with.
 * The caller leaves the screen, also if they are not found. Throws as `loadProgress` does.
 */
export async function firstScreen({ out, lang, cwd }: Cli, tutorial: Tutorial, lab?: Lab): Promise<AlternateScreen> {
  const state = await probableState(tutorial, cwd, lab);
  const page = { paint: out.paint, lang, columns: out.columns, rows: out.stream.rows || 24 };
  const screen = alternateScreen(out);
  screen.enter();
  process.once('exit', screen.leave);
  screen.draw(state ? renderScreen(page, tutorial, state).lines : [` ${out.paint.yellow(wordsOf(lang).beginning)}`]);
  return screen;
}

/**
 * The step that a learner in this folder probably continues with, by the recorded progress, the requested lab or the folder's name; undefined: nothing says so. The
 * Compose file decides later.
 */
export async function probableState(tutorial: Tutorial, dir: string, lab?: Lab): Promise<LearnState | undefined> {
  const stored = await loadProgress(dir);
  const current = stored?.tutorial === tutorial.id ? stored.current : undefined;
  const ofCurrent = tutorial.labs.find(({ id }) => current?.startsWith(`${id}/`))?.stack;
  const ofFolder = Object.entries(tutorial.stacks).find(([, spec]) => basename(spec.dir) === basename(dir))?.[0];
  const stack = lab?.stack ?? ofCurrent ?? ofFolder;
  const plan = stack === undefined ? [] : planOf(tutorial, stack);
  return plan.length > 0 ? resume(plan, tutorial.id, stored, lab) : undefined;
}
