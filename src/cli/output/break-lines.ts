import type { Fault } from '../../lab/fault.ts';
import { type Lang, type Text, text } from '../../lab/text.ts';
import type { Outcome } from '../../lab/verdict.ts';
import type { Repair } from '../../learn/break/check-repair.ts';
import { type Progress, scoreOf, solvedIn } from '../../learn/break/practice.ts';
import { explanation } from '../../learn/break/practice-step.ts';
import { quoted } from '../call-line.ts';
import type { Cli } from '../context.ts';
import type { NextCommands } from './start-lines.ts';

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

/** The commands that let a learner's shell use the private engine, if that is the engine. */
export const engineCommands = ({ call, engine }: Pick<NextCommands, 'call' | 'engine'>): string[] => [
  ...(engine === 'stopped' ? [`${call} engine up`] : []),
  ...(engine === 'private' || engine === 'stopped' ? [`eval "$(${call} engine env)"`] : []),
];

/** The text of the folder's README. */
export function reportOf(fault: Fault, number: number, { call, engine }: NextCommands, lang: Lang): string {
  const start = text('start the stack', '啟動服務');
  const hint = text('show a hint: three in all, each takes 20 of 100 points', '顯示提示：共三個，每個扣 20 分（滿分 100）');
  const prove = text('prove the repair, on a copy of this folder', '用這個資料夾的複本驗證修復結果');
  const down = text('at the end: remove your containers', '結束時：移除你的容器');
  const commands = [
    ['docker compose up -d --build', start],
    [`${call} break --hint`, hint],
    [`${call} break --check`, prove],
    ['docker compose down', down],
  ] as const;
  const width = Math.max(...commands.map(([line]) => line.length));
  return [
    text(`# Fault ${number}`, `# 問題 ${number}`)[lang],
    '',
    reported(fault)[lang],
    '',
    text('This stack has one fault. Find it and repair it with any tool.', '這組服務有一個問題。請用任何工具找出並修復。')[lang],
    '',
    '```sh',
    ...engineCommands({ call, engine }),
    ...commands.map(([line, what]) => `${line.padEnd(width)}  # ${what[lang]}`),
    '```',
    '',
  ].join('\n');
}

const reported = ({ report }: Fault): Text => text(`Reported: ${report.en}`, `回報的狀況：${report['zh-TW']}`);

/** After the folder was created. */
export function createdLines({ out: { paint }, lang }: Cli, fault: Fault, number: number, next: NextCommands): string {
  const shown = text(
    `Fault ${number}, level ${fault.level} (${levels[fault.level].en})`,
    `問題 ${number}，第 ${fault.level} 級（${levels[fault.level]['zh-TW']}）`,
  );
  return [
    paint.bold(shown[lang]),
    reported(fault)[lang],
    '',
    ...engineCommands(next).map((line) => `  ${line}`),
    `  cd ${next.path}`,
    '  docker compose up -d --build',
    `  ${next.call} break --check`,
    '',
    text(
      'Find the fault and repair it with any tool; `lab break --check` proves the repair. `lab break --hint` shows a hint.',
      '請用任何工具找出並修復問題，再用 `lab break --check` 驗證。`lab break --hint` 會顯示提示。',
    )[lang],
    '',
  ].join('\n');
}

/** A port that the new folder needs, and the project that publishes it. */
export interface BusyPort {
  readonly port: number;
  readonly project: string;
  readonly dir: string;
}

/** After the folder was created, if another project still publishes its port. */
export const portBusy = ({ lang }: Pick<Cli, 'lang'>, { port, project, dir }: BusyPort): string =>
  `${
    text(
      `Port ${port} is still used by the project ${project} in ${dir}. Stop it first: docker compose -p ${quoted(project)} stop`,
      `連接埠 ${port} 還被 ${dir} 的專案 ${project} 佔用。請先停止它：docker compose -p ${quoted(project)} stop`,
    )[lang]
  }\n`;

/** The first line of a check. */
export const checkStart = text(
  'Performing the labs on a copy of this folder, in a project of its own:',
  '用這個資料夾的複本，在另一個專案裡執行單元：',
);

/** One step of a check that has ended; '' for one that was not performed. */
export function stepLine({ err: { paint }, lang }: Cli, title: Text, outcome: Outcome): string {
  if (outcome === 'skipped') return '';
  return `${outcome === 'passed' ? paint.green('✓') : paint.red('✗')} ${title[lang]}\n`;
}

/** `examFolder`: the fault belongs to an exam, which has no points of its own. */
export function hintLines({ lang }: Cli, fault: Fault, progress: Progress, examFolder?: string): string {
  const shown = fault.hints.slice(0, progress.hints).map((hint, at) => `${at + 1}. ${hint[lang]}`);
  const left = fault.hints.length - progress.hints;
  const worth = examFolder
    ? text(`exam.json records ${progress.hints}.`, `exam.json 已記錄 ${progress.hints} 個。`)
    : text(`a solution is now worth ${scoreOf(progress)} points.`, `現在解出可得 ${scoreOf(progress)} 分。`);
  const rest =
    left > 0
      ? text(`${left} more; ${worth.en}`, `還有 ${left} 個；${worth['zh-TW']}`)
      : text(`That was the last hint; ${worth.en}`, `這是最後一個提示；${worth['zh-TW']}`);
  return `${shown.join('\n')}\n${rest[lang]}\n`;
}

const mostOpen = 3;

/** The first line, with the line that a colon at its end announces. */
export function inShort(words: string): string {
  const [line = '', next = ''] = words.split('\n', 2);
  return line.endsWith(':') && next !== '' ? `${line} ${next.trim()}` : line;
}

/** After a check of the repair. `examFolder`: the fault belongs to an exam. */
export function repairLines(
  { out: { paint }, lang }: Cli,
  fault: Fault,
  progress: Progress,
  { outcome, open, checks }: Repair,
  examFolder?: string,
): string {
  if (outcome !== 'passed') {
    const more =
      open.length > mostOpen ? [text(`and ${open.length - mostOpen} more`, `還有 ${open.length - mostOpen} 項`)[lang]] : [];
    const heading = text('Not repaired yet. These claims are still false:', '還沒有修復。這些項目仍不成立：');
    return [
      paint.red(heading[lang]),
      ...open.slice(0, mostOpen).map((one) => `  ✗ ${inShort(one[lang])}`),
      ...more.map((one) => `  ${one}`),
      tryNext[lang],
      '',
    ].join('\n');
  }
  return [
    paint.green(text(`Repaired: ${checks} checks pass.`, `已修復：${checks} 項檢查都通過。`)[lang]),
    solvedIn(progress, { points: examFolder === undefined })[lang],
    '',
    explanation(fault)[lang],
    '',
    (examFolder ? nextInExam : nextPractice)[lang],
    '',
  ].join('\n');
}

const tryNext = text(
  'Try next: compare this with `docker compose ps --all` and `docker compose logs`; a hint: lab break --hint',
  '下一步：和 `docker compose ps --all`、`docker compose logs` 的輸出比較；需要提示：lab break --hint',
);
const nextPractice = text(
  'Next: docker compose down, then `lab break` in the folder above.',
  '下一步：docker compose down，再到上一層資料夾執行 `lab break`。',
);
const nextInExam = text(
  'Next: docker compose down, then the next folder of the exam.',
  '下一步：docker compose down，再進入測驗的下一個資料夾。',
);
