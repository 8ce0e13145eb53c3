import { isDeepStrictEqual } from 'node:util';
import { oneLine } from '../../formats/untrusted-text.ts';
import { type Text, text, verbatim } from '../../lab/text.ts';
import { printed } from '../export/points.ts';
import type { Change } from '../scoring/diff-grades.ts';
import type { Entry, Gradebook, Override } from '../types.ts';
import { type RubricChange, rubricChanges } from './rubric-changes.ts';
import { classTermCauses, termCauses } from './term-causes.ts';

/** Why a grade changed. `grading`: everything that a grade depends on is the same, so the difference is in grading itself. */
export type CauseCode =
  | 'submission'
  | 'rubric'
  | 'override'
  | 'version'
  | 'images'
  | 'builds'
  | 'trust'
  | 'roles'
  | 'terms'
  | 'engine'
  | 'retried'
  | 'failed'
  | 'grading';

export interface ChangeCause {
  readonly code: CauseCode;
  readonly text: Text;
}

/** A student's entry in two gradings; undefined: none in that one. */
interface Pair {
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
  readonly parts: readonly Change[];
}

/** The causes of a student's changes, for two gradings of a class. */
export function causesIn(before: Gradebook, after: Gradebook): (pair: Pair) => ChangeCause[] {
  const rubric = rubricChanges(before, after);
  const ofClass = classTermCauses(before, after);
  return (pair) => {
    const inputs = [
      ...submissionCause(pair),
      ...(isRun(pair.before) && isRun(pair.after) ? gradingInputs(before, after, pair, rubric) : []),
    ];
    const decided = overrideCauses(pair);
    const terms = pair.after
      ? [...ofClass, ...termCauses(pair.before, pair.after)].map((one): ChangeCause => ({ code: 'terms', text: one }))
      : [];
    const known = [...inputs, ...decided, ...terms];
    const unexplained = pair.parts.some((part) => !isDecided(part, pair));
    const isAgain = inputs.length === 0 && terms.length === 0 && (known.length === 0 || unexplained);
    const engine = inputs.length > 0 || isAgain ? engineCause(before, after) : [];
    return [...known, ...engine, ...(isAgain && engine.length === 0 ? [sameInputs(pair)] : [])];
  };
}

/** Without content, nothing was graded: the rubric and the grader are no causes. */
const isRun = (entry: Entry | undefined): boolean => entry !== undefined && entry.hash !== '';
/** Labwright or the engine failed before the content was known. */
const isUnknown = (entry: Entry | undefined): boolean => entry?.hash === '' && entry.grade.status === 'review';

function submissionCause({ before, after }: Pair): ChangeCause[] {
  const [was, is] = [before?.hash ?? '', after?.hash ?? ''];
  if (was === is || isUnknown(before) || isUnknown(after)) return [];
  const short = (hash: string) => hash.slice(0, 12);
  if (was === '')
    return [{ code: 'submission', text: text('there was no readable submission before', '之前沒有可以讀取的作業') }];
  if (is === '') return [{ code: 'submission', text: text('there is no readable submission now', '現在沒有可以讀取的作業') }];
  return [
    {
      code: 'submission',
      text: text(
        `the submission changed (content ${short(was)} → ${short(is)})`,
        `作業內容改變（內容 ${short(was)} → ${short(is)}）`,
      ),
    },
  ];
}

/** What changed of the inputs that the key in the journal contains, besides the submission. */
function gradingInputs(was: Gradebook, is: Gradebook, pair: Pair, rubric: readonly RubricChange[]): ChangeCause[] {
  const { before, after } = pair;
  const found = [
    ...(was.rubric.hash === is.rubric.hash ? [] : [rubricCause(rubric, pair.parts)]),
    ...setting('version', was.version, is.version, 'the version of labwright', 'labwright 的版本'),
    ...setting('builds', was.builds, is.builds, 'the network of builds', '建置的網路'),
    ...trustCause(was, is),
    ...imagesCause(before?.images, after?.images),
  ];
  const isOther = before?.keys && after?.keys && before.hash === after.hash && !isDeepStrictEqual(before.keys, after.keys);
  if (!isOther || found.length > 0) return found;
  return [{ code: 'roles', text: text('roles.csv assigns other services', 'roles.csv 指定了不同的服務') }];
}

/** The points that differ and belong to what changed for the student, else that none does. */
function rubricCause(rubric: readonly RubricChange[], parts: readonly Change[]): ChangeCause {
  const own = new Set(parts.map(({ id }) => id));
  const relevant = rubric.filter(({ of, id }) => of === 'goal' || own.has(id));
  const listed = relevant.slice(0, mostListed).map(worth);
  const more = relevant.length > mostListed ? [verbatim('…')] : [];
  const list = [...listed, ...more];
  if (list.length === 0)
    return {
      code: 'rubric',
      text: text('the rubric changed, but not what these checks are worth', '評分標準改變，但這些檢查的配分沒有變'),
    };
  return {
    code: 'rubric',
    text: text(
      `the rubric changed: ${list.map(({ en }) => en).join('; ')}`,
      `評分標準改變：${list.map((one) => one['zh-TW']).join('；')}`,
    ),
  };
}

