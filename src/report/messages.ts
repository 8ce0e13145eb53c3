import type { Lang } from '../lab/text.ts';
import type { Outcome } from '../lab/verdict.ts';
import { duration, elapsed } from './terminal/layout.ts';

const some = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `34%`, `0.4%`; undefined below one in a thousand. */
const percent = (chance: number): string | undefined => {
  if (chance >= 0.00995) return `${Math.round(chance * 100)}%`;
  return chance >= 0.001 ? `${(chance * 100).toFixed(1)}%` : undefined;
};
/** One in how many, rounded: `12,000`. */
const oneIn = (chance: number): string => Number((1 / chance).toPrecision(2)).toLocaleString('en-US');
const oneInABillion = 1e-9;

interface Tally {
  readonly labs: number;
  readonly checks: Readonly<Record<Outcome, number>>;
  readonly time: string;
}
const all = (tally: Tally): number => Object.values(tally.checks).reduce((sum, count) => sum + count, 0);

/** The reporters' own texts; all other text comes from the tutorial. */
const en = {
  time: (ms: number) => duration(ms, 'm', 's'),
  /** While it runs: whole seconds, and nothing during the first, to avoid flicker. */
  elapsed: (ms: number) => (ms < 1000 ? '' : elapsed(ms, 'm', 's')),
  engine: (version: string, isPrivate: boolean, compose: string) =>
    `Docker ${version}${isPrivate ? ' (private engine)' : ''} · Compose ${compose}`,
  /** The same in one line, with how to stop the private engine. */
  engineBrief: (version: string, isPrivate: boolean, compose: string) =>
    `Docker ${version}, Compose ${compose}${isPrivate ? ' · private engine (stop: `lab engine down`)' : ''}`,
  /** What the private engine is, where it listens, and how to stop it. */
  privateEngine: (host: string) =>
    `This is labwright's private Docker engine, at ${host}. It keeps running for the next run; \`lab engine down\` stops it.`,
  between: ' — ',
  comma: ', ',
  afterSentence: ' ',
  expected: 'expected',
  saw: 'saw',
  /** The last lines of a service's log. */
  log: 'its log',
  tryNext: 'try next',
  note: 'note',
  hint: 'hint',
  hintNumber: (number: number) => `hint ${number}`,
  lookFurther: 'look further',
  keepStack: (command: string) => `${command}  (keeps everything running)`,
  error: 'error',
  notYourFault: 'Not your fault: a command of the tutorial, labwright or the engine failed, so the result is not known.',
  because: (reason: string) => `skipped: ${reason}`,
  skipped: (what: string, reason: string) => (reason === '' ? `${what} — skipped` : `${what} — skipped: ${reason}`),
  exit: (code: number) => `exit ${code}`,
  unfinished: 'unfinished',
  cleaning: 'Removing what this run created',
  fairness: (chance: number) => {
    const share = percent(chance);
    if (share === '100%') return 'even';
    if (share) return `even a perfectly even spread differs this much in ${share} of cases`;
    if (chance < oneInABillion) return 'an even spread would differ this much in fewer than one case of a billion';
    return `an even spread would differ this much in one case of ${oneIn(chance)}`;
  },
  summary: 'Summary',
  steps: 'steps',
  checks: 'checks',
  outcome: { passed: 'passed', failed: 'failed', skipped: 'skipped', errored: 'errored' } satisfies Record<Outcome, string>,
  more: (count: number) => `and ${count} more, shown above`,
  /** The output of a command: `3 containers: …`, where `list` has each service with its number. */
  containers: (count: number, list: string) => `${some(count, 'container')}: ${list}`,
  /** Lines that are alike: which hosts they name how often, and a number that rises by one from line to line. */
  digest: (kind: 'answers' | 'pings' | 'lines', count: number, list?: string, counter?: readonly [number, number]) =>
    kind === 'answers' && counter
      ? `answers ${counter[0]} to ${counter[1]}${list ? `: ${list}` : ''}`
      : `${some(count, kind.slice(0, -1))}${list ? `: ${list}` : ''}${counter ? `; numbers ${counter[0]} to ${counter[1]}` : ''}`,
  checking: (done: number, all: number, claim: string) => `checking, ${done} of ${all} done: ${claim}`,
  checksPassed: (count: number, areOthers: boolean) => `${areOthers ? some(count, 'other check') : some(count, 'check')} passed`,
  /** Beside a check that is shown: `and 5 other checks`. */
  andOthers: (count: number) => `and ${some(count, 'other check')}`,
  depend: (count: number) => `${some(count, 'more check')} ${count === 1 ? 'depends' : 'depend'} on this`,
  /** Why the numbers of a command and of a check differ. */
  ownRequests: "Bars count the checks' own requests; the app counts these too.",
  allWith: (option: string) => `\`${option}\` shows every check and all output.`,
  /** Number of lines of a command's output that are not shown. */
  moreLines: (count: number) => `… ${some(count, 'more line')}`,
  nothingLeft: (removed: number, time: string) =>
    removed === 0
      ? 'Nothing left behind.'
      : `Nothing left behind: the remaining ${some(removed, 'resource')} ${removed === 1 ? 'was' : 'were'} removed in ${time}.`,
  verdict: {
    passed: (tally) =>
      `Passed: ${some(tally.labs, 'lab')}, ${some(tally.checks.passed, 'check')}, in ${tally.time}${tally.checks.skipped > 0 ? ` (${tally.checks.skipped} skipped)` : ''}.`,
    failed: (tally) => `Failed: ${tally.checks.failed} of ${some(all(tally), 'check')}, in ${tally.time}.`,
    errored: (tally) => `Undecided after ${tally.time}: a command of the tutorial, labwright or the engine failed.`,
    skipped: (tally) => `Skipped: nothing was checked, in ${tally.time}.`,
  } satisfies Record<Outcome, (tally: Tally) => string>,
  /** The verdict on a learner's own stack. */
  asFarAsSeen: (tally: Tally) =>
    `In its current state, ${some(tally.checks.passed, 'check')} passed, in ${tally.time}; ${some(tally.checks.skipped, 'check')} could not be made.`,
  stopped: 'Stopped before the end: no verdict.',
  reporterFailed: (name: string, why: string) => `The ${name} reporter failed; the run itself was not affected: ${why}`,
};

