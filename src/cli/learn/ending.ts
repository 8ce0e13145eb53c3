import type { Tutorial } from '../../lab/tutorial.ts';
import { receiptPath } from '../../learn/receipt/file.ts';
import type { LearnState } from '../../learn/state.ts';
import { pad, widthOf, wrap } from '../../report/terminal/layout.ts';
import { type CallOf, quoted } from '../call-line.ts';
import { type Page, textColumns } from './page.ts';
import { wordsOf } from './words.ts';

/** The end of a folder: what its labs taught, one line for each, and what is next. `call`: how this program is called. */
export function endingLines(page: Page, tutorial: Tutorial, state: LearnState, call: CallOf): string[] {
  const { paint, lang } = page;
  const words = wordsOf(lang);
  const passed = state.plan.filter(({ key }) => state.progress[key]).length;
  const whole = passed === state.plan.length;
  const labs = tutorial.labs.filter(({ id }) => state.plan.some(({ key }) => key.startsWith(`${id}/`)));
  const width = textColumns(page);
  const learned = labs.flatMap(({ title, learned: what }) => {
    const [first = '', ...rest] = wrap((what ?? title)[lang], width - 4);
    return what ? [`   ${paint.green(words.marks.passed)} ${first}`, ...rest.map((line) => `     ${line}`)] : [];
  });
  return [
    ...wrap(words.finished(passed, state.plan.length), width).map((line) => (whole ? paint.bold(paint.green(line)) : line)),
    ...(learned.length > 0 && whole ? ['', ` ${paint.cyan(words.learned)}`, ...learned] : []),
    '',
    ` ${paint.cyan(words.whatNext)}`,
    ...nextRows(page, nextCommands(page, tutorial, state, call)),
    ...(passed > 0 ? ['', ...wrap(words.receipt(receiptPath), width - 1).map((line) => ` ${line}`)] : []),
  ];
}

interface NextCommand {
  readonly line: string;
  readonly why: string;
}

/** The folder of the next stack, if there is one; then practice. */
function nextCommands({ lang }: Page, { labs, stacks }: Tutorial, state: LearnState, call: CallOf): NextCommand[] {
  const own = labs.filter(({ id }) => state.plan.some(({ key }) => key.startsWith(`${id}/`)));
  const last = labs.findLastIndex((lab) => own.includes(lab));
  const next = labs.slice(last + 1).find(({ stack }) => stack !== own[0]?.stack);
  const dir = next && stacks[next.stack]?.dir;
  const goOn = next && dir !== undefined ? [{ line: `cd ../${quoted(dir)} && ${call('learn')}`, why: next.title[lang] }] : [];
  return [...goOn, { line: call('break'), why: wordsOf(lang).practice }];
}

/** Commands and what they are for: on one line each where both fit, and a command is never broken. */
function nextRows({ paint, columns }: Page, rows: readonly NextCommand[]): string[] {
  const column = Math.max(...rows.map(({ line }) => widthOf(line)));
  const fit = rows.every(({ why }) => 3 + column + 2 + widthOf(why) < columns);
  return rows.flatMap(({ line, why }) =>
    fit
      ? [`   ${paint.bold(pad(line, column))}  ${why}`]
      : [`   ${paint.bold(line)}`, ...wrap(why, columns - 7).map((one) => `     ${one}`)],
  );
}
