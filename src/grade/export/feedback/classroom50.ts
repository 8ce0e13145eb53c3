import { jsonText, oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import { hasCause } from '../../scoring/causes.ts';
import type { Entry, Gradebook, GradedCheck } from '../../types.ts';
import { linesOf, reasonsOf } from '../check-text.ts';
import { goalGroups, goalLines } from '../goal-groups.ts';
import { wordsOf } from '../messages.ts';
import { partsBesideChecks, printed } from '../points.ts';
import { rootCauseLines } from './content.ts';

/** What Classroom 50's runner says about the submission that it grades. */
export interface Classroom50Run {
  readonly classroom: string;
  readonly assignment: string;
  readonly assignment_type: string;
  readonly owner: string;
  readonly submission: string;
  readonly commit: string;
  readonly release: string;
  readonly review: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The runner's variables. `absent`: the first one that is missing or that the format does not permit. */
export function classroom50Run(env: Env): Classroom50Run | { readonly absent: string } {
  const needed = ['CLASSROOM', 'ASSIGNMENT', 'OWNER', 'SUBMISSION_TAG', 'COMMIT_URL', 'RELEASE_URL'] as const;
  const [classroom, assignment, owner, submission, commit, release] = needed.map((name) => env[name]?.trim() ?? '');
  const type = env['ASSIGNMENT_TYPE'] ?? 'individual';
  const absent = needed.find((name) => !env[name]?.trim());
  if (absent !== undefined) return { absent };
  if (!submission?.startsWith('submit/')) return { absent: 'SUBMISSION_TAG' };
  if (!['individual', 'group', 'team'].includes(type)) return { absent: 'ASSIGNMENT_TYPE' };
  return {
    classroom: classroom ?? '',
    assignment: assignment ?? '',
    assignment_type: type,
    owner: owner ?? '',
    submission,
    commit: commit ?? '',
    release: release ?? '',
    review: env['REVIEW_URL']?.trim() || (commit ?? ''),
  };
}

export const classroom50Path = 'classroom50/result.json';

/** The format permits further fields in a test. */
interface Test {
  readonly 'test-name': string;
  readonly passed: boolean;
  readonly score: number;
  readonly 'max-score': number;
  readonly message?: string;
}

const longestName = 200;
const longestMessage = 1000;

/**
 * The result of an autograder of Classroom 50: `classroom50/result/v1`. It permits whole points only, so they are rounded. Without a score the maximum is 0, as in
 * the results that its runner writes after an error. A test is a goal, or a check if the rubric has no goals; the first one names the root cause. Students
 * can read it: of teacher-only checks it has only the points.
 */
export function renderClassroom50(book: Gradebook, entry: Entry, run: Classroom50Run, lang: Lang): string {
  const { points, max } = entry.grade;
  const tests = points === null ? [withoutScore(entry, lang)] : testsOf(entry, lang);
  const result = {
    schema: 'classroom50/result/v1',
    ...run,
    // the runner replaces it by the time of the commit
    datetime: `${new Date(book.startedAt).toISOString().slice(0, 19)}Z`,
    ...(points === null ? { score: 0, 'max-score': 0 } : whole(points, max)),
    tests,
  };
  return `${jsonText(result, 2)}\n`;
}

/** Whole points of a whole maximum; the maximum only for all points. */
function whole(points: number, max: number): { score: number; 'max-score': number } {
  const most = Math.max(0, Math.round(max));
  const rounded = Math.min(most, Math.max(0, Math.round(points)));
  return { score: points < max && rounded === most ? Math.max(0, most - 1) : rounded, 'max-score': most };
}

function testsOf(entry: Entry, lang: Lang): Test[] {
  const { checks, goals, label } = entry.grade;
  const unseen = checks.filter(({ visible }) => !visible);
  const [cause, ...next] = rootCauseLines(entry, lang);
  const first = cause === undefined ? [] : [test(cause, false, 0, 0, next)];
  const beside = [
    ...partsBesideChecks(entry).map(({ what, points }) => test(what[lang], points >= 0, 0, 0, [printed(points)])),
    ...(label ? [test(label[lang], false, 0, 0)] : []),
  ];
  if (goals)
    return [
      ...first,
      ...goalGroups(entry.grade).map((group) => {
        const { title, points, max } = group.goal;
        return test(title[lang], points >= max, points, max, goalLines(group, lang, longestMessage));
      }),
      ...beside,
    ];
  return [
    ...first,
    ...checks.filter(({ visible }) => visible).map((check) => ofCheck(check, lang)),
    ...(unseen.length === 0 ? [] : [together(unseen, lang)]),
    ...beside,
  ];
}

function ofCheck(check: GradedCheck, lang: Lang): Test {
  const lines = hasPassed(check) ? [] : linesOf(check, lang, longestMessage);
  return test(check.claim[lang], hasPassed(check), check.points, check.max, lines);
}

/** A failed check does not pass because it costs nothing, or because another one did; but it does if the teacher gave its points. */
function hasPassed(check: GradedCheck): boolean {
  const failed = check.outcome === 'failed' && check.max === 0;
  return check.points >= check.max && !hasCause(check) && !failed;
}

function together(checks: readonly GradedCheck[], lang: Lang): Test {
  const [points, max] = [checks.reduce((sum, one) => sum + one.points, 0), checks.reduce((sum, one) => sum + one.max, 0)];
  return test(wordsOf(lang).unseen(checks.length), checks.every(hasPassed), points, max);
}

function withoutScore(entry: Entry, lang: Lang): Test {
  const words = wordsOf(lang);
  const status = entry.grade.status === 'refused' ? 'refused' : 'review';
  return test(words.status[status], false, 0, 0, [words.ungraded[status], ...reasonsOf(entry, lang)]);
}

const test = (name: string, passed: boolean, points: number, max: number, lines: readonly string[] = []): Test => ({
  'test-name': oneLine(name, longestName),
  passed,
  ...whole(points, max),
  ...(lines.length === 0 ? {} : { message: lines.map((line) => oneLine(line, longestMessage)).join('\n') }),
});
