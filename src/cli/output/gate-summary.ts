import type { CaseResult } from '../../authoring/gate/run-case.ts';
import { jsonText } from '../../formats/untrusted-text.ts';
import { version } from '../../platform/package-root.ts';
import { duration, pad, widthOf, wrap } from '../../report/terminal/layout.ts';
import type { Cli } from '../context.ts';

/** Counts of mistakes caught and of equivalents passed, each with its total. */
function tally(results: readonly CaseResult[]) {
  const of = (kind: CaseResult['kind']) => results.filter((one) => one.kind === kind);
  const good = (kind: CaseResult['kind']) => of(kind).filter((one) => !one.surprise).length;
  const score = of('mistake').length === 0 ? null : good('mistake') / of('mistake').length;
  return {
    mistakes: of('mistake').length,
    caught: good('mistake'),
    mutationScore: score,
    equivalents: of('equivalent').length,
    passing: good('equivalent'),
    surprises: results.filter((one) => one.surprise).length,
  };
}

/** The results as JSON. */
export const gateJson = ({ lang }: Cli, tutorial: string, results: readonly CaseResult[], durationMs: number): string =>
  `${jsonText(
    {
      tool: 'labwright',
      version,
      tutorial,
      durationMs,
      ...tally(results),
      cases: results.map(({ what, surprise, ...one }) => ({ ...one, what: what[lang], surprise: surprise?.[lang] ?? null })),
    },
    2,
  )}\n`;

const words = {
  en: {
    kinds: {
      untouched: 'Untouched fails',
      solution: 'The solution passes',
      mistake: 'Mistakes are caught',
      equivalent: 'Other right ways pass',
    },
    by: 'by',
    score: (percent: string, caught: number, made: number) => `Mutation score ${percent} (${caught} of ${made} mistakes caught)`,
    right: (passing: number, all: number) => `${passing} of ${all} other right ways pass`,
    end: (surprises: number, time: string) =>
      surprises === 0
        ? `The checks can be trusted: no surprise, in ${time}.`
        : `${surprises} surprise${surprises === 1 ? '' : 's'}, in ${time}: fix the check or the case.`,
  },
  'zh-TW': {
    kinds: {
      untouched: '未進行操作時不通過',
      solution: '解答會通過',
      mistake: '錯誤都會被偵測到',
      equivalent: '其他正確做法也會通過',
    },
    by: '由',
    score: (percent: string, caught: number, made: number) => `突變分數 ${percent}（${made} 個錯誤中偵測到 ${caught} 個）`,
    right: (passing: number, all: number) => `${all} 個其他正確做法通過了 ${passing} 個`,
    end: (surprises: number, time: string) =>
      surprises === 0 ? `檢查可以信任：沒有意外，共 ${time}。` : `有 ${surprises} 個意外，共 ${time}：請修正檢查，或修正案例。`,
  },
} as const;

/** The results as text: each case, and how reliable the checks are. */
export function gateSummary({ out, lang }: Cli, results: readonly CaseResult[], durationMs: number): string {
  const { paint } = out;
  const labels = words[lang];
  const time = (ms: number) => (lang === 'en' ? duration(ms, 'm', 's') : duration(ms, '分', '秒'));
  const columns = Math.min(out.columns, 110);
  const widest = (of: (one: CaseResult) => string) => Math.max(0, ...results.map((one) => widthOf(of(one))));
  const [ids, ats, times] = [widest((one) => one.id), widest((one) => one.at), widest((one) => time(one.durationMs))];
  const lines = (Object.keys(labels.kinds) as CaseResult['kind'][]).flatMap((kind) => {
    const of = results.filter((one) => one.kind === kind);
    if (of.length === 0) return [];
    return ['', paint.bold(labels.kinds[kind]), ...of.flatMap((one) => row(one))];
  });
  function row(one: CaseResult): string[] {
    const mark = one.surprise ? paint.red('✗') : paint.green('✓');
    const by = one.caughtBy ? paint.dim(one.caughtBy) : '';
    const head =
      `  ${mark} ${pad(one.id, ids)}  ${paint.dim(pad(one.at, ats))}  ${paint.dim(pad(time(one.durationMs), times))}  ${by}`.trimEnd();
    const below = one.surprise ? [one.what[lang], ...one.surprise[lang].split('\n')] : [];
    return [head, ...below.flatMap((line) => wrap(line, columns - 6).map((part) => `      ${part}`))];
  }
  const { mistakes, caught, mutationScore, equivalents, passing, surprises } = tally(results);
  const percent = mutationScore === null ? '–' : `${Math.floor(mutationScore * 100)}%`;
  const end = labels.end(surprises, time(durationMs));
  return `${[
    ...lines.slice(1),
    '',
    ...(mistakes > 0 ? [labels.score(percent, caught, mistakes)] : []),
    ...(equivalents > 0 ? [labels.right(passing, equivalents)] : []),
    surprises === 0 ? paint.green(end) : paint.red(end),
  ].join('\n')}\n`;
}
