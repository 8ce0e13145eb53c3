import type { Lang } from '../../lab/text.ts';
import type { Mismatch } from '../../lab/verdict.ts';
import type { Action, CheckMark } from '../../learn/state.ts';

const marks: Readonly<Record<CheckMark, string>> = { waiting: '○', passed: '✓', lost: '✗', unseen: '·' };

const en = {
  marks,
  colon: ': ',
  passed: 'Passed: ',
  finished: (passed: number, steps: number) =>
    passed === steps
      ? `All ${steps} steps of this folder have passed.`
      : `The last step has passed, ${passed} of ${steps} in this folder. l goes to the others.`,
  progress: (passed: number, steps: number) => `${passed} of ${steps} passed in this folder`,
  /** The same where space is short. */
  count: (passed: number, steps: number) => `${passed} of ${steps} passed`,
  files: 'Read',
  task: 'Task',
  hint: (n: number, of: number) => `Hint ${n}/${of}`,
  solution: 'Solution',
  last: 'Last seen',
  nothingYet: 'nothing yet: type in another terminal, in this folder',
  caused: (what: string) => `after ${what}`,
  expected: 'expected: ',
  tryNext: 'try next: ',
  corrected: 'The Compose file can be read again.',
  lasting: (service: string, how: Lasting['how'], time: string | undefined) =>
    `You ${{ restarted: 'restarted', replaced: 'replaced the container of', stopped: 'stopped' }[how]} ${service}${time ? ` at ${time}` : ''}; this cannot be undone in this step: press r to set the step up again`,
  log: (service: string) => `${service} logged: `,
  beginning: 'Looking at the state of your stack …',
  checking: 'checking …',
  allTrue: 'All of this is true. The step passes when it has been checked once more.',
  ahead: (key: string) => `${key} has begun, and what you type counts for it. Enter shows it.`,
  restoring: 'Preparing the stack …',
  performing: 'Running',
  lost: 'The engine does not answer. Waiting until it does.',
  alreadyTrue:
    'All of this was true before the step began, so it does not pass yet. Do the task all the same. If nothing happens then, r prepares the stack again (images stay), and l goes to another step.',
  keys: 'h hint · s solution · d do it · l list · r reset · c check · ? help · q quit',
  passedKeys: 'enter next step · l list · ? help · q quit',
  finishedKeys: 'q quit · l list',
  /** Only in a class. */
  askKey: 'a ask for help',
  noHelpKey: 'a no help needed',
  listKeys: '↑ ↓ select · enter go there · any other key closes the list',
  confirmKeys: 'y yes · any other key no',
  helpKeys: 'any key closes the help',
  confirm: (key: string) =>
    `Go to ${key}? This removes the containers and networks of this project, then runs the commands of the steps before ${key}, so that it can begin.`,
  confirmReset: (key: string) =>
    `Start ${key} over? This removes the containers and networks of this project, then runs the commands of the steps before it.`,
  help: [
    'Type the commands in another terminal, in this folder. This screen changes by itself.',
    '',
    'h      next hint (three; the last one is the command)',
    's      show the solution',
    'd      do it: run the solution here, as you would type it',
    'enter  go to the next step, after a pass; the next command does that too',
    'l      list of steps; go to another one',
    'r      reset: prepare the stack for this step again',
    'c      check now, and show what to try next',
    'space  scroll the explanation, where it is longer than the screen; ↑ ↓ by line',
    'q      quit; progress is kept, and `lab learn` continues',
    '',
    '✓ true   ○ not yet   ✗ was true and no longer is   · judged later',
  ],
  more: (n: number) => `… ${n} more`,
  passedSome: (n: number, of: number) => `${n} of ${of} are true`,
  later: (n: number) => (n === 1 ? 'one more is judged when these are true' : `${n} more are judged when these are true`),
  scroll: (n: number) => `↓ ${n === 1 ? 'one more line' : `${n} more lines`} · space`,
  scrolled: '↑ end of the explanation · space: from the start',
  did: 'You did',
  performedFor: 'Done for you',
  saw: 'Seen',
  happened: 'What happened',
  differs: 'The solution',
  learned: 'What you have learned',
  receipt: (path: string) => `Receipt of what you did: ${path}`,
  whatNext: 'What is next',
  nextStep: 'Next step',
  practice: 'find and repair a fault in a stack',
  kept: (command: string) => `Progress is kept. Continue with: ${command}`,
  noProgress: 'No step has passed in this folder yet. Start with: lab learn',
  ownProbes: (n: number) => `(${n} probes by labwright, in addition to your own)`,
  /** Said once, where labwright first sends requests after the learner's. */
  probesCount:
    'labwright checks with requests of its own. They too raise a counter on the page and appear in the access log, but do not count as yours.',
  exec: (service: string, line: string) => `in ${service}: ${line}`,
  edited: (path: string) => `changed ${path}`,
  traffic: (path: string) => `a new line in ${path}`,
  /** What happened to a container, a network or an image, by the name of the engine's event. */
  changes: {
    create: 'was created',
    start: 'was started',
    restart: 'was restarted',
    kill: 'received a signal',
    die: 'ended',
    stop: 'was stopped',
    destroy: 'was removed',
    tag: 'was built',
    pull: 'was pulled',
    load: 'was loaded',
  } as Readonly<Record<string, string>>,
  between: ' ',
};

