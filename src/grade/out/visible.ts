/** What steers a terminal or a reader's eye instead of being seen, or is no text at all; line ends, tabs and joiners of letters may stay. */
const unseen = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{NChar}]/gu;

/** With control characters, direction marks and halves of pairs made visible: `␛`, `[U+202E]`. Line ends become `\n`. */
export const visible = (said: string): string => said.replaceAll('\r\n', '\n').replaceAll(unseen, picture);

function picture(one: string): string {
  const code = one.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '␡' : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** At most so many characters of what is visible. */
export function capped(said: string, most: number): string {
  // one to look at may stand for two units of text
  const points = [...visible(said.slice(0, 2 * most + 2))];
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : points.join('');
}

/** The same in one line. */
export const oneLine = (said: string, most: number): string =>
  capped(
    said
      .slice(0, 4 * most)
      .replaceAll(/\s+/g, ' ')
      .trim(),
    most,
  );
