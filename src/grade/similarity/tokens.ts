/** A part of a text after normalisation: equal symbols count as the same text. */
export interface Token {
  readonly symbol: string;
  /** From 1. */
  readonly line: number;
}

/** Tokens as numbers: a class has millions. */
export interface Tokens {
  /** A code for each symbol, never 0. */
  readonly codes: Int32Array;
  readonly lines: Uint32Array;
}

/** The first `most` tokens. */
export function packTokens(all: Iterable<Token>, most: number): Tokens {
  const [codes, lines]: [number[], number[]] = [[], []];
  for (const { symbol, line } of all) {
    if (codes.length >= most) break;
    codes.push(codeOf(symbol));
    lines.push(line);
  }
  return { codes: Int32Array.from(codes), lines: Uint32Array.from(lines) };
}

/** FNV-1a: the same on each machine, without a table of symbols. */
function codeOf(symbol: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < symbol.length; at += 1) hash = Math.imul(hash ^ symbol.charCodeAt(at), 0x01000193);
  return hash | 0 || 1;
}
