import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import { causeCode, faultOf, lostBy, type Mistake, mistakesOf } from '../../scoring/causes.ts';
import type { Cause, Entry, Grade, Gradebook, GradedCheck, SourcePlace } from '../../types.ts';
import { linesOf, placed, remarked } from '../check-text.ts';
import { pageWordsOf } from '../html/messages.ts';
import { requestSubject } from '../html/request-list.ts';
import { wordsOf } from '../messages.ts';
import { partsBesideChecks, printed, round } from '../points.ts';
import { attemptLines, deadlineFacts } from '../term/deadline-text.ts';
import { termWordsOf } from '../term/messages.ts';

/** The feedback of a student, as plain data for the formats that show it. It contains nothing about the class and nothing for the teacher only. */
export interface Feedback {
  readonly title: string;
  readonly student: string;
  /** The points, or why there are none and what happens next. */
  readonly result: readonly string[];
  readonly parts: readonly FeedbackPart[];
}

export interface FeedbackPart {
  readonly title: string;
  readonly items: readonly FeedbackItem[];
}

interface FeedbackItem {
  readonly head: string;
  /** May have several lines. */
  readonly details: readonly string[];
}

/** A longer text of a check is cut. */
const longest = 600;

/** The language of a student's files. */
export const languageOf = ({ student }: Entry, otherwise: Lang): Lang => student.lang ?? otherwise;

/** The feedback for a student: the result, the root cause with the next step, what else cost points, and how the points add up. */
export function feedbackOf({ title }: Pick<Gradebook, 'title'>, entry: Entry, lang: Lang): Feedback {
  const { student } = entry;
  const [id, name] = [oneLine(student.id, 100), oneLine(student.name ?? '', 100)];
  return {
    title: oneLine(title[lang], 200),
    student: name === '' || name === id ? id : `${name} (${id})`,
    result: resultOf(entry, lang),
    parts: [
      reasons(entry, lang),
      ...mistakes(entry, lang),
      points(entry, lang),
      decisions(entry, lang),
      deadline(entry, lang),
      requests(entry, lang),
      part(
        wordsOf(lang).noted,
        entry.grade.notes.map((remark) => item(remarked(remark, lang))),
      ),
    ].filter(({ items }) => items.length > 0),
  };
}

/** The most important mistake with its next step, on lines of its own; empty if nothing cost points. */
export function rootCauseLines(entry: Entry, lang: Lang): string[] {
  const [first] = mistakes(entry, lang);
  return first ? first.items.flatMap(({ head, details }) => [`${first.title}: ${head}`, ...details]) : [];
}

const part = (title: string, items: readonly FeedbackItem[]): FeedbackPart => ({ title, items });
const item = (head: string, details: readonly string[] = []): FeedbackItem => ({ head, details });

/** A grade without points is open: the teacher decides. */
const openStatus = ({ status }: Grade) => (status === 'graded' ? 'review' : status);

function resultOf({ grade }: Entry, lang: Lang): string[] {
  const words = wordsOf(lang);
  const status = openStatus(grade);
  if (grade.points === null) return [words.ungraded[status], pageWordsOf(lang).next[status]];
  return [words.score(printed(grade.points), printed(grade.max)), ...(grade.label ? [oneLine(grade.label[lang], longest)] : [])];
}

/** Why it was refused or could not be graded, also if the teacher has decided since. */
function reasons({ grade }: Entry, lang: Lang): FeedbackPart {
  const words = pageWordsOf(lang);
  const open = grade.points === null;
  if (grade.refusals.length > 0)
    return part(
      open ? words.why.refused : words.firstRefused,
      grade.refusals.map((remark) => item(remarked(remark, lang))),
    );
  return part(open ? words.why.review : words.firstReview, grade.review ? [item(oneLine(grade.review[lang], longest))] : []);
}

/** What cost points: first the cause of most of it, then the rest. */
function mistakes({ grade }: Entry, lang: Lang): FeedbackPart[] {
  if (grade.points === null) return [];
  const words = wordsOf(lang);
  const visible = grade.checks.filter((check) => check.visible);
  const seen = mistakesOf(visible).map((one) => ({
    // what was not reached is no cause
    rank: one.check.outcome === 'skipped' ? 1 : 0,
    lost: one.lost,
    item: mistakeItem(one, lang),
  }));
  const taken = grade.deductions
    .filter(({ points: cost, remark }) => cost > 0 && !(grade.cause && remark.code === causeCode))
    .map(({ points: cost, remark }) => ({ rank: 0, lost: cost, item: item(costing(cost, remarked(remark, lang))) }));
  const all = [...seen, ...taken].sort((one, other) => one.rank - other.rank || other.lost - one.lost).map((one) => one.item);
  const unseen = grade.checks.filter((check) => !check.visible && lostBy(check) > 0);
  const hidden = round(unseen.reduce((sum, check) => sum + lostBy(check), 0));
  const [first, ...others] = [...(grade.cause ? [causeItem(grade.cause, visible, lang)] : []), ...all];
  return [
    part(words.cause, first ? [first] : []),
    part(words.otherMistakes, [...others, ...(hidden > 0 ? [item(costing(hidden, words.unseen(unseen.length)))] : [])]),
  ].filter(({ items }) => items.length > 0);
}

