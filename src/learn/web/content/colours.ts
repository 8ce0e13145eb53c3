import { join } from 'node:path';
import { text } from '../../../lab/text.ts';
import { root } from '../../../platform/package-root.ts';
import { loadPlain } from '../../../platform/plain-file.ts';
import type { Span } from '../protocol.ts';

/** A file as it was coloured when labwright was built: for each line its parts, each with or without a style. */
export type ColouredFiles = Readonly<Record<string, readonly (readonly (readonly [string, Span['style']?])[])[]>>;

/** Which style a part of a file has, by what a grammar calls it: the innermost name that has a style decides. */
const styles: readonly (readonly [RegExp, Span['style'] | 'none'])[] = [
  [/^comment|^punctuation\.definition\.comment/, 'comment'],
  [/^punctuation\.definition\.string/, 'string'],
  [/^punctuation|^keyword\.operator/, 'punctuation'],
  [/^string\.unquoted.*\.shell$|^string\.unquoted\.argument$/, 'none'],
  [/^constant\.numeric/, 'number'],
  [/^constant\.character/, 'string'],
  [/^constant\.language|^keyword|^storage/, 'keyword'],
  [/^entity\.name\.(?:function|command)|^support\.function|^meta\.function-call\.generic/, 'function'],
  [/^entity|^variable|^constant\.other|^support/, 'name'],
  [/^string/, 'string'],
];

/** The style for the names that a grammar gives to a part, from the outermost to the innermost. */
export function styleOf(scopes: readonly string[]): Span['style'] {
  for (const scope of [...scopes].reverse()) {
    const [, style] = styles.find(([pattern]) => pattern.test(scope)) ?? [];
    if (style) return style === 'none' ? undefined : style;
  }
  return undefined;
}

/** Below the package's folder: written by the build. */
const path = join(root, 'dist/src/learn/web/content/coloured.json');
const reinstall = text('install labwright again', '請重新安裝 labwright');

/** The files that were coloured at the build, by the SHA-256 of their content; empty: labwright runs from its sources and was not built. */
export async function loadColours(): Promise<ColouredFiles> {
  const bytes = await loadPlain(path, { maxBytes: 2_000_000, code: 'E_STATE', hint: reinstall });
  return bytes ? (JSON.parse(bytes.toString('utf8')) as ColouredFiles) : {};
}