const mostListed = 8;

/** `up/one 10 → 12` */
function worth({ of, id, before, after }: RubricChange): Text {
  const points = `${before === undefined ? '–' : printed(before)} → ${after === undefined ? '–' : printed(after)}`;
  if (of === 'maximum') return text(`maximum ${points}`, `滿分 ${points}`);
  return of === 'goal' ? text(`goal ${id} ${points}`, `目標 ${id} ${points}`) : verbatim(`${id} ${points}`);
}

const setting = (code: CauseCode, was: string | undefined, is: string | undefined, en: string, zhTW: string): ChangeCause[] =>
  // a gradebook of an earlier version does not have it
  was === undefined || is === undefined || was === is
    ? []
    : [{ code, text: text(`${en} changed: ${was} → ${is}`, `${zhTW}改變：${was} → ${is}`) }];

function trustCause({ trust: was = false }: Gradebook, { trust: is = false }: Gradebook): ChangeCause[] {
  if (was === is) return [];
  return [
    {
      code: 'trust',
      text: is
        ? text('the audits were skipped (--trust)', '這次跳過稽核（--trust）')
        : text('the audits were made, and skipped before (--trust)', '這次有稽核，之前跳過了（--trust）'),
    },
  ];
}

function imagesCause(was: readonly string[] | undefined, is: readonly string[] | undefined): ChangeCause[] {
  if (!was || !is || isDeepStrictEqual(was, is)) return [];
  const refs = (all: readonly string[], others: readonly string[]) =>
    all.filter((one) => !others.includes(one)).map((one) => one.split(' ')[0] ?? one);
  const names = [...new Set([...refs(is, was), ...refs(was, is)])].map((ref) => oneLine(ref, 100)).join(', ');
  return [{ code: 'images', text: text(`other images ran: ${names}`, `執行的映像檔不同：${names.replaceAll(', ', '、')}`) }];
}

const engineCause = ({ engine: was }: Gradebook, { engine: is }: Gradebook): ChangeCause[] =>
  setting('engine', was, is, 'the engine', '引擎');

/** The overrides that were added, changed or removed. */
function overrideCauses({ before, after }: Pair): ChangeCause[] {
  const [was, is] = [byCheck(before), byCheck(after)];
  return changedOverrides(was, is).map((check): ChangeCause => {
    const [old, now] = [was.get(check), is.get(check)];
    const what = check === '' ? text('total', '總分') : verbatim(check);
    const points = (one: Override | undefined) => (one === undefined ? '' : printed(one.points));
    const why = now ? oneLine(now.reason, 200) : '';
    if (old && now)
      return override(
        `override changed: ${what.en} ${points(old)} → ${points(now)} (${why})`,
        `人工評分改變：${what['zh-TW']} ${points(old)} → ${points(now)}（${why}）`,
      );
    return now
      ? override(`override added: ${what.en} ${points(now)} (${why})`, `新增人工評分：${what['zh-TW']} ${points(now)}（${why}）`)
      : override(`override removed: ${what.en} ${points(old)}`, `移除人工評分：${what['zh-TW']} ${points(old)}`);
  });
}

const override = (en: string, zhTW: string): ChangeCause => ({ code: 'override', text: text(en, zhTW) });

type Overrides = ReadonlyMap<string, Override>;
const byCheck = (entry: Entry | undefined): Overrides =>
  new Map((entry?.overrides ?? []).map((one) => [one.check ?? '', one] as const));
const changedOverrides = (was: Overrides, is: Overrides): string[] =>
  [...new Set([...is.keys(), ...was.keys()])].filter((check) => was.get(check)?.points !== is.get(check)?.points);

/** Whether a changed override explains a change: it sets points, and by the caps of goals those of other checks, but no outcome. */
function isDecided({ of, id, before, after }: Change, pair: Pair): boolean {
  const changed = changedOverrides(byCheck(pair.before), byCheck(pair.after));
  if (changed.length === 0) return false;
  return of === 'total' || changed.includes(id) || before?.state === after?.state;
}

function sameInputs({ before, after }: Pair): ChangeCause {
  if (after?.grade.status === 'review')
    return {
      code: 'failed',
      text: text('labwright or the engine failed this time: it could not be graded', '這次 labwright 或引擎發生錯誤，無法評分'),
    };
  if (before?.grade.status === 'review')
    return {
      code: 'retried',
      text: text(
        'it could not be graded before, because of labwright or the engine, and was graded again with the same inputs',
        '之前因為 labwright 或引擎的問題無法評分，這次以相同的條件重新評分',
      ),
    };
  return {
    code: 'grading',
    text: text(
      'nothing that it depends on changed (submission, rubric, version, images, overrides): it was graded again, and grading itself gave another result',
      '評分所依據的都沒有改變（作業、評分標準、版本、映像檔、人工評分）：重新評分後，評分本身得到不同的結果',
    ),
  };
}
