import { multiLine } from '../formats/untrusted-text.ts';

/** A word for a POSIX shell. Characters that must not reach a terminal are written as octal bytes, which `printf` reads. */
export const shellWord = (value: string): string =>
  multiLine(value) === value
    ? `'${value.replaceAll("'", `'\\''`)}'`
    : `"$(printf '${[...Buffer.from(value, 'utf8')].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}')"`;
