import { wordsOf } from '../messages.ts';
import { body, renderCheck } from './check-lines.ts';
import { truncate } from './layout.ts';
import { edge, marked, type Page } from './text-blocks.ts';
import type { UnderWay } from './transcript.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
export const frameMs = 100;
/** The spinner's character after this long. */
export const spinnerAt = (elapsedMs: number): string => frames[Math.floor(elapsedMs / frameMs) % frames.length] ?? '';

/** The changing lines below the transcript: what is running, since `elapsedMs`. */
export function renderLive(page: Page, underWay: UnderWay, elapsedMs: number): string[] {
  const { lang, paint } = page;
  const words = wordsOf(lang);
  const spinner = paint.cyan(spinnerAt(elapsedMs));
  const right = words.elapsed(elapsedMs);
  const { command, checks, header, output, cleaning } = underWay;
  if (header.length > 0) return [...header];
  const held = output === undefined ? [] : [output];
  if (command) {
    const latest = truncate(command.output.at(-1)?.trim() ?? '', edge(page) - body - 2);
    return [...marked(page, spinner, command.line, { indent: body, right }), `${' '.repeat(body + 2)}${paint.dim(latest)}`];
  }
  if (checks.length > 0 && page.brief) {
    const open = checks.find(({ result }) => !result) ?? checks[0];
    const line = words.checking(checks.filter(({ result }) => result).length, checks.length, open?.claim[lang] ?? '');
    return [...held, ...marked(page, spinner, line, { indent: body, style: paint.dim, right })];
  }
  if (checks.length > 0) {
    const first = checks.findIndex(({ result }) => !result);
    return checks.flatMap(({ claim, result }, at) =>
      result
        ? renderCheck(page, result)
        : marked(page, at === first ? spinner : paint.dim('○'), claim[lang], {
            indent: body,
            style: paint.dim,
            right: at === first ? right : '',
          }),
    );
  }
  return cleaning ? ['', ...marked(page, spinner, words.cleaning, { indent: 0, right })] : held;
}
