import type { Lang } from '../lab/text.ts';
import type { Outcome } from '../lab/verdict.ts';

const some = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `34%`, `0.4%`; undefined below one in a thousand. */
const percent = (chance: number): string | undefined => {
  if (chance >= 0.0995) return `${Math.round(chance * 100)}%`;
  return chance >= 0.001 ? `${(chance * 100).toFixed(1)}%` : undefined;
};
const oneIn = (chance: number): string =>
  chance > 1e-9 ? Number((1 / chance).toPrecision(2)).toLocaleString('en-US') : '1,000,000,000';

export interface Tally {
  readonly labs: number;
  readonly checks: Readonly<Record<Outcome, number>>;
  readonly time: string;
}
const all = (tally: Tally): number => Object.values(tally.checks).reduce((sum, count) => sum + count, 0);

/** What the reporters say of their own; all else that a person reads comes from the tutorial. */
const en = {
  privateEngine: 'private engine',
  engine: 'Docker',
  between: ' — ',
  expected: 'expected',
  saw: 'saw',
  tryNext: 'try next',
  note: 'note',
  hint: 'hint',
  hints: 'hints',
  lookFurther: 'look further',
  keepStack: (command: string) => `${command}  (leaves everything up for you to look at)`,
  error: 'error',
  notYourFault: 'Not your fault: labwright or the engine could not tell.',
  because: (reason: string) => `skipped: ${reason}`,
  exit: (code: number) => `exit ${code}`,
  unfinished: 'unfinished',
  checking: 'checking',
  cleaning: 'removing what this run made',
  fairness: (chance: number) => {
    const share = percent(chance);
    if (share === '100%') return 'about as even as a fair balancer gets';
    return `a fair balancer looks this uneven in ${share ?? `one of ${oneIn(chance)}`}${share ? ' of' : ''} samples`;
  },
  steps: 'steps',
  checks: 'checks',
  outcome: { passed: 'passed', failed: 'failed', skipped: 'skipped', errored: 'errored' } satisfies Record<Outcome, string>,
  more: (count: number) => `and ${count} more, told above`,
  nothingLeft: (removed: number, time: string) =>
    removed === 0 ? 'Nothing left behind.' : `Nothing left behind: ${some(removed, 'thing')} of this run removed in ${time}.`,
  verdict: {
    passed: (tally: Tally) => `Passed: ${some(tally.labs, 'lab')}, ${some(all(tally), 'check')}, in ${tally.time}.`,
    failed: (tally: Tally) => `Failed: ${tally.checks.failed} of ${some(all(tally), 'check')} failed, in ${tally.time}.`,
    errored: (tally: Tally) => `Undecided after ${tally.time}: labwright or the engine could not tell. Not your fault.`,
    skipped: (tally: Tally) => `Skipped: nothing was checked, in ${tally.time}.`,
  } satisfies Record<Outcome, (tally: Tally) => string>,
  stopped: 'Stopped before the end: no verdict.',
  reporterFailed: (name: string, why: string) => `The ${name} reporter failed (the run itself was not affected): ${why}`,
};

type Words = typeof en;

const zhTW: Words = {
  privateEngine: '專用引擎',
  engine: 'Docker',
  between: '：',
  expected: '預期',
  saw: '實際',
  tryNext: '試試看',
  note: '補充',
  hint: '提示',
  hints: '提示',
  lookFurther: '深入查看',
  keepStack: (command) => `${command}（結束後保留所有容器，方便查看）`,
  error: '錯誤',
  notYourFault: '不是你的問題：labwright 或引擎這次無法判斷。',
  because: (reason) => `略過：${reason}`,
  exit: (code) => `結束碼 ${code}`,
  unfinished: '未完成',
  checking: '檢查中',
  cleaning: '正在移除這次執行建立的東西',
  fairness: (chance) => {
    const share = percent(chance);
    if (share === '100%') return '平均程度與公平的負載平衡無異';
    return share
      ? `就算完全公平，也有 ${share} 的抽樣會這麼不平均`
      : `若是完全公平，每 ${oneIn(chance)} 次抽樣才會有一次這麼不平均`;
  },
  steps: '步驟',
  checks: '檢查',
  outcome: { passed: '通過', failed: '未通過', skipped: '略過', errored: '無法判斷' },
  more: (count) => `另有 ${count} 項，詳見上文`,
  nothingLeft: (removed, time) =>
    removed === 0 ? '沒有留下任何東西。' : `沒有留下任何東西：這次建立的 ${removed} 項已在 ${time} 內移除。`,
  verdict: {
    passed: (tally) => `通過：${tally.labs} 個單元、${all(tally)} 項檢查，共 ${tally.time}。`,
    failed: (tally) => `未通過：${all(tally)} 項檢查中有 ${tally.checks.failed} 項未通過，共 ${tally.time}。`,
    errored: (tally) => `無法判斷（${tally.time}）：labwright 或引擎出了狀況，不是你的問題。`,
    skipped: (tally) => `已略過：沒有進行任何檢查，共 ${tally.time}。`,
  },
  stopped: '中途停止，沒有結果。',
  reporterFailed: (name, why) => `${name} 報告失敗（執行本身不受影響）：${why}`,
};

export const wordsOf = (lang: Lang): Words => (lang === 'en' ? en : zhTW);
