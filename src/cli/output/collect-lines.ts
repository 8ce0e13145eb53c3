import { localTime } from '../../formats/moment.ts';
import type { Collected, CollectStatus } from '../../grade/collect/collect-class.ts';
import type { Wanted } from '../../grade/collect/repos-file.ts';
import { joinTexts, type Lang, type Text, text } from '../../lab/text.ts';
import type { Screen } from '../../report/terminal/screen.ts';

/** What `lab collect` begins. */
export interface CollectStart {
  readonly wanted: readonly Wanted[];
  /** Of the times shown. */
  readonly zone: string;
  readonly out: string;
  readonly nowMs: number;
}

/** The first line: what will happen. */
export function collectStart({ wanted, zone, out, nowMs }: CollectStart): Text {
  const repositories = new Set(wanted.map(({ repository }) => repository.key)).size;
  const dues = [...new Set(wanted.map(({ dueMs }) => dueMs))].sort((a, b) => a - b);
  const [first = 0, last = first] = [dues[0], dues.at(-1)];
  const until = first === last ? at(first, zone) : `${at(first, zone)} – ${at(last, zone)}`;
  const ahead = wanted.filter(({ dueMs }) => dueMs > nowMs).length;
  const start = text(
    `Collecting ${count(wanted.length, 'student')} from ${count(repositories, 'repository', 'repositories')} into ${out}: the last commit until ${until} (${zone})`,
    `從 ${repositories} 個儲存庫收集 ${wanted.length} 位學生的作業到 ${out}：${until}（${zone}）為止的最後一個 commit`,
  );
  const note = text(
    `The deadline of ${count(ahead, 'student')} is still ahead: run it again afterwards`,
    `有 ${ahead} 位學生的截止時間還沒到：之後請再執行一次`,
  );
  return ahead === 0 ? start : joinTexts([start, note], text('\n', '\n'));
}

const at = (ms: number, zone: string): string => localTime(ms, zone);
const count = (many: number, one: string, several = `${one}s`): string => `${many} ${many === 1 ? one : several}`;

const words: Readonly<Record<CollectStatus, Text>> = {
  collected: text('collected', '已收集'),
  kept: text('kept', '保留先前的'),
  missing: text('missing', '沒有作業'),
  failed: text('failed', '失敗'),
};

/** The line of a student whose result a teacher should look at; undefined: there is none. */
export function collectLine(
  { student, status, remarks }: Collected,
  { paint }: Pick<Screen, 'paint'>,
  lang: Lang,
): string | undefined {
  if (remarks.length === 0) return undefined;
  const mark = { collected: paint.yellow('!'), kept: paint.yellow('!'), missing: paint.red('✗'), failed: paint.red('✗') }[status];
  const why = joinTexts(remarks, text('; ', '；'))[lang];
  return `  ${mark} ${student}  ${status === 'collected' ? '' : `${words[status][lang]}  `}${why}`;
}

/** The last lines: counts, and the next command. */
export function collectSummary(all: readonly Collected[], next: string, lang: Lang): string {
  const counts = (Object.keys(words) as CollectStatus[]).flatMap((status) => {
    const many = all.filter((one) => one.status === status).length;
    return many === 0 ? [] : [text(`${many} ${words[status].en}`, `${words[status]['zh-TW']} ${many}`)];
  });
  const sum = joinTexts(counts, text(', ', '、'))[lang];
  if (all.every(({ folder }) => folder === undefined)) return `${sum}\n`;
  return `${sum}\n${text('Next:', '接下來：')[lang]}\n  ${next}\n`;
}
