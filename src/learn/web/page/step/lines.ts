import type { Span } from '../../protocol.ts';

/** The text of a line. */
export const lineText = (line: readonly Span[]): string => line.map(({ text }) => text).join('');

/** The commands of a shell block, one a line: a comment or an empty line is none, and a line that ends with a backslash continues. */
export function commandsOf(lines: readonly (readonly Span[])[]): readonly string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of lines) {
    const text = open + lineText(line).trim();
    open = '';
    if (text.endsWith('\\')) open = `${text.slice(0, -1).trimEnd()} `;
    else if (text !== '' && !text.startsWith('#')) commands.push(text);
  }
  return open.trim() === '' ? commands : [...commands, open.trim()];
}

/** A stretch of a file's lines: those that are read, with some around them; `from` is the number of the first, from 0. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const aroundMarked = 3;
const wholeUpTo = 24;

/** What of a file is shown at first: all of a short one; of a long one, the marked lines and those around them. */
export function stretchesOf(count: number, marked: readonly number[]): readonly Stretch[] {
  if (count <= wholeUpTo || marked.length === 0) return [{ from: 0, to: count }];
  const stretches: Stretch[] = [];
  for (const line of [...marked].sort((one, other) => one - other)) {
    const from = Math.max(0, line - aroundMarked);
    const to = Math.min(count, line + aroundMarked + 1);
    const last = stretches.at(-1);
    if (last && from <= last.to + 1) stretches[stretches.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else stretches.push({ from, to });
  }
  return stretches;
}
