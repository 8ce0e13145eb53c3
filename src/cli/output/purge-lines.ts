import type { PurgePlan } from '../../grade/purge/purge-folder.ts';
import type { LeftOfStudent } from '../../grade/purge/purge-student.ts';
import type { Lang } from '../../lab/text.ts';

const messages = {
  en: {
    removes: (folder: string) => `Removes from ${folder}:`,
    leaves: 'Leaves:',
    files: (folder: string, count: number) => `  ${folder}/ (${count === 1 ? '1 file' : `${count} files`})`,
    decisions: 'your own; --decisions removes it',
    changed: 'changed since lab grade wrote it',
    foreign: 'not written by lab grade',
    more: (count: number) => `  and ${count} more`,
    purged: (count: number) => `${count === 1 ? '1 file' : `${count} files`} removed.`,
    student: (id: string) => [
      `Removes the data of ${id}: the pages and result files, the rows in grades.json, grades.csv and the other files of the class, and the grades in journal.ndjson.`,
      'Grades in the journal that no current grade of another student needs are removed too, and so are changes.html and changes.csv: both may contain data of this student.',
      'A submission that is still among those that you grade will be graded again next time.',
    ],
    studentGone: (id: string) => `The data of ${id} is removed.`,
    stays: (path: string) => `Left: ${path}, because it was changed since lab grade wrote it`,
    line: (line: string) => `Left: ${line} names the student; it is your own file`,
    runs: (count: number) =>
      `${count === 1 ? 'An interrupted grading has' : `${count} interrupted gradings have`} left files of submissions on this machine: lab clean removes them.`,
    engine: (folder: string) =>
      `The grading engine may still have layers of students' builds in its cache. To remove them, and everything else of that engine: lab engine down, then delete ${folder}`,
  },
  'zh-TW': {
    removes: (folder: string) => `從 ${folder} 移除：`,
    leaves: '保留：',
    files: (folder: string, count: number) => `  ${folder}/（${count} 個檔案）`,
    decisions: '你自己的檔案；加上 --decisions 會一起移除',
    changed: 'lab grade 寫出之後有修改過',
    foreign: '不是 lab grade 寫的',
    more: (count: number) => `  另有 ${count} 個`,
    purged: (count: number) => `已移除 ${count} 個檔案。`,
    student: (id: string) => [
      `移除 ${id} 的資料：個人網頁與結果檔、grades.json、grades.csv 等全班檔案裡的資料，以及 journal.ndjson 裡的成績。`,
      '紀錄檔裡其他學生目前的成績用不到的內容，以及 changes.html 與 changes.csv 也會移除：裡面可能有這位學生的資料。',
      '如果作業仍在要評分的資料夾裡，下次會重新評分。',
    ],
    studentGone: (id: string) => `已移除 ${id} 的資料。`,
    stays: (path: string) => `保留：${path}，因為 lab grade 寫出之後有修改過`,
    line: (line: string) => `保留：${line} 有這位學生；這是你自己的檔案`,
    runs: (count: number) => `這台機器上有 ${count} 次中斷的評分留下作業的檔案：lab clean 會移除。`,
    engine: (folder: string) =>
      `評分引擎的快取裡可能還有學生建置的映像檔層。要移除它們與該引擎的所有資料：先執行 lab engine down，再刪除 ${folder}`,
  },
} as const;

/** Further files are only counted. */
const mostListed = 20;

/** What `lab grade purge` is going to remove and to leave. */
export function planLines(
  { own, decisions, changed, foreign }: PurgePlan,
  folder: string,
  given: { decisions: boolean },
  lang: Lang,
): string[] {
  const message = messages[lang];
  const removed = given.decisions ? [...own, ...decisions] : own;
  const left = [
    ...(given.decisions ? [] : decisions.map((path) => [path, message.decisions] as const)),
    ...changed.map((path) => [path, message.changed] as const),
    ...foreign.map((path) => [path, message.foreign] as const),
  ];
  const width = Math.max(0, ...left.slice(0, mostListed).map(([path]) => path.length));
  return [
    message.removes(folder),
    ...byFolder(removed, lang),
    ...(left.length > 0 ? [message.leaves] : []),
    ...left.slice(0, mostListed).map(([path, why]) => `  ${path.padEnd(width)}  ${why}`),
    ...(left.length > mostListed ? [message.more(left.length - mostListed)] : []),
  ];
}

/** Files at the top by name, the others by their folder. */
function byFolder(paths: readonly string[], lang: Lang): string[] {
  const many = new Map<string, number>();
  for (const path of paths) {
    const [first = path, ...rest] = path.split('/');
    if (rest.length > 0) many.set(first, (many.get(first) ?? 0) + 1);
  }
  const top = paths.filter((path) => !path.includes('/')).sort();
  return [
    ...[...many].sort(([one], [other]) => (one < other ? -1 : 1)).map(([folder, count]) => messages[lang].files(folder, count)),
    ...top.map((path) => `  ${path}`),
  ];
}

export const purgedLine = (count: number, lang: Lang): string => messages[lang].purged(count);

/** What removing one student means. */
export const studentLines = (student: string, lang: Lang): readonly string[] => messages[lang].student(student);

/** The result, and what is left of the student. */
export const leftOfStudentLines = (student: string, { changed, lines }: LeftOfStudent, lang: Lang): string[] => [
  messages[lang].studentGone(student),
  ...changed.map((path) => messages[lang].stays(path)),
  ...lines.map((line) => messages[lang].line(line)),
];

/** Where else on this machine student data may be: `runs` interrupted gradings, and the folder of the grading engine. */
export function cachesLines({ runs, engine }: { readonly runs: number; readonly engine?: string }, lang: Lang): string[] {
  const message = messages[lang];
  return [...(runs > 0 ? [message.runs(runs)] : []), ...(engine === undefined ? [] : [message.engine(engine)])];
}
