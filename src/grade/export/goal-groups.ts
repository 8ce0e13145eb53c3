import { oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import { causeOf, faultOf, lostBy } from '../scoring/causes.ts';
import type { Deduction, Grade, Gradebook, GradedCheck, GradedGoal } from '../types.ts';
import { linesOf, remarked } from './check-text.ts';
import { wordsOf } from './messages.ts';
import { printed, round } from './points.ts';

/** A goal with its checks and deductions. */
export interface GoalGroup {
  readonly goal: GradedGoal;
  readonly checks: readonly GradedCheck[];
  readonly deductions: readonly Deduction[];
}

/** The goals of a grade; none if its rubric has none, or if nothing was checked. */
export const goalGroups = ({ goals = [], checks, deductions }: Grade): GoalGroup[] =>
  goals.map((goal) => ({
    goal,
    checks: checks.filter((one) => one.goal === goal.id),
    deductions: deductions.filter((one) => one.goal === goal.id),
  }));

/** The goals of a class, in the rubric's order. */
export const goalsIn = ({ entries }: Gradebook): readonly GradedGoal[] =>
  entries.find(({ grade }) => grade.goals !== undefined)?.grade.goals ?? [];

/** Whether a check passed, or does not apply: nothing of it is a fault. */
const isClean = (check: GradedCheck): boolean =>
  check.outcome === 'passed'
    ? lostBy(check) === 0
    : check.outcome === 'skipped' && lostBy(check) === 0 && causeOf(check) === undefined && check.capped === undefined;

/** What is wrong in a goal, for the student: what each fault cost, then its reasons. Of checks for the teacher only the points. */
export function goalLines({ checks, deductions }: GoalGroup, lang: Lang, most: number): string[] {
  const words = wordsOf(lang);
  const wrong = checks.filter((check) => check.visible && !isClean(check));
  const unseen = checks.filter((check) => !check.visible && lostBy(check) > 0);
  const hidden = round(unseen.reduce((sum, check) => sum + lostBy(check), 0));
  return [
    ...wrong.flatMap((check) => [
      `${costOf(check)}${oneLine(faultLine(check, lang), most)}`,
      ...linesOf({ ...check, expected: undefined, actual: undefined }, lang, most),
    ]),
    ...deductions.flatMap(({ points, remark, capped }) => [
      `${points > 0 ? `−${printed(points)}: ` : ''}${remarked(remark, lang)}`,
      ...(capped === undefined ? [] : [words.capped(printed(capped))]),
    ]),
    ...(hidden > 0 ? [`−${printed(hidden)}: ${words.unseen(unseen.length)}`] : []),
  ];
}

/** What is wrong; of a check that was not made, which one. */
const faultLine = (check: GradedCheck, lang: Lang): string =>
  check.outcome === 'skipped' ? wordsOf(lang).notChecked(check.claim[lang]) : faultOf(check)[lang];

const costOf = (check: GradedCheck): string => (lostBy(check) > 0 ? `−${printed(lostBy(check))}: ` : '');
