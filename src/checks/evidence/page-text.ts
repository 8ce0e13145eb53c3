const closings = { style: /<\/style\b[^<>]*>?/gi, script: /<\/script\b[^<>]*>?/gi, comment: /-->/g } as const;

/** A page without styles, scripts and comments, which are not text. Each part is read once, whatever the page contains. */
export function withoutCode(page: string): string {
  const opening = /<(?:(style|script)\b|!--)/gi;
  let kept = '';
  for (let from = 0; ; ) {
    opening.lastIndex = from;
    const begin = opening.exec(page);
    if (!begin) return kept + page.slice(from);
    kept += `${page.slice(from, begin.index)} `;
    const name = begin[1]?.toLowerCase();
    const closing = closings[name === 'style' || name === 'script' ? name : 'comment'];
    closing.lastIndex = opening.lastIndex;
    const end = closing.exec(page);
    if (!end) return kept;
    from = end.index + end[0].length;
  }
}

const noBreakSpace = '\u00a0';

/** The text that a browser shows: without tags, and with a space for each character that the page names. */
export const textOfPage = (page: string): string =>
  withoutCode(page)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(?:nbsp|#160|#xa0);/gi, noBreakSpace)
    .replace(/&#?\w{1,10};/g, ' ');
