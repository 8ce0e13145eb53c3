import type { ExamClaim, ExamFile } from '../../lab/exam-file.ts';
import { joinTexts, type Text, text } from '../../lab/text.ts';
import { rounded, totalOf } from '../scoring/points.ts';
import type { Deduction, Grade, GradedCheck, Remark, SourcePlace } from '../types.ts';
import { type ClassExam, checkOf, type ExamPart } from './class-exam.ts';
import { verdictIn } from './verdict.ts';

/**
 * The grade of a student's exam: a check for each fault, from the verdicts of its folders. `file` is what the student's own labwright recorded: it is
 * reported as a claim, and costs points only if the exam's rubric has a price for hints. If a folder is refused or could not be judged, the whole needs
 * review. Throws TypeError if the verdict of a folder is missing.
 */
export function examGrade(exam: ClassExam, max: number, file: ExamFile, verdicts: ReadonlyMap<string, Grade>): Grade {
  const judged = exam.parts.map((part) => {
    const verdict = verdicts.get(part.folder);
    if (!verdict) throw new TypeError(`no verdict for ${part.folder}`);
    return { part, verdict, claim: file.faults.find(({ folder }) => folder === part.folder) };
  });
  const checks = judged.map(({ part, verdict, claim }) => checkFor(part, verdict, claimed(claim, file.startedAt)));
  const deductions = judged.flatMap(({ part, verdict, claim }) => hintsOf(part, verdict, claim, exam.hintCosts));
  const notes = judged.flatMap(({ part, verdict }) => verdict.notes.map((note) => inFolder(note, part.folder)));
  const open = judged.filter(({ part, verdict }) => verdict.status !== 'graded' && !isRefusedAsGiven(part, verdict));
  const whole = {
    max,
    checks,
    deductions,
    notes,
    refusals: [],
    durationMs: judged.reduce((sum, { verdict }) => sum + verdict.durationMs, 0),
  };
  if (open.length === 0) return { status: 'graded', points: totalOf(checks, deductions, undefined), ...whole };
  const reasons = open.map(({ part, verdict }) => named(part.folder, whyOpen(verdict)));
  return { status: 'review', points: null, ...whole, review: joinTexts(reasons, text('; ', '；')) };
}

/** The policy refuses the files for what the fault itself is, and nothing else: it is not repaired. */
const isRefusedAsGiven = ({ fault }: ExamPart, { status, refusals }: Grade): boolean =>
  status === 'refused' && refusals.length > 0 && refusals.every(({ code }) => code === fault.refusedAs);

const named = (folder: string, why: Text): Text => text(`${folder}: ${why.en}`, `${folder}：${why['zh-TW']}`);

function whyOpen({ status, review, refusals }: Grade): Text {
  const why = review ?? refusals[0]?.text ?? text('not judged', '沒有判定');
  return status === 'refused' ? text(`refused: ${why.en}`, `拒收：${why['zh-TW']}`) : why;
}

function checkFor(part: ExamPart, verdict: Grade, claim: Text | undefined): GradedCheck {
  const { folder, fault, points } = part;
  const { report, level } = fault;
  const one = verdictIn(verdict);
  const about = {
    id: checkOf(folder),
    claim: text(
      `${folder} is repaired (level ${level}, reported: ${report.en})`,
      `${folder} 已修復（第 ${level} 級，回報的狀況：${report['zh-TW']}）`,
    ),
    max: points,
    visible: true,
    ...(claim ? { claimed: claim } : {}),
  };
  if (one?.outcome === 'passed') return { ...about, outcome: 'passed', points };
  const [refusal] = isRefusedAsGiven(part, verdict) ? verdict.refusals : [];
  if (!one && !refusal) return { ...about, outcome: 'errored', points: 0, because: whyOpen(verdict) };
  const { expected, actual, said, spread, places = [] } = one ?? wrongIn(refusal);
  // the likeliest is that the fault is still there: a check alone may blame another part
  const edited = fault.edits.map(({ file }): SourcePlace => ({ file }));
  const others = places.filter(({ file }) => !edited.some((edit) => edit.file === file));
  const own = places.filter((place) => !others.includes(place));
  return {
    ...about,
    outcome: 'failed',
    points: 0,
    ...(expected ? { expected } : {}),
    ...(actual ? { actual } : {}),
    help: fault.hints[2],
    ...(said ? { said } : {}),
    ...(spread ? { spread } : {}),
    places: [...(own.length > 0 ? own : once(edited)), ...others].map((place) => placeIn(place, folder)),
  };
}

/** The policy's reason, as what is wrong. */
const wrongIn = (refusal: Remark | undefined): Partial<GradedCheck> => ({
  expected: text('a stack without this setting', '沒有這項設定的服務'),
  ...(refusal ? { actual: refusal.text } : {}),
  ...(refusal?.place ? { places: [refusal.place] } : {}),
});

/** Each file once. */
const once = (places: readonly SourcePlace[]): SourcePlace[] => [...new Map(places.map((place) => [place.file, place])).values()];

const placeIn = (place: SourcePlace, folder: string): SourcePlace => ({ ...place, file: `${folder}/${place.file}` });

/** A remark about a folder's files, with their place in the submission. */
const inFolder = (note: Remark, folder: string): Remark =>
  note.place ? { ...note, place: placeIn(note.place, folder) } : { ...note, text: named(folder, note.text) };

/** What the hints cost that the student's file admits, at most what the repair gained. */
function hintsOf({ folder, points }: ExamPart, verdict: Grade, claim: ExamClaim | undefined, each: number): Deduction[] {
  const hints = claim?.hints ?? 0;
  if (each === 0 || hints === 0 || verdict.points !== 1) return [];
  const what = named(folder, text(`${hints} ${hints === 1 ? 'hint' : 'hints'}, as claimed`, `${hints} 個提示（學生自己的紀錄）`));
  return [{ remark: { code: `hints-${folder}`, text: what }, points: rounded(Math.min(points, hints * each)) }];
}

/** What the student's own file says about a fault. */
function claimed(claim: ExamClaim | undefined, startedAt: string): Text | undefined {
  if (!claim) return undefined;
  const { hints, checks, repairedAt } = claim;
  const minutes = repairedAt === undefined ? undefined : Math.round((Date.parse(repairedAt) - Date.parse(startedAt)) / 60_000);
  const done =
    minutes === undefined
      ? text('not repaired', '未修復')
      : text(`repaired ${minutes} min after the start`, `開始後 ${minutes} 分鐘修復`);
  return text(
    `${done.en}, ${hints} of 3 hints, checked ${checks} ${checks === 1 ? 'time' : 'times'}`,
    `${done['zh-TW']}，用了 ${hints} 個提示（共 3 個），驗證 ${checks} 次`,
  );
}
