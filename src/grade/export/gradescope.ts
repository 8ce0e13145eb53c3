import { jsonText, oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import { hasCause } from '../scoring/causes.ts';
import type { Entry, GradedCheck } from '../types.ts';
import { linesOf, reasonsOf, remarked } from './check-text.ts';
import { rootCauseLines } from './feedback/content.ts';
import { type GoalGroup, goalGroups, goalLines } from './goal-groups.ts';
import { wordsOf } from './messages.ts';
import { printed, reasonsBesideChecks, round } from './points.ts';
import { attemptLines, deadlineFacts } from './term/deadline-text.ts';

/**
 * A submission's `results.json` for Gradescope. A test is a goal, or a check if the rubric has no goals. Its `score` takes precedence over the sum of its tests. An ungraded submission
 * has neither `score` nor `tests`: Gradescope requires one of them and reports a failed autograder, so the submission stays
 * ungraded there; with either, it would get a zero.
 */
export function renderGradescope(entry: Entry, lang: Lang): string {
  const { grade } = entry;
  const tests = grade.goals
    ? goalGroups(grade).map((group) => testOfGoal(group, lang))
    : grade.checks.map((one) => testOf(one, lang));
  const score = grade.points === null ? {} : { score: round(grade.points), tests };
  const results = {
    ...score,
    execution_time: round(grade.durationMs / 1000),
    output: outputOf(entry, lang).join('\n'),
    output_format: 'text',
    test_output_format: 'text',
    test_name_format: 'text',
    visibility: 'visible',
    stdout_visibility: 'hidden',
    extra_data: { status: grade.status, max: round(grade.max) },
  };
  return `${jsonText(results, 2)}\n`;
}

function outputOf(entry: Entry, lang: Lang): string[] {
  const { grade } = entry;
  const words = wordsOf(lang);
  const total = grade.points === null ? [] : [words.score(printed(grade.points), printed(grade.max))];
  const why =
    grade.status === 'graded'
      ? grade.label
        ? reasonsOf(entry, lang)
        : []
      : [words.ungraded[grade.status], ...reasonsOf(entry, lang)];
  const beside = reasonsBesideChecks(entry).map(({ what, points }) => `${oneLine(what[lang], 1000)}: ${printed(points)}`);
  const notes = grade.notes.map((remark) => remarked(remark, lang));
  const times = deadlineFacts(entry, lang).map(({ name, value }) => `${name}: ${value}`);
  return [
    ...total,
    ...why,
    ...rootCauseLines(entry, lang),
    ...beside,
    ...times,
    ...attemptLines(entry, lang),
    ...(notes.length === 0 ? [] : [`${words.noted}:`, ...notes]),
  ];
}

/** For other outcomes Gradescope derives from the points whether they passed, but an excused check has its points although it did not. */
function statusOf(check: GradedCheck): { status?: 'passed' | 'failed' } {
  if (check.outcome === 'passed' || check.outcome === 'failed') return { status: check.outcome };
  return hasCause(check) ? { status: 'failed' } : {};
}

const testOf = (check: GradedCheck, lang: Lang) => ({
  name: oneLine(check.claim[lang], 500),
  score: round(check.points),
  max_score: round(check.max),
  ...statusOf(check),
  output: linesOf(check, lang).join('\n'),
  output_format: 'text',
  visibility: check.visible ? 'visible' : 'hidden',
  tags: [oneLine(check.id.split('/')[0] ?? '', 100)],
  extra_data: { id: oneLine(check.id, 200), outcome: check.outcome },
});

/** A goal: its points, and below them what cost some. */
const testOfGoal = (group: GoalGroup, lang: Lang) => ({
  name: oneLine(group.goal.title[lang], 500),
  score: round(group.goal.points),
  max_score: round(group.goal.max),
  status: group.goal.points >= group.goal.max ? 'passed' : 'failed',
  output: goalLines(group, lang, 2000).join('\n'),
  output_format: 'text',
  visibility: 'visible',
  extra_data: { id: oneLine(group.goal.id, 200) },
});
