import { type Lang, type Text, text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { quoted } from '../call-line.ts';

/** The command with which a learner goes on in the new folder. */
const firstCommand = 'learn';

/** The folder of the tutorial's first lab, below the learner's. */
const firstDir = ({ labs, stacks }: Tutorial): string => stacks[labs[0]?.stack ?? '']?.dir ?? '.';

export interface NextCommands {
  /** How this program is called. */
  readonly call: string;
  /** What `--tutorial` has to name; omitted: the tutorial is the default one. */
  readonly tutorial?: string;
  /** From the current folder to the new one. */
  readonly path: string;
  /** `stopped`: no engine answers, and the private engine can be started. */
  readonly engine: 'docker' | 'private' | 'stopped' | 'none';
  /** The language that was asked for, if it is not the system's: later commands need it too. */
  readonly lang?: Lang;
}

/** The option that names the tutorial, to put behind a command; empty for the default one. */
const optionOf = ({ tutorial }: NextCommands): string => (tutorial === undefined ? '' : ` --tutorial ${quoted(tutorial)}`);

/** The learner's shell needs the private engine's variables. */
const needsEnv = ({ engine }: NextCommands): boolean => engine === 'private' || engine === 'stopped';

/** How a learner sees that the shell has them: no command of ours knows another shell. */
const envAdvice = text(
  'Type the `eval` line in each terminal that you use. `docker compose version` prints a version if it worked.',
  '每個使用的終端機都要輸入 `eval` 那一行。`docker compose version` 顯示版本就表示成功。',
);

/** The commands that a learner types next. */
function nextCommands(tutorial: Tutorial, next: NextCommands): string[] {
  const { call, path, engine, lang } = next;
  const dir = [path, firstDir(tutorial)].filter((one) => one !== '.').join('/');
  return [
    ...(engine === 'stopped' ? [`${call} engine up`] : []),
    ...(needsEnv(next) ? [`eval "$(${call} engine env)"`, 'docker compose version'] : []),
    `cd ${quoted(dir)}`,
    `${call} ${firstCommand}${optionOf(next)}${lang === undefined ? '' : ` --lang ${lang}`}`,
  ];
}

/** What `lab start` prints. */
export function startLines(tutorial: Tutorial, lang: Lang, next: NextCommands): string {
  const dirs = Object.values(tutorial.stacks).map(({ dir }) => dir);
  const created = text(
    `Created ${next.path}: ${dirs.join(', ')} and README.md`,
    `已建立 ${next.path}：${dirs.join('、')} 和 README.md`,
  );
  const then = text('Next:', '接下來：');
  const advised = needsEnv(next) ? ['', envAdvice[lang]] : [];
  const commands = nextCommands(tutorial, next).map((line) => `  ${line}`);
  return [created[lang], '', then[lang], ...commands, ...advised, ''].join('\n');
}

/** The last line of a run of the whole tutorial. */
export const startPointer = (lang: Lang, tutorial?: string): string => {
  const command = tutorial === undefined ? 'lab start' : `lab start --tutorial ${quoted(tutorial)}`;
  return `${text(`To type the commands yourself: ${command}`, `想自己輸入這些指令：${command}`)[lang]}\n`;
};

const words = {
  goOn: text('How to go on', '如何進行'),
  first: text('The first commands, in this folder:', '先在這個資料夾執行：'),
  sections: text('Sections', '單元'),
  columns: text('| lab | section | folder | steps |', '| 名稱 | 單元 | 資料夾 | 步驟 |'),
  credit: text('Credit', '出處'),
} as const;

const advice = (call: string, lab: string, option: string): readonly Text[] => [
  option === ''
    ? text(
        `\`${call} list\` shows the labs and their steps. Type the commands of a step yourself, in the folder of its stack.`,
        `\`${call} list\` 會列出單元和步驟。請在該單元的資料夾裡，自己輸入每一步的指令。`,
      )
    : text(
        'The table below shows the labs and their steps. Type the commands of a step yourself, in the folder of its stack.',
        '下表列出單元和步驟。請在該單元的資料夾裡，自己輸入每一步的指令。',
      ),
  text(
    `\`${call} verify${option}\` looks at your project, lists what is done and names the next step. It changes nothing.`,
    `\`${call} verify${option}\` 會檢查你的專案，列出已完成的步驟，並指出下一步。它不會更動任何資源。`,
  ),
  text(
    `\`${call} verify ${lab}${option}\` looks at one lab. A step that is not done shows what was expected, what was seen and what to try next.`,
    `\`${call} verify ${lab}${option}\` 只檢查一個單元。尚未完成的步驟會顯示預期、實際和下一步。`,
  ),
  text(
    `\`${call} run${option}\` performs the whole tutorial, with explanations, in a project of its own.`,
    `\`${call} run${option}\` 會在另一個專案裡執行整份教學，並加上說明。`,
  ),
  text('Change the files as you like: a claim that still holds passes.', '可以隨意修改檔案：只要檢查的內容仍然成立，就會通過。'),
];

/** README.md of a learner's folder. */
export function learnerReadme(tutorial: Tutorial, lang: Lang, next: NextCommands): string {
  const { title, about, source, labs, stacks } = tutorial;
  const follows = source && {
    en: `This tutorial follows [${source.title.en}](${source.url}) (${source.licence}). The files in this folder were written anew, under ${source.licence} too.`,
    'zh-TW': `這份教學依照 [${source.title['zh-TW']}](${source.url})（${source.licence}）。這個資料夾裡的檔案是重新撰寫的，同樣採用 ${source.licence} 授權。`,
  };
  const rows = labs.map(
    (lab) =>
      `| \`${lab.id}\` | ${lab.title[lang]} | \`${stacks[lab.stack]?.dir}\` | ${lab.steps.map((step) => step.title[lang]).join(lang === 'en' ? '; ' : '；')} |`,
  );
  const lines = [
    `# ${title[lang]}`,
    '',
    ...(about ? [about[lang], ''] : []),
    `## ${words.goOn[lang]}`,
    '',
    words.first[lang],
    '',
    '```sh',
    ...nextCommands(tutorial, { ...next, path: '.' }),
    '```',
    '',
    ...(needsEnv(next) ? [envAdvice[lang], ''] : []),
    ...advice(next.call, labs[0]?.id ?? '', optionOf(next)).map((line, at) => `${at + 1}. ${line[lang]}`),
    '',
    `## ${words.sections[lang]}`,
    '',
    words.columns[lang],
    '|---|---|---|---|',
    ...rows,
    ...(follows ? ['', `## ${words.credit[lang]}`, '', follows[lang]] : []),
  ];
  return `${lines.join('\n')}\n`;
}
