import type { Lang } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import type { LearnState } from '../../learn/state.ts';
import { pad, widthOf } from '../../report/terminal/layout.ts';
import type { Screen } from '../../report/terminal/screen.ts';
import { clockTime, wordsOf } from './words.ts';

/** `lab learn --list`: the steps in this folder, which of them passed and when, and the current one. */
export function stepList({ paint }: Pick<Screen, 'paint'>, lang: Lang, tutorial: Tutorial, state: LearnState): string {
  const words = wordsOf(lang);
  const column = Math.max(...state.plan.map(({ key }) => widthOf(key)));
  const titles = new Map(tutorial.labs.flatMap((lab) => lab.steps.map((step) => [`${lab.id}/${step.id}`, step.title[lang]])));
  const rows = state.plan.map(({ key }) => {
    const done = state.progress[key];
    const sign = done ? paint.green('✓') : key === state.at ? '▸' : ' ';
    const when = done ? `  ${paint.dim(`${done.at.slice(0, 10)} ${clockTime(done.at)}`)}` : '';
    return `${sign} ${pad(key, column)}  ${titles.get(key) ?? ''}${when}`;
  });
  const count = state.plan.filter(({ key }) => state.progress[key]).length;
  const summary = count === 0 ? words.noProgress : words.progress(count, state.plan.length);
  return `${[...rows, '', summary].join('\n')}\n`;
}
