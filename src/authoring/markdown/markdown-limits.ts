import { type Text, text } from '../../lab/text.ts';

/** Far beyond what a person writes. The Markdown parser takes quadratic time for nested lists and for open brackets in one paragraph. */
const limits = { fileBytes: 256_000, markers: 16, indent: 60, paragraph: 8000 };

/** The size of the largest file that is read, in bytes. */
export const maxBytes = limits.fileBytes;

/** The first line that would take the Markdown parser too long, and why; undefined: none. */
export function complexLine(source: string): { readonly line: number; readonly why: Text } | undefined {
  let fence: string | undefined;
  let paragraph = 0;
  for (const [at, written] of source.split(/\r\n|\r|\n/).entries()) {
    const [, mark = ''] = /^ {0,3}(`{3,}|~{3,})/.exec(written) ?? [];
    if (fence === undefined && mark !== '') fence = mark;
    else if (fence !== undefined && mark.startsWith(fence) && written.trim() === mark) fence = undefined;
    const prefix = /^(?:[\s>*+-]|\d{1,9}[.)](?=\s))*/.exec(written)?.[0] ?? '';
    const markers = prefix.match(/[>*+-]|\d+/g)?.length ?? 0;
    const isProse = fence === undefined && mark === '';
    paragraph = isProse && written.trim() !== '' ? paragraph + written.length : 0;
    const isRule = /^\s*(?:[-*_]\s*)+$/.test(written);
    if (isProse && !isRule && (markers > limits.markers || prefix.length > limits.indent))
      return { line: at + 1, why: text('this is nested too deep', '巢狀層數太深') };
    if (paragraph > limits.paragraph)
      return {
        line: at + 1,
        why: text(`a paragraph is longer than ${limits.paragraph} characters`, `段落超過 ${limits.paragraph} 個字元`),
      };
  }
  return undefined;
}
