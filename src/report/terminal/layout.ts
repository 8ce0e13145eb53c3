import stringWidth from 'string-width';
import { singleLine } from '../../formats/untrusted-text.ts';

const ascii = /^[ -~]*$/;
const han = /[\u4e00-\u9fff，。、：；（）]/g;

/** How many columns a text occupies: a Han character occupies two, a colour none. The library is asked only about other texts: it is slow. */
export function widthOf(text: string): number {
  if (ascii.test(text)) return text.length;
  const rest = text.replace(han, '');
  return ascii.test(rest) ? 2 * text.length - rest.length : stringWidth(text);
}

export const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - widthOf(text)));
export const padStart = (text: string, columns: number): string => ' '.repeat(Math.max(0, columns - widthOf(text))) + text;

const graphemes = new Intl.Segmenter();

/** The part of an uncoloured text that fits, with `…` where it was cut. */
export function truncate(text: string, columns: number): string {
  const line = singleLine(text);
  return widthOf(line) <= columns ? line : `${fitting(line, columns - 1)}…`;
}

/** The same, but cut in the middle: the start and end of a row are the most informative (`NAME … Up 2 seconds`). */
export function abridge(text: string, columns: number): string {
  const line = singleLine(text).trimEnd();
  if (widthOf(line) <= columns) return line;
  const end = Math.floor((columns - 1) / 2);
  const backwards = (of: string) =>
    [...graphemes.segment(of)]
      .map(({ segment }) => segment)
      .reverse()
      .join('');
  return `${fitting(line, columns - 1 - end)}…${backwards(fitting(backwards(line), end))}`;
}

function fitting(text: string, columns: number): string {
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns) break;
    kept += segment;
  }
  return kept;
}

const opening = '（「『《〈【';
const closing = '，。、；：！？）」』》〉】…';
const wide = '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}';
/** What a line break never splits: spaces, a word, or one Han character, with adjacent punctuation. */
const atom = new RegExp(`\\s+|[${opening}(]*(?:[^\\s${wide}${opening}${closing}]+|[${wide}][,.;:!?)]*)[${closing}]*|.`, 'gu');

/** Wraps an uncoloured text into lines of at most `columns`; Han may break anywhere but before closing punctuation. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => fill(singleLine(paragraph), Math.max(2, columns)));
}

function fill(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (let piece of text.match(atom) ?? []) {
    if (width + widthOf(piece.trimEnd()) > columns) {
      if (line.trim() !== '') lines.push(line.trimEnd());
      line = '';
      width = 0;
      piece = piece.trimStart();
    }
    for (; widthOf(piece) > columns; piece = piece.slice(lines.at(-1)?.length)) lines.push(fitting(piece, columns));
    line += piece;
    width += widthOf(piece);
  }
  if (line.trim() !== '' || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** `left`, with `right` at the end of the line if both fit. Both may be coloured. */
export function atRight(left: string, right: string, columns: number): string {
  const gap = columns - widthOf(left) - widthOf(right);
  return right === '' || gap < 2 ? left : left + ' '.repeat(gap) + right;
}

/** `0.4 s`, `12.3 s`, `1 m 05 s`, with the given units. */
export function duration(ms: number, minute: string, second: string): string {
  const tenths = Math.round(ms / 100);
  return tenths < 600 ? `${(tenths / 10).toFixed(1)} ${second}` : elapsed(Math.round(ms / 1000) * 1000, minute, second);
}

/** `0 s`, `12 s`, `1 m 05 s`: completed seconds. */
export function elapsed(ms: number, minute: string, second: string): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} ${second}`;
  return `${Math.floor(seconds / 60)} ${minute} ${String(seconds % 60).padStart(2, '0')} ${second}`;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `count`, where `most` fills `columns`; any count above zero is visible. */
export function bar(count: number, most: number, columns: number): string {
  const parts = most <= 0 || count <= 0 ? 0 : Math.max(1, Math.round((Math.min(count, most) / most) * columns * 8));
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
}