type Words = typeof en;

const zhTW: Words = {
  time: (ms) => duration(ms, '分', '秒'),
  elapsed: (ms) => (ms < 1000 ? '' : elapsed(ms, '分', '秒')),
  engine: (version, isPrivate, compose) => `Docker ${version}${isPrivate ? '（專用引擎）' : ''} · Compose ${compose}`,
  engineBrief: (version, isPrivate, compose) =>
    `Docker ${version}、Compose ${compose}${isPrivate ? ' · 專用引擎（停止：`lab engine down`）' : ''}`,
  privateEngine: (host) =>
    `這是 labwright 的專用 Docker 引擎，位於 ${host}。它會繼續執行供下次使用；要停止請執行 \`lab engine down\`。`,
  between: ' — ',
  comma: '、',
  afterSentence: '',
  expected: '預期',
  saw: '實際',
  log: '日誌',
  tryNext: '下一步',
  note: '補充',
  hint: '提示',
  hintNumber: (number) => `提示 ${number}`,
  lookFurther: '深入查看',
  keepStack: (command) => `${command}（結束後讓所有容器繼續執行）`,
  error: '錯誤',
  notYourFault: '不是你的問題：教學的指令、labwright 或引擎發生錯誤，所以無法判斷。',
  because: (reason) => `略過：${reason}`,
  skipped: (what, reason) => (reason === '' ? `${what}（略過）` : `${what}（略過：${reason}）`),
  exit: (code) => `結束碼 ${code}`,
  unfinished: '未完成',
  cleaning: '正在移除這次執行建立的資源',
  fairness: (chance) => {
    const share = percent(chance);
    if (share === '100%') return '平均';
    if (share) return `就算完全平均分配，也有 ${share} 的機率出現這種差距`;
    if (chance < oneInABillion) return '如果真的平均分配，出現這種差距的機率不到十億分之一';
    return `如果真的平均分配，每 ${oneIn(chance)} 次才會出現一次這種差距`;
  },
  summary: '總結',
  steps: '步驟',
  checks: '檢查',
  outcome: { passed: '通過', failed: '未通過', skipped: '略過', errored: '無法判斷' },
  more: (count) => `另有 ${count} 項，請見上方`,
  containers: (count, list) => `${count} 個容器：${list}`,
  digest: (kind, count, list, counter) =>
    kind === 'answers' && counter
      ? `第 ${counter[0]} 到 ${counter[1]} 個回應${list ? `：${list}` : ''}`
      : `${count} ${{ answers: '個回應', pings: '次 ping', lines: '行' }[kind]}${list ? `：${list}` : ''}${counter ? `；數字 ${counter[0]} 到 ${counter[1]}` : ''}`,
  checking: (done, all, claim) => `檢查中，已完成 ${done}/${all}：${claim}`,
  checksPassed: (count, areOthers) => `${areOthers ? '其他 ' : ''}${count} 項檢查通過`,
  andOthers: (count) => `和其他 ${count} 項檢查`,
  depend: (count) => `另有 ${count} 項檢查取決於這一項`,
  ownRequests: '長條圖計算的是檢查自行送出的請求；應用程式也會一併計入。',
  allWith: (option) => `加上 \`${option}\` 會顯示每一項檢查和所有輸出。`,
  moreLines: (count) => `… 還有 ${count} 行`,
  nothingLeft: (removed, time) =>
    removed === 0 ? '沒有留下任何東西。' : `沒有留下任何東西：剩餘的 ${removed} 項資源都已移除，費時 ${time}。`,
  verdict: {
    passed: (tally) =>
      `通過：${tally.labs} 個單元、${tally.checks.passed} 項檢查，共 ${tally.time}${tally.checks.skipped > 0 ? `（略過 ${tally.checks.skipped} 項）` : ''}。`,
    failed: (tally) => `未通過：${all(tally)} 項檢查中有 ${tally.checks.failed} 項未通過，共 ${tally.time}。`,
    errored: (tally) => `無法判斷（共 ${tally.time}）：教學的指令、labwright 或引擎發生錯誤。`,
    skipped: (tally) => `略過：沒有進行任何檢查，共 ${tally.time}。`,
  },
  asFarAsSeen: (tally) =>
    `依目前狀態，${tally.checks.passed} 項檢查通過，共 ${tally.time}；另有 ${tally.checks.skipped} 項無法檢查。`,
  stopped: '中途停止，沒有結果。',
  reporterFailed: (name, why) => `${name} 報告失敗，但不影響執行結果：${why}`,
};

export const wordsOf = (lang: Lang): Words => (lang === 'en' ? en : zhTW);
