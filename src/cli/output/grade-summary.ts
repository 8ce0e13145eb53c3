import { join } from 'node:path';
import type { ClassChanges } from '../../grade/changes/compare.ts';
import { type ClassExam, notRepairedIn } from '../../grade/exam/class-exam.ts';
import { verdictIn } from '../../grade/exam/verdict.ts';
import { changesPage, openFile } from '../../grade/export/file-names.ts';
import { openGroups } from '../../grade/export/open-groups.ts';
import { isUntimed } from '../../grade/export/term/deadline-text.ts';
import type { UnknownStudents } from '../../grade/load-class.ts';
import type { GradingStart } from '../../grade/run-grading.ts';
import { faultOf } from '../../grade/scoring/causes.ts';
import { topDeductions } from '../../grade/scoring/top-deductions.ts';
import type { Entry, Grade, Gradebook } from '../../grade/types.ts';
import { type Lang, type Text, text } from '../../lab/text.ts';
import { duration, pad, padStart, truncate, widthOf } from '../../report/terminal/layout.ts';
import type { Screen } from '../../report/terminal/screen.ts';
import { changedLine } from './grade-changes.ts';
import { requestLines } from './request-lines.ts';

/** A grade in short: its points, or the reason why it has none. */
function inShort(grade: Grade, lang: Lang): { mark: string; score: string; why: string } {
  const { status, points, max, refusals, review } = grade;
  const mark = status === 'graded' ? '✓' : status === 'refused' ? '✗' : '?';
  const score = points === null ? '–' : `${points}/${max}`;
  const why = points === null ? ((review ?? refusals[0]?.text)?.[lang] ?? '') : topDeductionLine(grade, lang);
  return { mark, score, why };
}

function topDeductionLine(grade: Grade, lang: Lang): string {
  const folders = notRepairedIn(grade);
  if (folders)
    return folders.length === 0
      ? ''
      : `${notRepaired[lang]}${lang === 'en' ? ': ' : '：'}${folders.join(lang === 'en' ? ', ' : '、')}`;
  const top = topDeductions(grade);
  if (!top) return '';
  if (top.cost === undefined) return top.text[lang];
  const more = lang === 'en' ? `, and ${top.others} more` : `，另有 ${top.others} 項`;
  return `−${top.cost} ${top.text[lang]}${top.others > 0 ? more : ''}`;
}

/** Files and pipes have no line width limit. */
const widthFor = ({ interactive, columns }: Screen): number => (interactive ? columns : Number.POSITIVE_INFINITY);

/** The first line: the number of submissions to grade, and the engine. */
export function startLine({ submissions, jobs = 1, engine: { version, compose }, weaker }: GradingStart): Text {
  const where = `Docker ${version} · Compose ${compose.version}`;
  const many = submissions === 1 ? '1 submission' : `${submissions} submissions`;
  const listed = (lang: Lang): string => weaker.map((one) => one[lang]).join(lang === 'en' ? '; ' : '；');
  return weaker.length === 0
    ? text(
        `Grading ${many}, ${jobs} at a time, on an engine of their own (${where})`,
        `評分 ${submissions} 份作業，同時進行 ${jobs} 份，使用作業專用的引擎（${where}）`,
      )
    : text(
        `Grading ${many}, ${jobs} at a time, on your own Docker (${where}): ${listed('en')}`,
        `評分 ${submissions} 份作業，同時進行 ${jobs} 份，使用你自己的 Docker（${where}）：${listed('zh-TW')}`,
      );
}

/** What the submissions are, if they are exams. */
export const examLine = ({ count, seed }: Pick<ClassExam, 'count' | 'seed'>): Text =>
  text(
    `Exam: ${count} faults of seed ${seed} for each: all folders are judged again, exam.json is no evidence`,
    `測驗：每份 ${count} 個問題，種子 ${seed}：所有資料夾都重新判定，exam.json 不算證據`,
  );

/** Where the images come from that submissions name; undefined: the rubric names each. */
export function imagesLine({ look }: Pick<GradingStart, 'look'>): Text | undefined {
  if (!look) return undefined;
  return look.answers
    ? text(`Images: as named, from ${look.from}`, `映像檔：依作業指定的名稱，從 ${look.from} 下載`)
    : text(
        `Images: those on this machine, else stand-ins; no registry answers (${look.from}: ${look.why})`,
        `映像檔：使用這台機器上現有的，沒有的用替代映像檔；沒有 registry 回應（${look.from}：${look.why}）`,
      );
}

/** The second line: what builds reach. */
export function buildsLine({ builds: { mode, chosen, hosts } }: Pick<GradingStart, 'builds'>): Text {
  switch (mode) {
    case 'open':
      return text('Network of builds: open', '建置的網路：open（沒有限制）');
    case 'packages':
      return text(
        `Network of builds: packages, through a proxy (${hosts.join(', ')})`,
        `建置的網路：packages，透過代理伺服器（${hosts.join('、')}）`,
      );
    case 'none':
      return chosen
        ? text('Network of builds: none', '建置的網路：none（沒有網路）')
        : text(
            'Network of builds: none, because no package index can be used here',
            '建置的網路：none（沒有網路），因為這裡沒有可用的套件庫',
          );
  }
}

