import type { LabError } from '../lab/error.ts';
import type { Lang } from '../lab/text.ts';

/** An error as everybody is told it: what is wrong, and what to do, a line each. */
export const tellError = ({ code, text, hint }: LabError, lang: Lang): string =>
  lang === 'zh-TW' ? `錯誤 ${code}：${text[lang]}\n提示：${hint[lang]}\n` : `error ${code}: ${text[lang]}\nhint: ${hint[lang]}\n`;
