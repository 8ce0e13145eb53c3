import { type Text, text } from '../../lab/text.ts';
import type { JournalRubric } from '../journal-lines.ts';
import { lostBy } from '../scoring/causes.ts';
import type { Grade, GradedCheck, Remark } from '../types.ts';

/** Whether one folder of an exam is repaired. It depends on the folder's content only, so equal folders of a class share it, and it is kept in the journal. */

const id = 'repaired';

/** What the journal of an exam contains: the verdicts of folders. */
export const verdictRubric: JournalRubric = { checks: { [id]: { points: 1, after: [], visible: true } }, max: 1 };

/**
 * The verdict for the grade of a folder by its stack's rubric: 1 point if it lost none, otherwise 0 with what was wrong first. A grade that was refused or
 * needs review stays so. The verdict for a verdict is itself.
 */
export function verdictOf(grade: Grade): Grade {
  const { status, points, max, notes, refusals, durationMs } = grade;
  if (verdictIn(grade)) return grade;
  const plain = { max: 1, deductions: [], notes: notes.filter(({ code }) => isKept.has(code)), refusals, durationMs };
  if (status !== 'graded')
    return { ...plain, status, points: null, checks: [], ...(grade.review ? { review: grade.review } : {}) };
  const isRepaired = points === max;
  const wrong = isRepaired ? {} : wrongIn(grade);
  return {
    ...plain,
    status,
    points: isRepaired ? 1 : 0,
    checks: [
      {
        id,
        claim: repaired,
        outcome: isRepaired ? 'passed' : 'failed',
        max: 1,
        points: isRepaired ? 1 : 0,
        visible: true,
        ...wrong,
      },
    ],
  };
}

/** The check of a verdict; undefined: the grade is no verdict, or nothing was decided. */
export const verdictIn = ({ checks }: Grade): GradedCheck | undefined => checks.find((check) => check.id === id);

/** Notes that say what ran in place of the student's own. Others are about settings of the files as they were given. */
const isKept: ReadonlySet<string> = new Set(['image']);

const repaired = text('the stack is repaired', '這組服務已修復');

type Wrong = Pick<GradedCheck, 'expected' | 'actual' | 'help' | 'said' | 'spread' | 'places'>;

/**
 * What was wrong first: a check that failed by itself, else a setting that costs points, else the reason why the stack stopped. What the goal of a rubric
 * has no points left for counts too.
 */
function wrongIn({ checks, deductions, label }: Grade): Wrong {
  const lost = checks.filter((check) => lostBy(check) > 0 || check.capped !== undefined);
  const own = lost.filter(({ excusedBy, follows }) => excusedBy === undefined && follows === undefined);
  const failed = own.find(({ outcome }) => outcome === 'failed');
  if (failed) return ofCheck(failed);
  const taken = deductions.find(({ points, capped }) => points > 0 || capped !== undefined);
  if (taken) return ofRemark(taken.remark);
  const [first = lost[0]] = own;
  return first ? ofCheck(first) : ofLabel(label);
}

function ofCheck({ claim, because, expected = claim, actual = because, help, said, spread, places }: GradedCheck): Wrong {
  return {
    expected,
    ...(actual ? { actual } : {}),
    ...(help ? { help } : {}),
    ...(said ? { said } : {}),
    ...(spread ? { spread } : {}),
    ...(places ? { places } : {}),
  };
}

/** A setting that is ignored while grading, and that Compose or the engine would not accept for the steps of the labs. */
function ofRemark({ place, service, text: what }: Remark): Wrong {
  const of = service === undefined ? text('', '') : text(`${service}: `, `${service}：`);
  return {
    expected: text('a stack that can do all steps of the labs', '能完成單元所有步驟的服務'),
    actual: text(`${of.en}${what.en}`, `${of['zh-TW']}${what['zh-TW']}`),
    ...(place ? { places: [place] } : {}),
  };
}

const ofLabel = (label: Text | undefined): Wrong => ({
  expected: text('the files of the stack, with the fault repaired', '這組服務的檔案，問題已修復'),
  ...(label ? { actual: label } : {}),
});