const zhTW: typeof en = {
  marks,
  colon: '：',
  passed: '通過：',
  finished: (passed, steps) =>
    passed === steps
      ? `這個資料夾的 ${steps} 個步驟全部通過了。`
      : `最後一步已通過；這個資料夾共 ${steps} 步，通過了 ${passed} 步。按 l 前往其他步驟。`,
  progress: (passed, steps) => `這個資料夾已通過 ${passed}/${steps}`,
  count: (passed, steps) => `已通過 ${passed}/${steps}`,
  files: '請看',
  task: '任務',
  hint: (n, of) => `提示 ${n}/${of}`,
  solution: '解答',
  last: '最近動作',
  nothingYet: '還沒有。請在另一個終端機、同一個資料夾裡輸入指令',
  caused: (what) => `發生在 ${what} 之後`,
  expected: '預期：',
  tryNext: '下一步：',
  corrected: 'Compose 檔已經可以讀取了。',
  lasting: (service, how, time) =>
    `你${time ? `在 ${time} ` : ''}${{ restarted: `重新啟動了 ${service}`, replaced: `更換了 ${service} 的容器`, stopped: `停止了 ${service}` }[how]}，在這一步無法復原：請按 r 重設這一步`,
  log: (service) => `${service} 的日誌：`,
  beginning: '正在查看服務目前的狀態…',
  checking: '檢查中…',
  allTrue: '全部成立，正在做最後確認，確認後這一步就通過。',
  ahead: (key) => `${key} 已經開始，現在輸入的指令會算在這一步。按 Enter 查看。`,
  restoring: '正在準備服務…',
  performing: '執行中',
  lost: '引擎沒有回應，正在等待它恢復。',
  alreadyTrue:
    '這些在步驟開始之前就已經成立，所以還不算通過。仍請照任務做一次。如果之後沒有反應，按 r 重新準備環境（映像檔會保留），或按 l 前往其他步驟。',
  keys: 'h 提示 · s 解答 · d 代為執行 · l 清單 · r 重設 · c 檢查 · ? 說明 · q 離開',
  passedKeys: 'enter 下一步 · l 清單 · ? 說明 · q 離開',
  finishedKeys: 'q 離開 · l 清單',
  askKey: 'a 請求協助',
  noHelpKey: 'a 取消求助',
  listKeys: '↑ ↓ 選擇 · enter 前往 · 其他鍵關閉清單',
  confirmKeys: 'y 確定 · 其他鍵取消',
  helpKeys: '按任意鍵關閉說明',
  confirm: (key) => `要前往 ${key} 嗎？這會移除此專案的容器和網路，再執行 ${key} 之前各步驟的指令，讓它可以開始。`,
  confirmReset: (key) => `要重新開始 ${key} 嗎？這會移除此專案的容器和網路，再執行它之前各步驟的指令。`,
  help: [
    '請在另一個終端機、同一個資料夾裡輸入指令。這個畫面會自動更新。',
    '',
    'h      下一個提示（共三個，最後一個就是指令）',
    's      顯示解答',
    'd      代為執行：在這裡執行解答，和自己輸入一樣',
    'enter  通過後前往下一步；直接輸入下一步的指令也可以',
    'l      步驟清單，可以前往其他步驟',
    'r      重設：重新準備這一步需要的服務',
    'c      立即檢查，並顯示下一步可以怎麼做',
    '空白鍵 說明比畫面長時往下捲動；↑ ↓ 一次一行',
    'q      離開；進度會保留，`lab learn` 會從這裡繼續',
    '',
    '✓ 成立   ○ 尚未成立   ✗ 原本成立，現在不成立   · 稍後判斷',
  ],
  more: (n) => `… 還有 ${n} 項`,
  passedSome: (n, of) => `${of} 項中有 ${n} 項成立`,
  later: (n) => `其他 ${n} 項等以上成立後再判斷`,
  scroll: (n) => `↓ 還有 ${n} 行 · 空白鍵`,
  scrolled: '↑ 說明到此為止 · 空白鍵回到開頭',
  did: '你的操作',
  performedFor: '代為執行',
  saw: '看到的結果',
  happened: '發生了什麼',
  differs: '解答',
  learned: '學到的內容',
  receipt: (path) => `學習紀錄：${path}`,
  whatNext: '接下來',
  nextStep: '下一步',
  practice: '找出並修好一組有問題的服務',
  kept: (command) => `進度已保留。繼續請執行：${command}`,
  noProgress: '這個資料夾還沒有通過的步驟。請執行：lab learn',
  ownProbes: (n) => `（labwright 自己探測 ${n} 次的結果，不含你送出的）`,
  probesCount: 'labwright 會自己送出請求來檢查。這些請求同樣會讓頁面上的計數增加，也會出現在存取日誌裡，但不算是你送出的。',
  exec: (service, line) => `在 ${service} 裡：${line}`,
  edited: (path) => `修改了 ${path}`,
  traffic: (path) => `${path} 多了一行`,
  changes: {
    create: '已建立',
    start: '已啟動',
    restart: '已重新啟動',
    kill: '收到訊號',
    die: '已結束',
    stop: '已停止',
    destroy: '已移除',
    tag: '已建置',
    pull: '已下載',
    load: '已載入',
  },
  between: ' ',
};

