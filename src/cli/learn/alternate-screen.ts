import type { Screen } from '../../report/terminal/screen.ts';

/**
 * The terminal's alternate screen: what was printed before, and the scrollback, stay as they are and are there again at the end. Lines are drawn only where
 * they changed.
 */
export interface AlternateScreen {
  /** Begins, also again after `leave`. */
  enter(): void;
  /** Draws these lines at the top; they are at most as many as the terminal has, and narrower than it. */
  draw(lines: readonly string[]): void;
  /** The terminal's size changed: everything is drawn again. */
  resized(): void;
  /** Shows what was there before, and the cursor. May be called more than once. */
  leave(): void;
}

const esc = '\x1b[';
/** Terminals that know it show all changes of a drawing at once; others ignore it. */
const together = { begin: `${esc}?2026h`, end: `${esc}?2026l` };

export function alternateScreen({ stream, visible }: Screen): AlternateScreen {
  let entered = false;
  let drawn: readonly string[] = [];
  const leave = () => {
    if (!entered) return;
    entered = false;
    stream.write(`${esc}?1049l${esc}?25h`);
  };
  return {
    enter: () => {
      if (entered) return;
      entered = true;
      drawn = [];
      stream.write(`${esc}?1049h${esc}?25l${esc}H${esc}2J`);
    },
    draw: (lines) => {
      if (!entered) return;
      const rows = lines.map((line) => visible(line));
      const changes = Array.from({ length: Math.max(rows.length, drawn.length) }, (_, at) =>
        rows[at] === drawn[at] ? '' : `${esc}${at + 1};1H${rows[at] ?? ''}${esc}0m${esc}K`,
      ).join('');
      drawn = rows;
      if (changes !== '') stream.write(`${together.begin}${changes}${together.end}`);
    },
    resized: () => {
      if (!entered) return;
      drawn = [];
      stream.write(`${esc}2J`);
    },
    leave,
  };
}
