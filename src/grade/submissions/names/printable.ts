import { isUtf8 } from 'node:buffer';

/** What is not seen, or changes how the text around it is shown: controls, format characters (bidi among them), and letters without a shape. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{NChar}\u115f\u1160\u2800\u3164\uffa0]/gu;

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
  const shown = text.replaceAll(unseen, unitEscapes);
  return shown.trim() === '' ? shown.replaceAll(/\s/gu, unitEscapes) : shown;
}

const hex = (code: number, digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0');
const byteEscape = (byte: string): string => `\\x${hex(byte.charCodeAt(0), 2)}`;
const unitEscapes = (one: string): string =>
  Array.from({ length: one.length }, (_, at) => `\\u${hex(one.charCodeAt(at), 4)}`).join('');
