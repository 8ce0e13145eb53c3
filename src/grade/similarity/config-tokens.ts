import { type Instruction, readLines } from '../../formats/dockerfile.ts';
import type { Token } from './tokens.ts';

/** A word of a configuration, a text in quotes, a comment, or a sign. No alternative backtracks. */
const part = /#[^\n]*|"[^"\n]*"?|'[^'\n]*'?|[{};\n]|[^\s{};"'#]+/g;

/**
 * The tokens of a configuration in blocks (`server { listen 80; }`): directives as they are, each value is the same as any other, since names, ports and
 * paths are easily changed.
 */
export function* confTokens(text: string): Generator<Token> {
  let line = 1;
  let first = true;
  for (const [found] of text.matchAll(part)) {
    if (found === '\n') line += 1;
    if (found === '\n' || found.startsWith('#')) continue;
    const sign = found.length === 1 && '{};'.includes(found);
    yield { symbol: sign ? found : first ? found.slice(0, longest).toLowerCase() : flagOr(found), line };
    first = sign;
  }
}

/** Flags of directives remain (`max_fails=`, `$host`): they are what the configuration is about. */
const flagOr = (written: string): string => /^[a-z_]+=|^\$[a-z_]+$/i.exec(written.slice(0, longest))?.[0] ?? 'value';

/** The tokens of a Dockerfile: instructions and words of commands, without comments, quotes, names, paths, versions and the form in which a command is written. */
export function* dockerfileTokens(text: string): Generator<Token> {
  const read = readLines(text, 'Dockerfile', { refuse: () => {} });
  if (!read) {
    yield* wordTokens(text, 1);
    return;
  }
  const names = new Set(read.instructions.flatMap(namesIn));
  for (const { word, rest, location, documents } of read.instructions) {
    yield { symbol: word, line: location.line };
    yield* named(wordTokens(rest, location.line, false), names);
    yield* named(wordTokens(documents.join('\n'), location.line + 1), names);
  }
}

/** Names that the student gave: of users, groups and stages. */
function namesIn({ word, rest }: Instruction): string[] {
  if (word === 'USER') return [...wordTokens(rest, 1)].map(({ symbol }) => symbol);
  const stage = word === 'FROM' ? /\sAS\s+(\S+)$/i.exec(rest)?.[1] : undefined;
  return stage === undefined ? [] : [stage.toLowerCase()];
}

function* named(tokens: Iterable<Token>, names: ReadonlySet<string>): Generator<Token> {
  for (const token of tokens) yield names.has(token.symbol) ? { ...token, symbol: 'item' } : token;
}

/** The words of a text in lower case; paths, addresses and numbers are the same as any other. `counts`: its line ends are those of the file. */
export function* wordTokens(text: string, from: number, counts = true): Generator<Token> {
  let line = from;
  for (const [found] of text.matchAll(/\n|[^\s"'`,[\](){};:=&|<>]+/g)) {
    if (found === '\n') line += counts ? 1 : 0;
    else yield { symbol: wordOf(found), line };
  }
}

const longest = 64;
function wordOf(written: string): string {
  if (written.includes('/')) return 'path';
  return /^[~^]?v?\d/.test(written) ? 'number' : written.slice(0, longest).toLowerCase();
}
