import type { Exam, ExamFault } from '../../lab/exam.ts';
import { type Lang, type Text, text } from '../../lab/text.ts';
import type { Repair } from '../../learn/break/check-repair.ts';
import { quoted } from '../call-line.ts';
import type { Cli } from '../context.ts';
import { engineCommands, inShort } from './break-lines.ts';
import type { NextCommands } from './start-lines.ts';

/** What `lab break` prints about an exam. Nothing names a fault. */

const title = ({ seed }: Exam, faults: number): Text =>
  text(`Exam: ${faults} ${faults === 1 ? 'fault' : 'faults'}, seed ${seed}`, `測驗：${faults} 個問題，種子 ${seed}`);

/** Each folder with its level and what users report. */
const listed = (faults: readonly ExamFault[], lang: Lang): string[] =>
  faults.map(({ folder, fault }) => {
    const level = text(`level ${fault.level}`, `第 ${fault.level} 級`)[lang];
    return `${folder}  ${level}  ${fault.report[lang]}`;
  });

/** After the folder was created. */
export function examCreated({ out: { paint }, lang }: Cli, faults: readonly ExamFault[], exam: Exam, next: NextCommands): string {
  const first = faults[0]?.folder ?? '';
  return [
    paint.bold(title(exam, faults.length)[lang]),
    text(
      `Created ${next.path}: one stack with one fault in each folder`,
      `已建立 ${next.path}：每個資料夾是一組服務，各有一個問題`,
    )[lang],
    '',
    ...listed(faults, lang).map((line) => `  ${line}`),
    '',
    text('Next:', '接下來：')[lang],
    ...engineCommands(next).map((line) => `  ${line}`),
    `  cd ${quoted(`${next.path}/${first}`)}`,
    '  docker compose up -d --build',
    `  ${next.call} break --check`,
    '',
    text('The README.md in it says how to go on, and what to hand in.', '裡面的 README.md 說明接下來如何進行，以及要繳交什麼。')[
      lang
    ],
    '',
  ].join('\n');
}

const words = {
  intro: text(
    'Each folder is one stack with one fault. Find each fault and repair it with any tool.',
    '每個資料夾是一組服務，各有一個問題。請用任何工具找出並修復。',
  ),
  columns: text('| folder | level | reported |', '| 資料夾 | 等級 | 回報的狀況 |'),
  start: text('start the stack', '啟動服務'),
  hint: text('show a hint: three for each fault; exam.json counts them', '顯示提示：每個問題三個；exam.json 會記錄次數'),
  check: text('prove the repair, on a copy of this folder', '用這個資料夾的複本驗證修復結果'),
  down: text('before the next folder: remove your containers', '換下一個資料夾之前：移除你的容器'),
  all: text('in the folder above: check all of them', '在上一層資料夾：全部驗證'),
  handIn: text(
    'Hand in this whole folder, with exam.json. Do not rename the folders: each is judged again, by the same checks. What exam.json says about repairs is not counted.',
    '請繳交整個資料夾，包含 exam.json。不要更改資料夾名稱：每一個都會用相同的檢查重新判定，exam.json 裡的修復紀錄不計分。',
  ),
} as const;

/** The README of an exam's folder. */
export function examReadme(faults: readonly ExamFault[], exam: Exam, { call, engine }: NextCommands, lang: Lang): string {
  const commands = [
    ...engineCommands({ call, engine }).map((line) => [line, '']),
    [`cd ${faults[0]?.folder}`, ''],
    ['docker compose up -d --build', words.start[lang]],
    [`${call} break --hint`, words.hint[lang]],
    [`${call} break --check`, words.check[lang]],
    ['docker compose down', words.down[lang]],
    ['cd ..', ''],
    [`${call} break --check`, words.all[lang]],
  ] as const;
  const width = Math.max(...commands.map(([line]) => line?.length ?? 0));
  const lines = [
    `# ${title(exam, faults.length)[lang]}`,
    '',
    words.intro[lang],
    '',
    words.columns[lang],
    '|---|---|---|',
    ...faults.map(({ folder, fault }) => `| \`${folder}\` | ${fault.level} | ${fault.report[lang]} |`),
    '',
    '```sh',
    ...commands.map(([line = '', what]) => (what ? `${line.padEnd(width)}  # ${what}` : line)),
    '```',
    '',
    words.handIn[lang],
  ];
  return `${lines.join('\n')}\n`;
}

/** The first line of a check of all folders. */
export const examCheckStart = (folders: number): Text =>
  text(
    `Performing the labs on a copy of each of the ${folders} folders, one after another:`,
    `依序用 ${folders} 個資料夾的複本執行單元：`,
  );

/** One folder of an exam, checked. */
export function examCheckLine({ out: { paint }, lang }: Cli, folder: string, { outcome, open }: Repair): string {
  if (outcome === 'passed') return `${paint.green('✓')} ${folder}  ${text('repaired', '已修復')[lang]}\n`;
  const first = open[0];
  const why = first ? `${lang === 'en' ? ': ' : '：'}${inShort(first[lang])}` : '';
  return `${paint.red('✗')} ${folder}  ${text('not repaired yet', '還沒有修復')[lang]}${why}\n`;
}

export function examCheckSummary({ out: { paint }, lang }: Cli, repaired: number, all: number): string {
  const count = text(`${repaired} of ${all} repaired.`, `已修復 ${repaired} / ${all}。`)[lang];
  const next =
    repaired === all
      ? text('Hand in this folder as it is.', '請繳交這個資料夾。')
      : text('Next: cd into a folder that is not repaired yet.', '下一步：用 cd 進入還沒有修復的資料夾。');
  return `${paint.bold(count)}${lang === 'en' ? ' ' : ''}${next[lang]}\n`;
}
