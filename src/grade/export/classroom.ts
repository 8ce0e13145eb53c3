import { jsonText, oneLine } from '../../formats/untrusted-text.ts';
import type { Lang } from '../../lab/text.ts';
import { hasCause } from '../scoring/causes.ts';
import type { Entry, GradedCheck } from '../types.ts';
import { linesOf, reasonsOf } from './check-text.ts';
import { goalGroups, goalLines } from './goal-groups.ts';
import { wordsOf } from './messages.ts';
import { partsBesideChecks, printed, round } from './points.ts';

type TestStatus = 'pass' | 'fail' | 'error';
interface Test {
  readonly name: string;
  readonly status: TestStatus;
  readonly score: number;
  readonly message?: string;
}

/**
 * Limit for the characters of all texts, some of which have three bytes: an environment variable of Linux holds 128 KiB, and the
 * reporter receives this in one.
 */
const mostTogether = 26_000;
const longestName = 200;
const longestMessage = 300;

/**
 * GitHub Classroom's autograding result for one runner: base64 of JSON. The reporter adds up the tests' points. Without a score
 * `max_score` is 0, and the reporter then sends no points to Classroom. A test is a goal, or a check if the rubric has no goals. Students can read it: teacher-only checks show only their
 * points.
 */
export function renderClassroom(entry: Entry, lang: Lang): string {
  const { grade } = entry;
  const whole = grade.points === null ? [withoutScore(entry, lang)] : testsOf(entry, lang);
  const tests = whole.map((one) => fitting(one, Math.floor(mostTogether / whole.length)));
  const statuses = tests.map(({ status }) => status);
  const status = statuses.includes('error') ? 'error' : statuses.includes('fail') ? 'fail' : 'pass';
  const result = { version: 1, status, max_score: grade.points === null ? 0 : round(grade.max), tests };
  return `${Buffer.from(jsonText(result), 'utf8').toString('base64')}\n`;
}

function testsOf(entry: Entry, lang: Lang): Test[] {
  const { checks, goals, label } = entry.grade;
  const unseen = checks.filter(({ visible }) => !visible);
  const beside = [
    ...partsBesideChecks(entry).map(({ what, points }) => test(what[lang], points < 0 ? 'fail' : 'pass', points)),
    ...(label ? [test(label[lang], 'fail', 0)] : []),
  ];
  if (goals)
    return [
      ...goalGroups(entry.grade).map((group) => {
        const { title, points, max } = group.goal;
        return test(title[lang], points < max ? 'fail' : 'pass', points, goalLines(group, lang, longestMessage));
      }),
      ...beside,
    ];
  return [
    ...checks.filter(({ visible }) => visible).map((check) => ofCheck(check, lang)),
    ...(unseen.length === 0 ? [] : [together(unseen, lang)]),
    ...beside,
  ];
}

function ofCheck(check: GradedCheck, lang: Lang): Test {
  const status = statusOf(check);
  return test(check.claim[lang], status, check.points, status === 'pass' ? [] : linesOf(check, lang, longestMessage));
}

/** A failed check does not pass because it costs nothing, or because another one did; but it does if the teacher gave its points. */
function statusOf(check: GradedCheck): TestStatus {
  if (check.outcome === 'errored' && check.points < check.max) return 'error';
  const excused = hasCause(check);
  const failed = check.outcome === 'failed' && check.max === 0;
  return check.points >= check.max && !excused && !failed ? 'pass' : 'fail';
}

function together(checks: readonly GradedCheck[], lang: Lang): Test {
  const [points, max] = [checks.reduce((sum, one) => sum + one.points, 0), checks.reduce((sum, one) => sum + one.max, 0)];
  const status = checks.every((one) => statusOf(one) === 'pass') ? 'pass' : 'fail';
  return test(wordsOf(lang).unseen(checks.length), status, points, [`${printed(points)}/${printed(max)}`]);
}

function withoutScore(entry: Entry, lang: Lang): Test {
  const words = wordsOf(lang);
  const status = entry.grade.status === 'refused' ? 'refused' : 'review';
  return test(words.status[status], 'error', 0, [words.ungraded[status], ...reasonsOf(entry, lang)]);
}

const test = (name: string, status: TestStatus, points: number, lines: readonly string[] = []): Test => ({
  name,
  status,
  score: round(points),
  ...(lines.length === 0 ? {} : { message: lines.join(' · ') }),
});

const fitting = ({ name, message, ...rest }: Test, budget: number): Test => ({
  ...rest,
  name: harmless(oneLine(name, Math.min(longestName, Math.floor(budget * 0.4)))),
  ...(message === undefined ? {} : { message: harmless(oneLine(message, Math.min(longestMessage, Math.floor(budget * 0.6)))) }),
});

/** The log of a job must not contain commands to the runner: `::error::`, `##[group]`. */
const harmless = (line: string): string => line.replaceAll(/:(?=:)/g, ': ').replaceAll('##[', '## [');
