import { widthOf } from './layout.ts';
import { edge, type Page } from './text-blocks.ts';

/** Further lines of a command are indented by this much more. */
const hang = 4;
/** `sh -c '…'`: the quoted text is a script, in which a new line can replace the blank after `;`, `|`, `&&` or `do`. */
const beforeScript = /(?:^|[\s/])(?:ba|da|a|z)?sh -c $/;
const endsCommand = /(?:;|\||&&|\b(?:do|then|else))$/;

/**
 * A command on lines of its own, without a prompt: copied together, they are the same command in a shell. A long one continues after ` \`, or, inside the
 * script of `sh -c '…'`, on a new line. A part without a place for a break may be wider than the screen: the terminal wraps it, and it can still be copied.
 */
export function renderCommand(page: Page, line: string, indent: number): string[] {
  const available = Math.max(2, edge(page) - indent);
  const lines: string[] = [];
  let current = '';
  let glue = '';
  for (const { text, end } of partsOf(line)) {
    const more = current === '' ? text : `${current} ${text}`;
    const inset = lines.length > 0 ? hang : 0;
    if (current === '' || inset + widthOf(more + end) <= available) current = more;
    else {
      lines.push(' '.repeat(inset) + current + glue);
      current = text;
    }
    glue = end;
  }
  lines.push(' '.repeat(lines.length > 0 ? hang : 0) + current);
  return lines.map(
    (one) => ' '.repeat(indent) + one.replace(/^( *)(.*)$/, (_, blanks: string, text: string) => blanks + page.paint.cyan(text)),
  );
}

interface Part {
  readonly text: string;
  /** What ends the line if the command continues on the next one. */
  readonly end: '' | ' \\';
}

/** The parts of a command between the blanks at which it can continue on another line. */
function partsOf(line: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let quote = '';
  let isScript = false;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char === '\\' && quote !== "'") at += 1;
    else if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === ' ' && isScript && endsCommand.test(line.slice(0, at))) from = cut(at, '');
    } else if (char === "'" || char === '"') {
      quote = char;
      isScript = char === "'" && beforeScript.test(line.slice(0, at));
    } else if (char === ' ') from = cut(at, ' \\');
  }
  parts.push({ text: line.slice(from), end: '' });
  return parts;

  function cut(at: number, end: Part['end']): number {
    parts.push({ text: line.slice(from, at), end });
    return at + 1;
  }
}
