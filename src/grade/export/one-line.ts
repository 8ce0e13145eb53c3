import { multiLine, singleLine } from '../../formats/untrusted-text.ts';

/** At most so many characters of what is visible. */
export function capped(value: string, most: number): string {
  // one to look at may stand for two units of text
  const points = [...multiLine(value.slice(0, 2 * most + 2))];
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : points.join('');
}

/** The same in one line. */
export const oneLine = (value: string, most: number): string =>
  capped(
    singleLine(value.slice(0, 4 * most))
      .replaceAll(/ +/g, ' ')
      .trim(),
    most,
  );