const costing = (lost: number, what: string): string => (lost > 0 ? `−${printed(lost)}: ${what}` : what);

function mistakeItem({ check, dependents, lost }: Mistake, lang: Lang): FeedbackItem {
  const others = linesOf({ ...check, expected: undefined, actual: undefined, help: undefined }, lang, longest);
  const more = dependents.length === 0 ? [] : [pageWordsOf(lang).followUps(dependents.length, '0')];
  const next = check.outcome === 'failed' ? [nextStep(check, lang)] : [];
  return item(costing(lost, oneLine(faultOf(check)[lang], longest)), [...others, ...more, ...next]);
}

function causeItem({ text, points: lost, place, said }: Cause, visible: readonly GradedCheck[], lang: Lang): FeedbackItem {
  const words = wordsOf(lang);
  const help = visible.find(({ repaired, outcome, help: own }) => repaired && outcome === 'failed' && own)?.help;
  const next = { help, places: place ? [place] : undefined };
  return item(costing(lost, oneLine(text[lang], longest)), [
    ...(said ? [`${words.log(oneLine(said.service, 100))}: ${oneLine(said.lines.at(-1) ?? '', longest)}`] : []),
    words.judgedRepaired,
    nextStep(next, lang),
  ]);
}

/** What the check suggests; otherwise, the place to correct, if one is known. */
function nextStep(
  { help, places }: { readonly help?: GradedCheck['help'] | undefined; readonly places?: readonly SourcePlace[] | undefined },
  lang: Lang,
): string {
  const words = wordsOf(lang);
  const [place] = places ?? [];
  const step = help ? oneLine(help[lang], longest) : words.correct(place && placed(place));
  return `${words.tryNext}: ${step}`;
}

function points(entry: Entry, lang: Lang): FeedbackPart {
  const { goals = [], points: total } = entry.grade;
  const words = pageWordsOf(lang);
  const ofGoals = goals.map((goal) => `${oneLine(goal.title[lang], longest)}: ${printed(goal.points)}/${printed(goal.max)}`);
  const beside = partsBesideChecks(entry).map(({ what, points: more }) => `${oneLine(what[lang], longest)}: ${printed(more)}`);
  return part(words.parts, total === null ? [] : [...ofGoals, ...beside].map((line) => item(line)));
}

/** When it was due and submitted, and what that cost; with several submissions, which one counts. */
function deadline(entry: Entry, lang: Lang): FeedbackPart {
  const facts = deadlineFacts(entry, lang).map(({ name, value }) => item(`${name}: ${value}`));
  const words = termWordsOf(lang);
  const attempts = attemptLines(entry, lang);
  return part(words.deadline, [...facts, ...(attempts.length > 0 ? [item(words.attempts, attempts)] : [])]);
}

/** The student's own requests, each with the decision and the answer. */
function requests(entry: Entry, lang: Lang): FeedbackPart {
  const words = pageWordsOf(lang);
  const own = entry.requests ?? [];
  return part(
    words.requests,
    own.map(({ check, reason, decision, answer }) =>
      item(`${oneLine(requestSubject(entry, check, lang), longest)}: ${words.decision[decision ?? 'open']}`, [
        oneLine(reason, longest),
        ...(answer === undefined ? [] : [`${words.answer}: ${oneLine(answer, longest)}`]),
      ]),
    ),
  );
}

/** The teacher's decisions, except those about checks for the teacher only. */
function decisions({ grade, overrides }: Entry, lang: Lang): FeedbackPart {
  const words = pageWordsOf(lang);
  const shown = overrides.flatMap(({ check: id, points: given, reason }) => {
    const check = grade.checks.find((one) => one.id === id);
    if (check && !check.visible) return [];
    const what = id === undefined ? words.total : oneLine(check?.claim[lang] ?? id, longest);
    return [item(words.decided(what, printed(given)), [oneLine(reason, longest)])];
  });
  return part(words.decisions, shown);
}
