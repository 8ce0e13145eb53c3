import { isUtf8 } from 'node:buffer';
import { stripVTControlCharacters } from 'node:util';
import { type Text, text } from '../lab/text.ts';

/**
 * Text that others wrote (IDs, names, file names, what containers print, messages of the system), made fit for a terminal, a page or a file. Everything
 * that is written for people goes through one of these functions where it leaves the program, so no caller has to remember it.
 */

/** Letters that a joiner (U+200C, U+200D) shapes: without it the word is spelled wrong. */
const shaped =
  '\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Nkoo}\\p{scx=Mong}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}\\p{scx=Mymr}';
/** Where an invisible character is part of a visible one: a family of emoji, a variant of a Han character, a joined letter. */
const fitting = [
  '(?<=[\\p{Extended_Pictographic}\\p{EMod}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  `(?<=(?=[\\p{L}\\p{M}])[${shaped}])[\\u200c\\u200d]`,
  '(?<=\\p{Emoji})[\\ufe0e\\ufe0f]',
  '(?<=\\p{Script=Han})[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]',
  '(?<=(?=\\p{L})\\p{scx=Mong})[\\u180b-\\u180d\\u180f]',
];
/** Controls, what turns the direction of a text, what has no width, tags, halves of pairs, noncharacters. */
const unseen = new RegExp(
  `(?=[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{NChar}\\p{Default_Ignorable_Code_Point}])(?!\\n|\\t|${fitting.join('|')})[^]`,
  'gu',
);

/** `[U+202E]`: lossless, and without a backslash, which Markdown, Moodle and shells each read in their own way. */
const picture = (one: string): string => `[U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

/** All that is not to be seen in its printable form; line ends (as `\n`) and tabs stay. */
export const multiLine = (value: string): string => value.replaceAll('\r\n', '\n').replaceAll(unseen, picture);

/** The same in one line: each line end or tab is a space. */
export const singleLine = (value: string): string => multiLine(value.replaceAll(/\r\n|[\n\r\t\v\f\u0085\u2028\u2029]/g, ' '));

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

/** What a container printed, as a terminal without colours shows it: no escape sequences, no control characters. Checks judge this. */
export const withoutControls = (value: string): string => stripVTControlCharacters(value).replace(/[^\P{Cc}\n\t]/gu, '');

const units = (one: string): string =>
  Array.from({ length: one.length }, (_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');

/** JSON that is fit for a terminal. Lossless: every text comes back from it as it was. `change` and `indent` are those of `JSON.stringify`. */
export const jsonText = (value: unknown, indent?: number, change?: (key: string, part: unknown) => unknown): string =>
  JSON.stringify(value, change, indent).replaceAll(unseen, units);

/** Plain data with all its texts changed, however deep they lie. Names of fields stay. */
export function mapTexts<Value>(value: Value, change: (value: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value;
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, change)])) as Value;
}

/** What a student wrote, made fit to be shown: short, on one line, nothing that cannot be seen. */
export const shown = (written: string): string => {
  const clean = singleLine(written);
  return clean.length > 80 ? `${clean.slice(0, 79)}…` : clean;
};

/** `en` and `zhTW` with what the student wrote, in each language's quotes, in the place of `{}`. */
export const quoting = (written: string, en: string, zhTW: string): Text =>
  text(
    en.replace('{}', () => `"${shown(written)}"`),
    zhTW.replace(/ ?\{\} ?/, () => `「${shown(written)}」`),
  );

/** What is not seen, or changes how the text around it is shown: controls, format characters (bidi among them), and letters without a shape. */
const unseenInName = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{NChar}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** The text of a name in UTF-8; undefined: it is not UTF-8. */
export const textOf = (name: Uint8Array): string | undefined =>
  isUtf8(name) ? Buffer.from(name.buffer, name.byteOffset, name.length).toString() : undefined;

/**
 * A name as it can be shown, typed and compared, with nothing left out: in a name that is not UTF-8 each byte that is not ASCII becomes `\xB3`, in a text
 * each character that is not seen becomes `\u202E`. A name of blanks alone gets them escaped too, so that it is never empty.
 */
export function printable(name: Uint8Array | string): string {
  const text = typeof name === 'string' ? name : textOf(name);
  // latin1 has one character for each byte; a backslash is escaped too, so that two names never become one
  if (text === undefined)
    return Buffer.from(name as Uint8Array)
      .toString('latin1')
      .replaceAll(/[^ -[\]-~]/g, byteEscape);
  const shown = text.replaceAll(unseenInName, unitEscapes);
  return shown.trim() === '' ? shown.replaceAll(/\s/gu, unitEscapes) : shown;
}

const hex = (code: number, digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0');
const byteEscape = (byte: string): string => `\\x${hex(byte.charCodeAt(0), 2)}`;
const unitEscapes = (one: string): string =>
  Array.from({ length: one.length }, (_, at) => `\\u${hex(one.charCodeAt(at), 4)}`).join('');

/** Fewer than are shown escaped: a name with an emoji's selector or a soft hyphen in it is no reason to refuse a submission. */
const invisible = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
/** True where a name has what cannot be seen in it. */
export const isInvisible = (name: string): boolean => invisible.test(name);
