import type { Lang } from '../../../lab/text.ts';

const some = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `12%`, `0.4%`; undefined below one in a thousand. */
const share = (chance: number): string | undefined => {
  if (chance >= 0.00995) return `${Math.round(chance * 100)}%`;
  return chance >= 0.001 ? `${(chance * 100).toFixed(1)}%` : undefined;
};

/** Texts of the pages, besides those of all files (`export/messages.ts`). */
const en = {
  id: 'ID',
  email: 'Email',
  handedIn: 'Submitted',
  noScore: 'No score yet',
  ofPoints: (max: string) => `of ${max} points`,
  points: (points: string, max: string) => `${points} of ${max}`,
  lost: (points: string) => `−${points}`,
  parts: 'How the points add up',
  checksTogether: 'The checks below',
  why: { refused: 'Why it was refused', review: 'What happened' },
  firstRefused: 'It was first refused for these reasons',
  firstReview: 'It could not be graded at first',
  next: {
    refused: 'What happens next: the teacher checks these places and decides. If you may submit again, correct them first.',
    review: 'What happens next: the teacher reviews it or has it graded again. You do not need to do anything.',
    missing: 'What happens next: if you submitted something, contact your teacher, because it was not among the graded files.',
  },
  cost: 'What cost points',
  costNothing: 'Nothing cost points.',
  others: 'The other checks',
  allChecks: 'All checks',
  untilThen: 'Results up to that point',
  setAside: 'Ignored or replaced for grading',
  setAsideHint: 'Your files are unchanged; only what was run differs in these points.',
  decisions: "The teacher's decisions",
  requests: 'Regrade requests',
  requestAbout: (what: string) => `Request: ${what}`,
  answer: 'Answer',
  decision: { open: 'open: the teacher decides', accepted: 'accepted', rejected: 'rejected' },
  openRequests: (count: number) => `Open regrade requests (${count})`,
  openRequestsHint:
    'Write a decision and an answer in requests.csv. To change points, add a line to overrides.csv, then grade again.',
  unmetRequests: (count: number) => `Accepted requests without an effect (${count})`,
  unmetRequestsHint: 'Neither an override nor another submission followed, and the points are the same.',
  decided: (what: string, points: string) => `${what}: ${points}`,
  follows: (claim: string) => `not counted again: it follows from “${claim}”`,
  causedBy: (fault: string) => `Follows from: ${fault}`,
  followsUnseen: 'not counted again: it follows from a check that only the teacher sees',
  log: (service: string) => `Log of ${service}`,
  total: 'Total',
  spread: 'How the load was spread',
  spreadDesc: (parts: readonly (readonly [string, number])[]) =>
    parts.length === 0 ? 'No responses.' : `${parts.map(([label, many]) => `${label}: ${some(many, 'response')}`).join(', ')}.`,
  fairness: (chance: number) => {
    const part = share(chance);
    if (part === '100%') return 'The load was spread evenly.';
    return part
      ? `Even a perfectly even spread differs this much in ${part} of cases.`
      : 'A perfectly even spread hardly ever differs this much.';
  },
  gradedWith: (version: string, tutorial: string) => `Graded by labwright ${version}, tutorial ${tutorial}`,
  content: (hash: string) => `content ${hash}`,
  rubric: (hash: string) => `rubric ${hash}`,
  className: 'Grades of the class',
  changes: 'What changed since an earlier grading, and why',
  similar: 'Similar submissions, as evidence and never as a verdict',
  students: 'Students',
  student: 'Student',
  average: (mean: string, median: string, max: string) => `mean ${mean}, median ${median}, of ${max}`,
  noScores: 'There are no scores yet.',
  noSubmissions: 'There are no submissions.',
  settle:
    'Fill in the points in overrides-open.csv, save it as overrides.csv (or append it), and grade again. Your decisions are kept.',
  submissions: (count: number) => `${count} submissions for the same reason`,
  between: ', ',
  filter: 'Filter by name, ID, status or reason',
  shown: 'students shown',
  followUps: (count: number, points: string) =>
    `${count === 1 ? '1 more check depends' : `${count} more checks depend`} on this${points === '0' ? '' : ` (−${points})`}`,
  refusedTitle: (count: number) => `Refused (${count})`,
  reviewTitle: (count: number) => `Needs review (${count})`,
  distribution: 'Distribution of grades',
  distributionDesc: (many: readonly number[], max: number) =>
    `${many.map((count, at) => `${edges(at, many.length, max)} points: ${count}`).join('; ')}.`,
  distributionCaption: (scores: number, without: number) =>
    `Students by points; ${some(scores, 'score')}${without > 0 ? `, ${without} without a score` : ''}.`,
  costly: 'The checks that cost most',
  costlyCaption: 'Total points lost by all students with a score.',
  lostBy: 'Students',
  lostInAll: 'Points lost',
  check: 'Check',
  teacherOnly: 'for the teacher only',
  leftOut: 'Not submissions',
  leftOutHint: 'These entries were among the submissions and were not graded.',
  identical: 'Identical submissions',
  identicalHint: 'These have the same content and were graded once. Finding the reason is up to you.',
  andMore: (count: number) => `and ${count} more`,
  overridden: "teacher's decision",
  sameAs: (id: string) => `same content as ${id}`,
  studentsCaption: 'Sorted by ID. Each name links to a page with all results of that submission.',
  engine: 'Engine',
  gradedAt: 'Graded',
  /** A duration. */
  took: (ms: number) => `in ${time(ms, ' min', ' s', ' ')}`,
};
type Words = typeof en;

