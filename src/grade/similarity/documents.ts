import { codeTokens } from './code-tokens.ts';
import { composeTokens } from './compose-tokens.ts';
import { confTokens, dockerfileTokens } from './config-tokens.ts';
import { gramsOf, schemes } from './fingerprints.ts';
import { commentsIn, type SourceFile, type SourceKind, sourceKinds } from './source-kinds.ts';
import { packTokens, type Token } from './tokens.ts';

/** All files of one kind in a submission, one after the other. */
export interface SourceDocument {
  readonly kind: SourceKind;
  readonly paths: readonly string[];
  readonly codes: Int32Array;
  /** Of each token: its line, from 1, and the index of its file. */
  readonly lines: Uint32Array;
  readonly files: Uint16Array;
  /** The k-gram that begins at each token. */
  readonly grams: Uint32Array;
}

/** Far beyond what a student writes for a lab, and enough of what a hostile submission has. */
export const limits = { tokens: 10_000 };

/** The documents of a submission. `env`: the text of its `.env`. */
export function documentsOf(sources: readonly SourceFile[], env = ''): SourceDocument[] {
  let left = limits.tokens;
  return sourceKinds.flatMap((kind): SourceDocument[] => {
    const own = sources.filter((one) => one.kind === kind);
    const [codes, lines, files]: [number[], number[], number[]] = [[], [], []];
    for (const [index, source] of own.entries()) {
      const packed = packTokens(tokensOf(source, env), left);
      left -= packed.codes.length;
      for (const [at, code] of packed.codes.entries()) {
        codes.push(code);
        lines.push(packed.lines[at] ?? 1);
        files.push(index);
      }
    }
    if (codes.length === 0) return [];
    const all = { codes: Int32Array.from(codes), lines: Uint32Array.from(lines), files: Uint16Array.from(files) };
    const grams = gramsOf(all.codes, all.files, schemes[kind].size, sourceKinds.indexOf(kind) + 1);
    return [{ kind, paths: own.map(({ path }) => path), ...all, grams }];
  });
}

function tokensOf({ kind, path, text }: SourceFile, env: string): Iterable<Token> {
  if (kind === 'compose') return composeTokens(text, env);
  if (kind === 'dockerfile') return dockerfileTokens(text);
  return kind === 'conf' ? confTokens(text) : codeTokens(text, commentsIn(path));
}
