import type { Fault } from '../../lab/fault.ts';
import { type Lang, type Text, text } from '../../lab/text.ts';
import type { Repair } from '../../learn/break/check-repair.ts';
import { type Progress, scoreOf } from '../../learn/break/practice.ts';
import type { Cli } from '../context.ts';

/** What `lab break` prints. Nothing before the repair names the fault. */

const levels: Readonly<Record<Fault['level'], Text>> = {
  1: text('a message names the fault', '訊息會指出問題'),
  2: text('the stack works in part', '服務只有部分正常'),
  3: text('the stack seems to work', '服務看起來正常'),
};

/** All faults by level, with what users report; `done`: by number. */
export function breakList({ out: { paint }, lang }: Cli, faults: readonly Fault[], done: ReadonlyMap<number, Progress>): string {
  const lines = ([1, 2, 3] as const).flatMap((level) => [
    `${paint.bold(text(`Level ${level}`, `第 ${level} 級`)[lang])}  ${levels[level][lang]}`,
    ...faults.flatMap((fault, at) =>
      fault.level === level ? [`${mark(done.get(at + 1))} ${String(at + 1).padStart(2)}  ${fault.report[lang]}`] : [],
    ),
    '',
  ]);
  const solved = [...done.values()].filter(({ solvedAt }) => solvedAt !== undefined).length;
  const total = text(
    `${solved} of ${faults.length} repaired. Practise one: lab break <number>`,
    `已修復 ${solved} / ${faults.length}。練習其中一個：lab break <編號>`,
  );
  return `${lines.join('\n')}${total[lang]}\n`;
}

const mark = (progress: Progress | undefined): string => (progress?.solvedAt !== undefined ? '  ✓' : progress ? '  …' : '   ');

/** The text of the folder's README. */
export const reportOf = (fault: Fault, number: number, lang: Lang): string =>
  text(
    `# Fault ${number}\n\nReported: ${fault.report.en}\n\nThis stack has one fault. Find it and repair it with any tool.\n\n${steps.en}`,
    `# 問題 ${number}\n\n回報的狀況：${fault.report['zh-TW']}\n\n這組服務有一個問題。請用任何工具找出並修復。\n\n${steps['zh-TW']}`,
  )[lang];

const steps = text(
  [
    '```sh',
    'docker compose up -d --build    # start the stack',
    'lab break --hint                # show a hint: three in all, each takes 20 of 100 points',
    'lab break --check               # prove the repair, on a copy of this folder',
    'docker compose down             # at the end: remove your containers',
    '```',
    '',
  ].join('\n'),
  [
    '```sh',
    'docker compose up -d --build    # 啟動服務',
    'lab break --hint                # 顯示提示：共三個，每個扣 20 分（滿分 100）',
    'lab break --check               # 用這個資料夾的複本驗證修復結果',
    'docker compose down             # 結束時：移除你的容器',
    '```',
    '',
  ].join('\n'),
);

/** After the folder was created. */
export function createdLines({ out: { paint }, lang }: Cli, fault: Fault, number: number, dir: string): string {
  const shown = text(
    `Fault ${number}, level ${fault.level} (${levels[fault.level].en})`,
    `問題 ${number}，第 ${fault.level} 級（${levels[fault.level]['zh-TW']}）`,
  );
  return [
    paint.bold(shown[lang]),
    text(`Reported: ${fault.report.en}`, `回報的狀況：${fault.report['zh-TW']}`)[lang],
    '',
    `  cd ${dir}`,
    '  docker compose up -d --build',
    '  lab break --check',
    '',
    text(
      'Find the fault and repair it with any tool; `lab break --check` proves the repair. `lab break --hint` shows a hint.',
      '請用任何工具找出並修復問題，再用 `lab break --check` 驗證。`lab break --hint` 會顯示提示。',
    )[lang],
    '',
  ].join('\n');
}

export function hintLines({ lang }: Cli, fault: Fault, progress: Progress): string {
  const shown = fault.hints.slice(0, progress.hints).map((hint, at) => `${at + 1}. ${hint[lang]}`);
  const left = fault.hints.length - progress.hints;
  const rest =
    left > 0
      ? text(
          `${left} more; a solution is now worth ${scoreOf(progress)} points.`,
          `還有 ${left} 個；現在解出可得 ${scoreOf(progress)} 分。`,
        )
      : text(
          `That was the last hint; a solution is now worth ${scoreOf(progress)} points.`,
          `這是最後一個提示；現在解出可得 ${scoreOf(progress)} 分。`,
        );
  return `${shown.join('\n')}\n${rest[lang]}\n`;
}

const mostOpen = 3;

/** The first line, with the line that a colon at its end announces. */
function inShort(words: string): string {
  const [line = '', next = ''] = words.split('\n', 2);
  return line.endsWith(':') && next !== '' ? `${line} ${next.trim()}` : line;
}

/** After a check of the repair. `now`: ISO 8601. */
export function repairLines(
  { out: { paint }, lang }: Cli,
  fault: Fault,
  progress: Progress,
  { outcome, open, checks }: Repair,
): string {
  if (outcome !== 'passed') {
    const more =
      open.length > mostOpen ? [text(`and ${open.length - mostOpen} more`, `還有 ${open.length - mostOpen} 項`)[lang]] : [];
    const heading = text('Not repaired yet. These claims are still false:', '還沒有修復。這些項目仍不成立：');
    return [
      paint.red(heading[lang]),
      ...open.slice(0, mostOpen).map((one) => `  ✗ ${inShort(one[lang])}`),
      ...more.map((one) => `  ${one}`),
      text('Try next: lab break --hint', '下一步：lab break --hint')[lang],
      '',
    ].join('\n');
  }
  const seconds = Math.round((Date.parse(progress.solvedAt ?? progress.startedAt) - Date.parse(progress.startedAt)) / 1000);
  const time =
    seconds < 90
      ? text(`${seconds} s`, `${seconds} 秒`)
      : text(`${Math.round(seconds / 60)} min`, `${Math.round(seconds / 60)} 分鐘`);
  return [
    paint.green(text(`Repaired: ${checks} checks pass.`, `已修復：${checks} 項檢查都通過。`)[lang]),
    text(
      `${scoreOf(progress)} points, ${time.en}, ${progress.hints} of 3 hints, checked ${progress.checks} ${progress.checks === 1 ? 'time' : 'times'}.`,
      `${scoreOf(progress)} 分，花費 ${time['zh-TW']}，用了 ${progress.hints} 個提示（共 3 個），驗證 ${progress.checks} 次。`,
    )[lang],
    '',
    text(`What was wrong: ${fault.cause.en}`, `問題：${fault.cause['zh-TW']}`)[lang],
    text(`How to find it: ${fault.find.en}`, `如何找出來：${fault.find['zh-TW']}`)[lang],
    '',
    text(
      'Next: docker compose down, then `lab break` in the folder above.',
      '下一步：docker compose down，再到上層資料夾執行 `lab break`。',
    )[lang],
    '',
  ].join('\n');
}
