import { wordsOf } from '../messages.ts';
import { mark, marked, type Page } from './text-blocks.ts';

/** Consecutive steps that never started for the same reason, shown on one line. */
export interface Skips {
  /** Adds a step. Returns the lines of those before it if it is skipped for another reason. */
  add(step: string, why: string): string[];
  flush(): string[];
}

export function createSkips(page: Page): Skips {
  const words = wordsOf(page.lang);
  let steps: string[] = [];
  let reason = '';

  const flush = (): string[] => {
    if (steps.length === 0) return [];
    const line = words.skipped(steps.join(words.comma), reason);
    steps = [];
    return ['', ...marked(page, mark(page, 'skipped'), line, { indent: 2, style: page.paint.dim })];
  };
  const add = (step: string, why: string): string[] => {
    const lines = why === reason ? [] : flush();
    steps.push(step);
    reason = why;
    return lines;
  };
  return { add, flush };
}