/** A further line: no part is judged against the reference. */
export const trustLine = text(
  'Trusted: answers are believed, and no part is judged against the reference (--trust)',
  '信任模式：相信作業的回應，不和參考解答比對（--trust）',
);

/** A rubric of an earlier version lists no audits. */
export const unlistedLine = (ids: readonly string[]): Text =>
  text(
    `Not audited: the rubric does not list ${ids.join(', ')}; a stack that only seems to work loses no points for it`,
    `沒有稽核：評分標準沒有列出 ${ids.join('、')}；只是看起來能運作的作業不會因此扣分`,
  );

/** One line for a submission, or a folder of an exam, that has been graded. */
export function endedLine(id: string, grade: Grade, screen: Screen, lang: Lang): string {
  const { paint } = screen;
  const folder = verdictIn(grade);
  if (folder) {
    const why = folder.outcome === 'passed' ? '' : `  ${faultOf(folder)[lang]}`;
    const [mark, what] = folder.outcome === 'passed' ? [paint.green('✓'), repaired] : [paint.red('✗'), notRepaired];
    return `${mark} ${truncate(`${id}  ${what[lang]}${why}`, widthFor(screen) - 3)}`;
  }
  const { mark, score, why } = inShort(grade, lang);
  const colour = grade.status === 'graded' ? paint.green : grade.status === 'refused' ? paint.yellow : paint.red;
  const plain = `${id}  ${score}${why ? `  ${why}` : ''}`;
  return `${colour(mark)} ${truncate(plain, widthFor(screen) - 3)}`;
}

/** Where the similar submissions are listed, and that they are no verdict. */
export function similarLine(pairs: number, folder: string): Text {
  const page = join(folder, 'similar.html');
  return text(
    `Similar submissions: ${pairs === 1 ? '1 pair' : `${pairs} pairs`}, as evidence, not as a verdict: ${page}`,
    `相似的作業：${pairs} 組，只供參考，不是結論：${page}`,
  );
}

const repaired = text('repaired', '已修復');
const notRepaired = text('not repaired', '沒有修復');

const messages = {
  en: {
    status: { graded: 'graded', refused: 'refused', review: 'needs review', missing: 'no submission' },
    same: (id: string) => `the same as ${id}`,
    end: (graded: number, refused: number, review: number, missing: number, time: string) =>
      `${[
        `${graded} graded`,
        ...(refused > 0 ? [`${refused} refused: you decide`] : []),
        ...(review > 0 ? [`${review} to be reviewed`] : []),
        ...(missing > 0 ? [`${missing} of the roster without a submission`] : []),
      ].join(', ')}, in ${time}.`,
    unknown: (file: string, ids: string) => `${file} names students who are not in this class; these lines had no effect: ${ids}`,
    timesFile: 'the file of --times',
    noTime: (ids: string) => `No submission time is known, so nothing is deducted for lateness: ${ids}`,
    leftOut: (count: number, names: string) =>
      `${count === 1 ? '1 entry is not a submission' : `${count} entries are not submissions`} (the reasons are in index.html): ${names}`,
    open: (count: number, status: string, reason: string) => `  ${count} ${status}: ${reason}`,
    written: (folder: string) => `Grades: ${join(folder, 'grades.csv')}, pages: ${join(folder, 'index.html')}`,
    mails: (folder: string, written: number, all: number) =>
      `Mails: ${join(folder, 'mail')}, for ${written} of ${all} students${written < all ? '; the others have no address of their own in the roster' : ''}`,
    beside: (files: string) => `Students have pseudonyms. Real IDs are only in: ${files}`,
    decide: (folder: string) =>
      `Resolve open grades: fill in the points in ${join(folder, openFile)}, save it as overrides.csv there (or append it), then run the same command again.`,
  },
  'zh-TW': {
    status: { graded: '已評分', refused: '拒收', review: '需要人工確認', missing: '沒有繳交' },
    same: (id: string) => `和 ${id} 相同`,
    end: (graded: number, refused: number, review: number, missing: number, time: string) =>
      `${[
        `已評分 ${graded} 份`,
        ...(refused > 0 ? [`拒收 ${refused} 份，由你決定`] : []),
        ...(review > 0 ? [`需要人工確認 ${review} 份`] : []),
        ...(missing > 0 ? [`名單上有 ${missing} 人沒有繳交`] : []),
      ].join('，')}，共 ${time}。`,
    unknown: (file: string, ids: string) => `${file} 裡有不在這個班級的學生，這些行沒有作用：${ids}`,
    timesFile: '--times 的檔案',
    noTime: (ids: string) => `不知道繳交時間，所以沒有因遲交扣分：${ids}`,
    leftOut: (count: number, names: string) => `有 ${count} 個項目不是作業（原因在 index.html）：${names}`,
    open: (count: number, status: string, reason: string) => `  ${count} 份${status}：${reason}`,
    written: (folder: string) => `成績：${join(folder, 'grades.csv')}；網頁：${join(folder, 'index.html')}`,
    mails: (folder: string, written: number, all: number) =>
      `信件：${join(folder, 'mail')}，${all} 位學生中有 ${written} 位${written < all ? '；其他人在名單裡沒有自己的電子郵件' : ''}`,
    beside: (files: string) => `學生都以代號表示。真實學號只在：${files}`,
    decide: (folder: string) =>
      `決定尚待裁定的成績：在 ${join(folder, openFile)} 填入分數，在同一個資料夾另存成 overrides.csv（或附加到它後面），再執行一次同樣的指令。`,
  },
} as const;

