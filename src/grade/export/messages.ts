import type { Lang } from '../../lab/text.ts';
import type { Outcome } from '../../lab/verdict.ts';
import type { Status } from '../types.ts';

/** Texts of a gradebook's files; all other text comes from the grades. */
const en = {
  columns: {
    student: 'student',
    name: 'name',
    email: 'email',
    status: 'status',
    points: 'points',
    max: 'max',
    percent: 'percent',
    reason: 'reason',
    overrides: 'overrides',
    sameAs: 'same as',
  },
  status: { graded: 'graded', refused: 'refused', review: 'needs review', missing: 'no submission' } satisfies Record<
    Status,
    string
  >,
  notFound: 'no submission of this student was found',
  outcome: { passed: 'passed', failed: 'failed', skipped: 'skipped', errored: 'undecided' } satisfies Record<Outcome, string>,
  total: 'total',
  expected: 'expected',
  saw: 'saw',
  log: (service: string) => `log of ${service}`,
  tryNext: 'try next',
  because: 'because',
  check: 'check',
  part: 'part',
  noted: 'Noted',
  excused: (check: string) => `not counted again: it follows from ${check}`,
  ungraded: {
    refused: 'There is no score yet, and that is not a zero: the submission was refused, and the teacher decides.',
    review: 'There is no score yet, and that is not a zero: labwright or the engine failed, and the teacher will review it.',
    missing: 'There is no score: no submission of this student was found.',
  } satisfies Record<Exclude<Status, 'graded'>, string>,
  unseen: (count: number) => (count === 1 ? '1 check that only the teacher sees' : `${count} checks that only the teacher sees`),
  score: (points: string, max: string) => `${points} of ${max} points`,
  graded: (graded: number, all: number) => `${graded} of ${all} graded`,
  refused: (count: number) => `${count} refused`,
  review: (count: number) => (count === 1 ? '1 needs review' : `${count} need review`),
  missing: (count: number) => `${count} without a submission`,
  leftOut: (count: number) => (count === 1 ? '1 entry is not a submission' : `${count} entries are not submissions`),
  mean: (points: string, max: string) => `mean ${points} of ${max}`,
  weaker: 'The isolation was weaker than with the grading engine',
  more: (count: number) => `and ${count} more, all of them in grades.csv`,
};
type Words = typeof en;

const zhTW: Words = {
  columns: {
    student: '學號',
    name: '姓名',
    email: '電子郵件',
    status: '狀態',
    points: '得分',
    max: '滿分',
    percent: '百分比',
    reason: '原因',
    overrides: '老師的決定',
    sameAs: '內容相同於',
  },
  status: { graded: '已評分', refused: '拒收', review: '待老師確認', missing: '沒有繳交' },
  notFound: '找不到這位學生的作業',
  outcome: { passed: '通過', failed: '未通過', skipped: '略過', errored: '無法判斷' },
  total: '總分',
  expected: '預期',
  saw: '實際',
  log: (service) => `${service} 的日誌`,
  tryNext: '下一步',
  because: '原因',
  check: '檢查項目',
  part: '項目',
  noted: '補充說明',
  excused: (check) => `不重複扣分：這是 ${check} 造成的`,
  ungraded: {
    refused: '目前沒有分數，但這不是零分：這份作業被拒收，由老師決定。',
    review: '目前沒有分數，但這不是零分：labwright 或引擎發生錯誤，老師會再確認。',
    missing: '沒有分數：找不到這位學生的作業。',
  },
  unseen: (count) => `只有老師看得到的 ${count} 項檢查`,
  score: (points, max) => `得分 ${points}，滿分 ${max}`,
  graded: (graded, all) => `${all} 份作業中已評分 ${graded} 份`,
  refused: (count) => `拒收 ${count} 份`,
  review: (count) => `待老師確認 ${count} 份`,
  missing: (count) => `沒有繳交 ${count} 人`,
  leftOut: (count) => `有 ${count} 個項目不是作業`,
  mean: (points, max) => `平均 ${points}，滿分 ${max}`,
  weaker: '這次的隔離不如專用的評分引擎',
  more: (count) => `另有 ${count} 位，全部都在 grades.csv 裡`,
};

export const wordsOf = (lang: Lang): Words => (lang === 'en' ? en : zhTW);
