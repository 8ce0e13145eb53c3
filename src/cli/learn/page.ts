import type { Lang } from '../../lab/text.ts';
import type { Step, Tutorial } from '../../lab/tutorial.ts';
import type { Membership } from '../../learn/class/join-class.ts';
import type { LearnState } from '../../learn/state.ts';
import { atRight, wrap } from '../../report/terminal/layout.ts';
import type { Screen } from '../../report/terminal/screen.ts';
import { wordsOf } from './words.ts';

/** Settings for the lines of live mode, and the terminal's size. */
export interface Page {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Screen['paint'];
  readonly lang: Lang;
  /** In the class that the learner joined. */
  readonly membership?: Membership;
}

/** A longer line is hard to read. */
const widest = 100;
/** The width of texts that fill more than one line. */
export const textColumns = ({ columns }: Page): number => Math.min(columns, widest) - 1;

/** The step with this key (`lab/step`). */
export function stepOf(tutorial: Tutorial, key: string): Step | undefined {
  const [lab, step] = key.split('/');
  return tutorial.labs.find(({ id }) => id === lab)?.steps.find(({ id }) => id === step);
}

/** A first line, with how many steps of the folder have passed at its end, in as many words as there is space for. */
export function withProgress({ paint, lang, columns }: Page, line: string, { plan, progress }: LearnState): string {
  const passed = plan.filter(({ key }) => progress[key]).length;
  const words = wordsOf(lang);
  const [long, short] = [words.progress, words.count].map((of) => atRight(line, paint.dim(of(passed, plan.length)), columns - 1));
  return long === line ? (short ?? line) : (long ?? line);
}

/** A coloured label, and a text whose further lines are indented by one column. */
export function labelled(page: Page, label: string, text: string): string[] {
  const [first = '', ...rest] = wrap(`${label}  ${text}`, textColumns(page) - 1);
  const shown = first.startsWith(label) ? `${page.paint.cyan(label)}${first.slice(label.length)}` : first;
  return [` ${shown}`, ...rest.map((line) => ` ${line}`)];
}
