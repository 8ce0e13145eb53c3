import { multiLine } from '../formats/untrusted-text.ts';
import type { LabError } from '../lab/error.ts';
import type { Lang } from '../lab/text.ts';
import { wrap } from '../report/terminal/layout.ts';

/** An error as text: the problem and the fix, one line each; wrapped to `columns` on a terminal. */
export function formatError({ code, text, hint }: LabError, lang: Lang, columns?: number): string {
  const output = multiLine(
    lang === 'zh-TW'
      ? `錯誤 ${code}：${text[lang]}\n提示：${hint[lang]}\n`
      : `error ${code}: ${text[lang]}\nhint: ${hint[lang]}\n`,
  );
  return columns ? `${wrap(output.trimEnd(), columns).join('\n')}\n` : output;
}