/** The class page lists further names. */
const mostLeftOut = 20;

interface SummaryOptions {
  /** Students in the teacher's files who are not in the class. */
  readonly unknown: UnknownStudents;
  /** How many mails were written; left out: none were wanted. */
  readonly mails?: number;
  /** Those in requests.csv. */
  readonly unknownRequesters?: readonly string[];
  /** Since the grading before. */
  readonly changes?: ClassChanges;
  /** The files with real IDs, if students have pseudonyms. */
  readonly beside?: readonly string[];
}

/** The final output for the teacher: one line per student, totals, and the location of the grades. */
export function classSummary(
  book: Gradebook,
  { unknown, mails, unknownRequesters = [], changes, beside = [] }: SummaryOptions,
  folder: string,
  { out, lang }: { out: Screen; lang: Lang },
): string {
  const message = messages[lang];
  const { entries } = book;
  const ids = Math.max(0, ...entries.map(({ student }) => widthOf(student.id)));
  const scores = Math.max(0, ...entries.map(({ grade }) => widthOf(inShort(grade, lang).score)));
  const row = ({ student, grade, sameAs }: Entry) => {
    const { score, why } = inShort(grade, lang);
    const parts = [grade.status === 'graded' ? '' : message.status[grade.status], why, sameAs ? message.same(sameAs) : ''].filter(
      Boolean,
    );
    return truncate(`  ${pad(student.id, ids)}  ${padStart(score, scores)}  ${parts.join('  ')}`.trimEnd(), widthFor(out));
  };
  const count = (status: Grade['status']) => entries.filter(({ grade }) => grade.status === status).length;
  const time = lang === 'en' ? duration(book.durationMs, 'm', 's') : duration(book.durationMs, '分', '秒');
  const [refused, review, missing] = [count('refused'), count('review'), count('missing')];
  const { leftOut = [] } = book;
  const names = leftOut.slice(0, mostLeftOut).map(({ place }) => place?.file ?? '');
  const named = [...names, ...(leftOut.length > names.length ? ['…'] : [])].join(lang === 'en' ? ', ' : '、');
  return `${[
    ...entries.map(row),
    '',
    out.paint.bold(message.end(count('graded'), refused, review, missing, time)),
    ...openGroups(book, lang).map(({ status, reasons, entries: all }) =>
      truncate(message.open(all.length, message.status[status], reasons.join('; ')), widthFor(out)),
    ),
    ...warnings(entries, unknown, lang).map((line) => out.paint.yellow(truncate(line, widthFor(out)))),
    ...requestLines(book, unknownRequesters, lang).map((line) => out.paint.yellow(truncate(line, widthFor(out)))),
    ...(leftOut.length > 0 ? [truncate(message.leftOut(leftOut.length, named), widthFor(out))] : []),
    message.written(folder),
    ...(mails === undefined ? [] : [message.mails(folder, mails, entries.length)]),
    ...(beside.length > 0 ? [message.beside(beside.join(lang === 'en' ? ', ' : '、'))] : []),
    ...(changes && changes.students.length > 0 ? [changedLine(changes, join(folder, changesPage), lang)] : []),
    ...(refused + review > 0 ? [message.decide(folder)] : []),
  ].join('\n')}\n`;
}

/** Lines of the teacher's files without effect, and submissions without a time. */
function warnings(entries: readonly Entry[], unknown: UnknownStudents, lang: Lang): string[] {
  const message = messages[lang];
  const listed = (ids: readonly string[]) => ids.join(lang === 'en' ? ', ' : '、');
  const files = { overrides: 'overrides.csv', extensions: 'extensions.csv', times: message.timesFile };
  const odd = (['overrides', 'extensions', 'times'] as const).flatMap((file) => {
    const ids = unknown[file] ?? [];
    return ids.length > 0 ? [message.unknown(files[file], listed(ids))] : [];
  });
  const untimed = entries.filter(isUntimed).map(({ student }) => student.id);
  return [...odd, ...(untimed.length > 0 ? [message.noTime(listed(untimed))] : [])];
}
