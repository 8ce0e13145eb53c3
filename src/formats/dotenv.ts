import { interpolate } from './interpolate.ts';
import type { Refusals, SourceLocation } from './source-location.ts';
import { quoting } from './untrusted-text.ts';

const most = { entries: 256, name: 128 };

/** The variables of a stack's `.env`. What cannot be read is left out: Compose reports it. */
export const variablesIn = (source: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readDotenv(source, '.env', new Map(), { refuse: () => undefined }));

/**
 * The variables of an env file, as Compose reads it: comments, `export`, quotes, multi-line values, `${…}` of earlier lines or of `around`. A name
 * without a value takes its value from `around`. Refuses what cannot be read reliably, with its line.
 */
export function readDotenv(
  source: string,
  file: string,
  around: ReadonlyMap<string, string>,
  diagnostics: Refusals,
): Map<string, string> {
  const env = new Map<string, string>();
  const known = new Map(around);
  const written = source.replace(/^\ufeff/, '').replace(/\r\n/g, '\n');
  const set = (name: string, value: string) => {
    env.set(name, value);
    known.set(name, value);
  };
  for (let at = 0; at < written.length; ) {
    const skipped = /^(?:[ \t\n]|#[^\n]*)+/.exec(written.slice(at))?.[0].length ?? 0;
    at += skipped;
    if (at >= written.length) break;
    const location: SourceLocation = {
      file,
      line: written.slice(0, at).split('\n').length,
      column: at - written.lastIndexOf('\n', at - 1),
    };
    const line = written.slice(at).split('\n', 1)[0] ?? '';
    const wrong = (): Map<string, string> => {
      diagnostics.refuse(
        'env-file',
        location,
        quoting(line, "this line can't be read: write NAME=value, not {}", '無法解讀這一行，請寫成 NAME=值，而不是 {}'),
      );
      return env;
    };
    const head = /^(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*(?:([=:])[ \t]*|(?=\n|$))/.exec(line);
    if (!head || env.size >= most.entries) return wrong();
    const [start, name = '', sign] = head;
    if (name.length > most.name || name in {}) return wrong();
    at += start.length;
    if (sign === undefined) {
      const inherited = around.get(name);
      if (inherited !== undefined) set(name, inherited);
      continue;
    }
    const value = valueAt(written, at);
    if (!value) return wrong();
    at = value.end;
    const filled = value.literal ? { text: value.text, unset: [] } : interpolate(value.text, known);
    if ('wrong' in filled || /[^\P{Cc}\t\n\r]|\p{Cs}/u.test(filled.text)) return wrong();
    set(name, filled.text);
  }
  return env;
}

/** The value that starts at `at`, and the end of it; undefined if its quotes are unclosed or followed by more text. */
function valueAt(written: string, at: number): { text: string; literal: boolean; end: number } | undefined {
  const quote = written[at];
  if (quote !== '"' && quote !== "'") {
    const line = written.slice(at).split('\n', 1)[0] ?? '';
    const [bare = ''] = line.split(/(?:^|[ \t])#/, 1);
    return { text: bare.trimEnd(), literal: false, end: at + line.length };
  }
  const match = (quote === '"' ? /^"((?:[^"\\]|\\[\s\S])*)"/ : /^'((?:[^'\\]|\\(?!'))*)'/).exec(written.slice(at));
  if (!match) return undefined;
  const end = at + match[0].length;
  const after = /^[ \t]*(?:#[^\n]*)?(?=\n|$)/.exec(written.slice(end));
  if (!after) return undefined;
  const [, inner = ''] = match;
  if (quote === "'") return { text: inner, literal: true, end: end + after[0].length };
  return { text: unescaped(inner), literal: false, end: end + after[0].length };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' };
const unescaped = (inner: string): string => inner.replace(/\\(.)/gs, (whole, char: string) => escapes[char] ?? whole);
