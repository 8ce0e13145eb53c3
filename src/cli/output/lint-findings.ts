import type { Counts, Finding } from '../../authoring/lint/lint.ts';
import type { Lang } from '../../lab/text.ts';
import { marked, paragraph } from '../../report/terminal/text-blocks.ts';
import type { Cli } from '../context.ts';

/** The findings, their number, and the number of items checked. */
export const lintFindings = (cli: Cli, findings: readonly Finding[], counts: Counts): string =>
  `${[...drawn(cli, findings), last(cli.lang, findings.length, counts)].join('\n')}\n`;

/** Grouped by location, in order of first occurrence. */
function drawn({ out, lang }: Cli, findings: readonly Finding[]): string[] {
  const page = { columns: out.columns, paint: out.paint, lang };
  return [...new Set(findings.map(({ where }) => where))].flatMap((where) => [
    out.paint.bold(where),
    ...findings
      .filter((one) => one.where === where)
      .flatMap(({ rule, message, help }) => [
        ...marked(page, out.paint.red('✗'), lang === 'en' ? `${message[lang]} (${rule})` : `${message[lang]}（${rule}）`, {
          indent: 2,
        }),
        ...paragraph(page, help[lang], 4, out.paint.dim),
      ]),
    '',
  ]);
}

function last(lang: Lang, problems: number, { tutorials, labs, steps, checks }: Counts): string {
  const some = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  if (tutorials === 0)
    return lang === 'en'
      ? `${some(problems, 'problem')}: no tutorial can be read`
      : `有 ${problems} 個問題：沒有任何教學可以讀取`;
  if (lang === 'zh-TW') {
    const all = `${tutorials} 份教學、${labs} 個單元、${steps} 個步驟、${checks} 項檢查`;
    return problems === 0 ? `沒有問題：${all}` : `有 ${problems} 個問題：${all}`;
  }
  const all = [some(tutorials, 'tutorial'), some(labs, 'lab'), some(steps, 'step'), some(checks, 'check')].join(', ');
  return problems === 0 ? `clean: ${all}` : `${some(problems, 'problem')} in ${all}`;
}
