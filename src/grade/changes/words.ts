import type { Lang } from '../../lab/text.ts';
import { printed, round } from '../export/points.ts';
import type { Change } from '../scoring/diff-grades.ts';
import type { CauseCode } from './causes.ts';
import type { StudentChange } from './compare.ts';

/** Texts of the changes between two gradings. */
const en = {
  title: 'What changed',
  compared: (before: string, after: string) => `The grading of ${after}, compared with that of ${before}.`,
  changed: (many: number, all: number) => `${many} of ${all} grades changed.`,
  causes: 'Causes',
  rubric: 'What is worth other points in the rubric',
  item: 'check',
  before: 'before',
  after: 'after',
  why: 'because',
  total: 'total',
  late: 'late submission',
  student: 'student',
  name: 'name',
  was: 'status before',
  is: 'status now',
  came: 'not graded before',
  gone: 'no longer submitted',
  none: '–',
  state: {
    passed: 'passed',
    failed: 'failed',
    skipped: 'skipped',
    errored: 'undecided',
    graded: 'graded',
    refused: 'refused',
    review: 'needs review',
    missing: 'no submission',
    deducted: 'deducted',
  } as Readonly<Record<string, string>>,
  code: {
    submission: 'the submission',
    rubric: 'the rubric',
    override: 'an override',
    version: 'the version of labwright',
    images: 'the images',
    builds: 'the network of builds',
    trust: 'the audits',
    roles: 'roles.csv',
    terms: 'the deadline, an extension or another term',
    engine: 'the engine',
    retried: 'graded again after a failure of labwright or the engine',
    failed: 'a failure of labwright or the engine',
    grading: 'grading itself: nothing else changed',
  } satisfies Record<CauseCode, string>,
};
type Words = typeof en;

const zhTW: Words = {
  title: '成績的變動',
  compared: (before, after) => `${after} 的評分，與 ${before} 的評分比較。`,
  changed: (many, all) => `${all} 份成績中有 ${many} 份改變。`,
  causes: '原因',
  rubric: '評分標準裡配分改變的項目',
  item: '檢查項目',
  before: '之前',
  after: '現在',
  why: '原因',
  total: '總分',
  late: '遲交',
  student: '學號',
  name: '姓名',
  was: '之前的狀態',
  is: '現在的狀態',
  came: '之前沒有評過',
  gone: '這次沒有繳交',
  none: '–',
  state: {
    passed: '通過',
    failed: '未通過',
    skipped: '略過',
    errored: '無法判斷',
    graded: '已評分',
    refused: '拒收',
    review: '待老師確認',
    missing: '沒有繳交',
    deducted: '扣分',
  },
  code: {
    submission: '作業內容',
    rubric: '評分標準',
    override: '人工評分',
    version: 'labwright 的版本',
    images: '映像檔',
    builds: '建置的網路',
    trust: '稽核',
    roles: 'roles.csv',
    terms: '截止時間、延期或其他條件',
    engine: '引擎',
    retried: 'labwright 或引擎先前發生錯誤，重新評分',
    failed: 'labwright 或引擎發生錯誤',
    grading: '評分本身：其他條件都沒有改變',
  },
};

export const changeWordsOf = (lang: Lang): Words => (lang === 'en' ? en : zhTW);

/** `87.5`, or a dash without points. */
export const pointsOf = (one: Change['before']): string => (one?.points == null ? '–' : printed(round(one.points)));

/** A student's points before and now. */
export function totalsOf({ before, after }: Pick<StudentChange, 'before' | 'after'>): readonly [string, string] {
  const points = (entry: StudentChange['before']) => (entry?.grade.points == null ? '–' : printed(entry.grade.points));
  return [points(before), points(after)];
}
