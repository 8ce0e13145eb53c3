import { Lexer } from 'yaml';

/** Far beyond what a person writes. */
const limits = { depth: 24, indent: 160 };

/** The first line that is nested too deep; undefined: none. The parser of the package is recursive: such a text must not reach it. */
export function deepLine(yaml: string): number | undefined {
  let [line, flow, inLine, fresh] = [1, 0, 0, true];
  for (const token of new Lexer().lex(yaml)) {
    const first = token[0];
    if (token.length === 1 && (first === '[' || first === '{')) flow += 1;
    else if (token.length === 1 && (first === ']' || first === '}')) flow = Math.max(0, flow - 1);
    else if (flow === 0 && token.length === 1 && (first === '-' || first === '?' || first === ':')) inLine += 1;
    if (flow > limits.depth || inLine > limits.depth) return line;
    if (fresh && first === ' ' && token.length > limits.indent) return line;
    fresh = /[\r\n]$/.test(token);
    const ends = token.split('\n').length - 1;
    line += ends;
    if (ends > 0) inLine = 0;
  }
  return undefined;
}
