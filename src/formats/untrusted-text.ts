import { isUtf8 } from 'node:buffer';
import { stripVTControlCharacters } from 'node:util';
import { type Text, text } from '../lab/text.ts';

/**
 * Makes text from others (IDs, names, file names, output of containers, messages of the system) safe for a terminal, a page or a file. Everything
 * written for people passes through one of these functions on output, so no caller has to remember it.
 */

/** Letters whose shape depends on a joiner (U+200C, U+200D): without it the word is misspelled. */
const shaped =
  '\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Nkoo}\\p{scx=Mong}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}\\p{scx=Mymr}';
/** Invisible characters that are part of a visible one: a family of emoji, a variant of a Han character, a joined letter. */
const fitting = [
  '(?<=[\\p{Extended_Pictographic}\\p{EMod}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  `(?<=(?=[\\p{L}\\p{M}])[${shaped}])[\\u200c\\u200d]`,
  '(?<=\\p{Emoji})[\\ufe0e\\ufe0f]',
  '(?<=\\p{Script=Han})[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]',
  '(?<=(?=\\p{L})\\p{scx=Mong})[\\u180b-\\u180d\\u180f]',
];
/** Control characters, characters that change text direction, characters without width, tags, lone surrogates, noncharacters. */
const unseen = new RegExp(
  `(?=[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{NChar}\\p{Default_Ignorable_Code_Point}])(?!\\n|\\t|${fitting.join('|')})[^]`,
  'gu',
);

/** `[U+202E]`: lossless, and without a backslash, which Markdown, Moodle and shells interpret differently. */
const picture = (one: string): string => `[U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

/** Replaces invisible characters by their printable form; keeps line ends (as `\n`) and tabs. */
export const multiLine = (value: string): string => value.replaceAll('\r\n', '\n').replaceAll(unseen, picture);

/** The same on one line: each line end or tab becomes a space. */
export const singleLine = (value: string): string => multiLine(value.replaceAll(/\r\n|[\n\r\t\v\f\u0085\u2028\u2029]/g, ' '));

/** At most `most` visible characters. */
export function capped(value: string, most: number): string {
  // one code point can be two UTF-16 units
  const points = [...multiLine(value.slice(0, 2 * most + 2))];
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : points.join('');
}

/** The same on one line. */
export const oneLine = (value: string, most: number): string =>
  capped(
    singleLine(value.slice(0, 4 * most))
      .replaceAll(/ +/g, ' ')
      .trim(),
    most,
  );

/** Output of a container as a terminal without colours shows it: no escape sequences, no control characters. Checks judge this. */
export const withoutControls = (value: string): string => stripVTControlCharacters(value).replace(/[^\P{Cc}\n\t]/gu, '');

const hex = (code: number, digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0');
/** Each UTF-16 unit as `\u202E`. */
const unitEscapes = (one: string): string =>
  Array.from({ length: one.length }, (_, at) => `\\u${hex(one.charCodeAt(at), 4)}`).join('');

/** JSON that is safe for a terminal. Lossless: parsing returns every text unchanged. `change` and `indent` are those of `JSON.stringify`. */
export const jsonText = (value: unknown, indent?: number, change?: (key: string, part: unknown) => unknown): string =>
  JSON.stringify(value, change, indent).replaceAll(unseen, unitEscapes);

/** Plain data with all its texts changed, at any depth. Field names stay. */
export function mapTexts<Value>(value: Value, change: (value: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value;
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, change)])) as Value;
}

/** Text of a student, made safe to show: short, on one line, without invisible characters. */
export const shown = (written: string): string => {
  const clean = singleLine(written);
  return clean.length > 80 ? `${clean.slice(0, 79)}…` : clean;
};

/** `en` and `zhTW` with the student's text, in each language's quotes, in place of `{}`. */
export const quoting = (written: string, en: string, zhTW: string): Text =>
  text(
    en.replace('{}', () => `"${shown(written)}"`),
    zhTW.replace(/ ?\{\} ?/, () => `「${shown(written)}」`),
  );

/** Invisible characters, and those that change how nearby text is shown: controls, format characters (bidi among them), and letters without a shape. */
const invisibleInName = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{NChar}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** The text of a name in UTF-8; undefined if it is not UTF-8. */
export const textOf = (name: Uint8Array): string | undefined =>
  isUtf8(name) ? Buffer.from(name.buffer, name.byteOffset, name.length).toString() : undefined;

/**
 * A name as it can be shown, typed and compared, without loss: in a name that is not UTF-8 each non-ASCII byte becomes `\xB3`; in a text each
 * invisible character becomes `\u202E`. In a name of blanks only, these are escaped too, so that the result is never empty.
 */
export function printable(name: Uint8Array | string): string {
  const text = typeof name === 'string' ? name : textOf(name);
  // latin1 has one character for each byte; a backslash is escaped too, so that two names never become one
  if (text === undefined)
    return Buffer.from(name as Uint8Array)
      .toString('latin1')
      .replaceAll(/[^ -[\]-~]/g, byteEscape);
  const shown = text.replaceAll(invisibleInName, unitEscapes);
  return shown.trim() === '' ? shown.replaceAll(/\s/gu, unitEscapes) : shown;
}

const byteEscape = (byte: string): string => `\\x${hex(byte.charCodeAt(0), 2)}`;

/** A subset of what is escaped on output: a name with an emoji's selector or a soft hyphen is no reason to refuse a submission. */
const invisible = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
/** True if a name contains invisible characters. */
export const isInvisible = (name: string): boolean => invisible.test(name);
