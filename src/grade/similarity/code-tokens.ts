import type { Comments } from './source-kinds.ts';
import type { Token } from './tokens.ts';

/** Words with the same meaning in each program of a language. All other words are names, which a copy can change. */
const keywords = new Set(
  `abstract and as assert async await break case catch chan class const continue def default defer del do elif else enum except export extends
  fallthrough False final finally fn for foreach from func function global go goto if impl implements import in instanceof interface is lambda let
  loop map match mod module mut new nil None nonlocal not null of or package pass private protected pub public raise range require return select
  self static struct super switch this throw throws trait True true false try type typeof undefined unless until use using var void where while
  with yield`.split(/\s+/),
);

const word = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/uy;
const number = /\d[\w.]*/y;
const strung = /^[fFrRbBuU]{1,2}$/;

/**
 * The tokens of a program in any usual language: comments and blanks are left out, each name, text and number is the same as any other. One pass, in
 * linear time for any text.
 */
export function* codeTokens(text: string, comments: Comments): Generator<Token> {
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    const end = skipped(text, at, comments) ?? stringEnd(text, at);
    if (char === '\n') line += 1;
    if (end !== undefined) {
      if (isQuote(char)) yield { symbol: 'text', line };
      line += linesIn(text, at, end);
      at = end;
      continue;
    }
    const [name] = matchAt(word, text, at);
    const [digits] = name === undefined ? matchAt(number, text, at) : [];
    const taken = name ?? digits;
    if (taken === undefined) {
      if (!/\s/.test(char)) yield { symbol: char, line };
    } else if (name === undefined) yield { symbol: 'number', line };
    // a prefix of a text: f'…'
    else if (!(strung.test(name) && isQuote(text[at + name.length]))) yield { symbol: keywords.has(name) ? name : 'name', line };
    at += taken?.length ?? 1;
  }
}

const matchAt = (pattern: RegExp, text: string, at: number): readonly (string | undefined)[] => {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
};

const isQuote = (char: string | undefined): boolean => char === '"' || char === "'" || char === '`';

function linesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

const orEnd = (found: number, length: number, text: string): number => (found < 0 ? text.length : found + length);

/** The end of a comment that begins here. */
function skipped(text: string, at: number, comments: Comments): number | undefined {
  const slash = comments !== 'hash';
  const untilLine = (comments !== 'slash' && text[at] === '#') || (slash && text.startsWith('//', at));
  if (untilLine) return orEnd(text.indexOf('\n', at), 0, text);
  if (slash && text.startsWith('/*', at)) return orEnd(text.indexOf('*/', at + 2), 2, text);
  return slash && text.startsWith('<!--', at) ? orEnd(text.indexOf('-->', at + 4), 3, text) : undefined;
}

/** The end of a text in quotes that begins here; one in single quotes ends with its line at the latest. */
function stringEnd(text: string, at: number): number | undefined {
  const quote = text[at] ?? '';
  if (!isQuote(quote)) return undefined;
  const triple = quote.repeat(3);
  if (quote !== '`' && text.startsWith(triple, at)) return orEnd(text.indexOf(triple, at + 3), 3, text);
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === quote) return end + 1;
    else if (text[end] === '\n' && quote !== '`') return end;
  }
  return text.length;
}
