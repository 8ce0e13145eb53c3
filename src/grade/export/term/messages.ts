import type { Lang } from '../../../lab/text.ts';
import { wordsOf } from '../messages.ts';

const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

/** `1 day 2 h 5 min`; less than a minute is one. */
function parts(ms: number, units: readonly [string, string, string], between: string): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  const all = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  return all.flatMap((many, index) => (many > 0 ? [`${many}${units[index]}`] : [])).join(between);
}

/** Texts about deadlines in all formats. */
const en = {
  deadline: 'Deadline',
  due: 'Due',
  latest: 'Nothing counts after',
  extension: 'Your extension',
  submitted: 'Submitted',
  late: 'Lateness',
  graceDays: 'Grace days',
  cost: 'Cost',
  sources: {
    times: "from the teacher's list of times",
    gradescope: 'recorded by Gradescope',
    commit: "time of the last commit: the student's own claim, not verified",
  },
  fromFile: (from: string) => `from the teacher's list of times: ${from}`,
  unknown: 'The submission time is unknown, so nothing is deducted.',
  markedLate: 'Canvas marked it as late.',
  onTime: 'on time',
  duration: (ms: number) => parts(ms, [' d', ' h', ' min'], ' '),
  withinGrace: (how: string) => `${how}, within the grace period: not late`,
  lateBy: (how: string, count: number) => `${how}, which counts as ${days(count)}`,
  tooLate: (how: string) => `${how}, after the last time at which submissions count`,
  moreGrace: (count: number) => `${count} more grace ${count === 1 ? 'day' : 'days'}`,
  graceUsed: (used: number, all: number, left: number) => `${used} used here, ${all} used so far, ${left} left`,
  points: (points: string) => `−${points} points`,
  nothing: 'no points',
  decided: 'no points: the teacher decided the total',
  attempts: 'Submissions',
  noTime: 'time unknown',
  lateDays: (count: number) => `${days(count)} late`,
  score: (points: string, max: string) => `${points} of ${max} points`,
  counts: 'this one counts',
  unknownTitle: (count: number) => `Submission time unknown (${count})`,
  unknownHint: 'Nothing is deducted for lateness. Give the times with --times, then run the same command again.',
  columns: { submitted: 'submitted', late: 'late', deduction: 'deduction' },
};
type Words = typeof en;

const zhTW: Words = {
  deadline: '截止時間',
  due: '截止時間',
  latest: '最後收件時間',
  extension: '你的延長期限',
  submitted: '繳交時間',
  late: '遲交情形',
  graceDays: '寬限日',
  cost: '扣分',
  sources: {
    times: '來自老師的時間清單',
    gradescope: 'Gradescope 的紀錄',
    commit: '最後一次 commit 的時間：這是學生自己的紀錄，未經驗證',
  },
  fromFile: (from) => `來自老師的時間清單：${from}`,
  unknown: '不知道繳交時間，所以沒有扣分。',
  markedLate: 'Canvas 標示為遲交。',
  onTime: '準時',
  duration: (ms) => parts(ms, [' 天', ' 小時', ' 分鐘'], ' '),
  withinGrace: (how) => `${how}，在寬限時間內，不算遲交`,
  lateBy: (how, count) => `${how}，以 ${count} 天計算`,
  tooLate: (how) => `${how}，超過最後收件時間`,
  moreGrace: (count) => `另加 ${count} 天寬限日`,
  graceUsed: (used, all, left) => `這次使用 ${used} 天，目前共使用 ${all} 天，剩下 ${left} 天`,
  points: (points) => `−${points} 分`,
  nothing: '沒有扣分',
  decided: '沒有扣分：老師決定了總分',
  attempts: '繳交紀錄',
  noTime: '時間不明',
  lateDays: (count) => `遲交 ${count} 天`,
  score: (points, max) => `${points} 分，滿分 ${max}`,
  counts: '以這一份計分',
  unknownTitle: (count) => `不知道繳交時間（${count}）`,
  unknownHint: '沒有因遲交扣分。請用 --times 提供時間，再執行一次同樣的指令。',
  columns: { submitted: '繳交時間', late: '遲交天數', deduction: '遲交扣分' },
};

/** With the names of grades' statuses. */
export const termWordsOf = (lang: Lang) => ({ ...(lang === 'en' ? en : zhTW), status: wordsOf(lang).status });
