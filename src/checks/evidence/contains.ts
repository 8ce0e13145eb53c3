const isDigit = (letter: string | undefined): boolean => letter !== undefined && /[0-9]/.test(letter);

/** Whether a text contains another. A number at its beginning or end is a whole one: `3` is in `3 rows`, and not in `13` or `30`. */
export function contains(text: string, part: string): boolean {
  const cuts = (at: number): boolean =>
    (isDigit(part[0]) && isDigit(text[at - 1])) || (isDigit(part.at(-1)) && isDigit(text[at + part.length]));
  let at = text.indexOf(part);
  while (at >= 0 && cuts(at)) at = text.indexOf(part, at + 1);
  return at >= 0;
}