const zhTW: Words = {
  id: '學號',
  email: '電子郵件',
  handedIn: '繳交內容',
  noScore: '尚無分數',
  ofPoints: (max) => `分，滿分 ${max} 分`,
  points: (points, max) => `${points} / ${max}`,
  lost: (points) => `−${points}`,
  parts: '分數的計算方式',
  checksTogether: '下列檢查項目合計',
  why: { refused: '拒收的原因', review: '發生了什麼事' },
  firstRefused: '這份作業起初因下列原因被拒收',
  firstReview: '起初無法評分',
  next: {
    refused: '接下來：老師會查看這些地方再決定。如果可以重新繳交，請先修正再交。',
    review: '接下來：老師會親自查看，或是重新評分。你不需要做任何事。',
    missing: '接下來：如果你繳交過，請告訴老師，因為評分的檔案裡沒有你的作業。',
  },
  cost: '扣分的地方',
  costNothing: '沒有任何地方扣分。',
  others: '其他檢查項目',
  allChecks: '所有檢查項目',
  untilThen: '在那之前的檢查結果',
  setAside: '評分時略過或替換的設定',
  setAsideHint: '你的檔案沒有更動，只是評分時執行的內容在這些地方不同。',
  decisions: '老師的決定',
  requests: '重新評分的申請',
  requestAbout: (what) => `申請項目：${what}`,
  answer: '回覆',
  decision: { open: '尚未決定，由老師處理', accepted: '接受', rejected: '不接受' },
  openRequests: (count) => `尚未決定的重新評分申請（${count}）`,
  openRequestsHint: '請在 requests.csv 寫上決定與回覆。要改變分數時，請在 overrides.csv 加上一行，再重新評分。',
  unmetRequests: (count) => `已接受但沒有任何改變的申請（${count}）`,
  unmetRequestsHint: '沒有對應的人工評分，作業也沒有更新，分數和當時相同。',
  decided: (what, points) => `${what}：${points} 分`,
  follows: (claim) => `不重複扣分：這是「${claim}」未通過所造成的`,
  causedBy: (fault) => `這是因為：${fault}`,
  followsUnseen: '不重複扣分：這是另一項只有老師看得到的檢查未通過所造成的',
  log: (service) => `${service} 的日誌`,
  total: '總分',
  spread: '負載的分布',
  spreadDesc: (parts) =>
    parts.length === 0 ? '沒有任何回應。' : `${parts.map(([label, many]) => `${label}：${many} 個回應`).join('、')}。`,
  fairness: (chance) => {
    const part = share(chance);
    if (part === '100%') return '負載分布平均。';
    return part ? `就算完全平均分配，也有 ${part} 的機率出現這種差距。` : '如果真的平均分配，幾乎不會出現這種差距。';
  },
  gradedWith: (version, tutorial) => `由 labwright ${version} 評分，教學 ${tutorial}`,
  content: (hash) => `內容 ${hash}`,
  rubric: (hash) => `評分標準 ${hash}`,
  className: '全班成績',
  changes: '與之前的評分相比，哪些成績改變、原因是什麼',
  similar: '相似的作業，只供參考，不是結論',
  students: '學生名單',
  student: '學生',
  average: (mean, median, max) => `平均 ${mean}、中位數 ${median}，滿分 ${max}`,
  noScores: '還沒有任何分數。',
  noSubmissions: '沒有人繳交作業。',
  settle: '在 overrides-open.csv 填入分數，另存成 overrides.csv（或附加到它後面），再重新評分。你的決定會保留。',
  submissions: (count) => `${count} 份作業，原因相同`,
  between: '、',
  filter: '以姓名、學號、狀態或原因篩選',
  shown: '位學生符合',
  followUps: (count, points) => `另有 ${count} 項檢查受此影響${points === '0' ? '' : `（−${points}）`}`,
  refusedTitle: (count) => `拒收（${count}）`,
  reviewTitle: (count) => `待確認（${count}）`,
  distribution: '成績分布',
  distributionDesc: (many, max) => `${many.map((count, at) => `${edges(at, many.length, max)} 分：${count} 人`).join('；')}。`,
  distributionCaption: (scores, without) =>
    `各分數區間的人數；共 ${scores} 人有分數${without > 0 ? `，${without} 人尚無分數` : ''}。`,
  costly: '扣分最多的檢查項目',
  costlyCaption: '所有已有分數的學生，合計被扣的分數。',
  lostBy: '人數',
  lostInAll: '扣分合計',
  check: '檢查項目',
  teacherOnly: '只有老師看得到',
  leftOut: '不是作業的項目',
  leftOutHint: '這些項目和作業放在一起，沒有評分。',
  identical: '內容相同的作業',
  identicalHint: '這些作業的內容完全相同，只評分一次。原因請自行判斷。',
  andMore: (count) => `另有 ${count} 項`,
  overridden: '老師的決定',
  sameAs: (id) => `內容與 ${id} 相同`,
  studentsCaption: '依學號排列。點選姓名，可以看到那份作業的完整結果。',
  engine: '引擎',
  gradedAt: '評分時間',
  took: (ms) => `費時 ${time(ms, ' 分', ' 秒', ' ')}`,
};

/** `10–20` */
const edges = (at: number, of: number, max: number): string => {
  const edge = (place: number) => Math.round((place / of) * max * 10) / 10;
  return `${edge(at)}–${edge(at + 1)}`;
};

const time = (ms: number, minutes: string, seconds: string, between: string): string => {
  const whole = Math.max(1, Math.round(ms / 1000));
  const rest = `${whole % 60}${seconds}`;
  return whole < 60 ? rest : `${Math.floor(whole / 60)}${minutes}${between}${rest}`;
};

export const pageWordsOf = (lang: Lang): Words => (lang === 'en' ? en : zhTW);
