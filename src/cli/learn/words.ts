import type { Lang } from '../../lab/text.ts';
import type { Action, CheckMark } from '../../learn/state.ts';

const marks: Readonly<Record<CheckMark, string>> = { waiting: '○', passed: '✓', lost: '✗', unseen: '·' };

const words = {
  en: {
    marks,
    colon: ': ',
    passed: 'Passed: ',
    finished: (passed: number, steps: number) => `All steps of this folder are done: ${passed} of ${steps} passed.`,
    progress: (passed: number, steps: number) => `${passed} of ${steps} passed`,
    files: 'Read',
    task: 'Task',
    hint: (n: number, of: number) => `Hint ${n}/${of}`,
    solution: 'Solution',
    last: 'Last seen',
    nothingYet: 'nothing yet: type in your own terminal, in this folder',
    caused: (what: string) => `(after ${what})`,
    beginning: 'Looking at the state of your stack …',
    restoring: 'Preparing the stack …',
    performing: 'Running',
    lost: 'The engine does not answer. Waiting until it does.',
    keys: 'h hint · s solution · d do it · l list · r reset · c check · ? help · q quit',
    passedKeys: 'enter next step · l list · ? help · q quit',
    finishedKeys: 'enter or q quit · l list',
    listKeys: '↑ ↓ select · enter go there · any other key close',
    confirm: (key: string) =>
      `Go to ${key}? This removes the containers and networks of this project and runs the commands of the steps before it. y yes, any other key no`,
    help: [
      'h      next hint (three; the last is the command)',
      's      show the solution',
      'd      run the solution for me, in this folder',
      'enter  continue after a pass',
      'l      list of steps; go to another one',
      'r      reset: prepare the stack for this step again',
      'c      check now',
      'q      quit; progress is kept, `lab learn` continues',
    ],
    more: (n: number) => `… ${n} more`,
    did: 'You did',
    saw: 'Result',
    differs: 'The solution',
    done: 'done',
    next: (command: string) => `Next: ${command}`,
    kept: 'Progress is kept. Continue with: lab learn',
    noProgress: 'No step has passed in this folder yet. Start with: lab learn',
  },
  'zh-TW': {
    marks,
    colon: '：',
    passed: '通過：',
    finished: (passed: number, steps: number) => `這個資料夾的步驟都完成了：${steps} 個步驟中通過了 ${passed} 個。`,
    progress: (passed: number, steps: number) => `已通過 ${passed}/${steps}`,
    files: '請讀',
    task: '任務',
    hint: (n: number, of: number) => `提示 ${n}/${of}`,
    solution: '解答',
    last: '最近動作',
    nothingYet: '還沒有：請在自己的終端機、這個資料夾裡輸入指令',
    caused: (what: string) => `（在 ${what} 之後）`,
    beginning: '正在查看服務目前的狀態…',
    restoring: '正在準備服務…',
    performing: '執行中',
    lost: '引擎沒有回應，正在等待它恢復。',
    keys: 'h 提示 · s 解答 · d 代為執行 · l 清單 · r 重設 · c 檢查 · ? 說明 · q 離開',
    passedKeys: 'enter 下一步 · l 清單 · ? 說明 · q 離開',
    finishedKeys: 'enter 或 q 離開 · l 清單',
    listKeys: '↑ ↓ 選擇 · enter 前往 · 其他鍵關閉',
    confirm: (key: string) => `要前往 ${key} 嗎？這會移除此專案的容器和網路，並執行它之前各步驟的指令。按 y 確定，其他鍵取消`,
    help: [
      'h      下一個提示（共三個，最後一個就是指令）',
      's      顯示解答',
      'd      在這個資料夾代為執行解答',
      'enter  通過後繼續',
      'l      步驟清單，可以前往其他步驟',
      'r      重設：重新準備這一步需要的服務',
      'c      立即檢查',
      'q      離開；進度會保留，`lab learn` 會繼續',
    ],
    more: (n: number) => `… 還有 ${n} 項`,
    did: '你的操作',
    saw: '結果',
    differs: '解答',
    done: '完成',
    next: (command: string) => `接下來：${command}`,
    kept: '進度已保留。繼續請執行：lab learn',
    noProgress: '這個資料夾還沒有通過的步驟。請執行：lab learn',
  },
} as const;

/** The texts of live mode. */
export const wordsOf = (lang: Lang) => words[lang];

/** `21:14:03`, in the machine's time zone. */
export const clockTime = (iso: string): string => {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
};

/** What the learner did before a check was lost. */
export const causeLine = ({ at, what }: Action, lang: Lang): string => words[lang].caused(`${clockTime(at)} ${what}`);