export type LearnWords = typeof en;

/** The texts of live mode. */
export const wordsOf = (lang: Lang): LearnWords => (lang === 'en' ? en : zhTW);

/** `21:14:03`, in the machine's time zone. */
export const clockTime = (iso: string): string => {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
};

/** `21:14:03 docker compose up -d`: what the learner did, as far as it is known. */
export const actionLine = (action: Action, lang: Lang): string => `${clockTime(action.at)} ${whatOf(action, lang)}`;

function whatOf({ kind, what }: Action, lang: Lang): string {
  const words = wordsOf(lang);
  switch (kind) {
    case 'exec': {
      const [, service = '', line = ''] = /^(\S+): (.*)$/s.exec(what) ?? [];
      return service === '' ? what : words.exec(service, line);
    }
    case 'edit':
      return words.edited(what);
    case 'traffic':
      return words.traffic(what);
    case 'engine': {
      const [, name = '', change = ''] = /^(.*) (\S+)$/s.exec(what) ?? [];
      const happened = words.changes[change];
      return happened === undefined ? what : `${name}${words.between}${happened}`;
    }
    case 'command':
      return what;
  }
}

type Lasting = NonNullable<Mismatch['lasting']>;

/** What to do about a claim that is not true; about one that cannot become true any more, why. */
export function helpOf({ help, lasting }: Pick<Mismatch, 'help' | 'lasting'>, lang: Lang): string {
  if (!lasting) return help[lang];
  return wordsOf(lang).lasting(lasting.service, lasting.how, lasting.at === undefined ? undefined : clockTime(lasting.at));
}

/** What the learner did before a check was lost. */
export const causeLine = (action: Action, lang: Lang): string => wordsOf(lang).caused(actionLine(action, lang));
