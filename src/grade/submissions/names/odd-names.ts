import type { ExtractedEntry } from '../archive-entry.ts';
import { certainEncoding, decoded } from './encoding.ts';
import { bytePartsOf, keyOf, partsOf } from './safe-paths.ts';

/** The names of a submission that are not UTF-8. Paths are those on the disk, with each such name escaped. */
export interface OddNames {
  /** Path → the bytes of its last name. */
  readonly names: ReadonlyMap<string, Uint8Array>;
  /** Path of a link → the bytes of its target. */
  readonly targets: ReadonlyMap<string, Uint8Array>;
}

export interface Settled {
  readonly all: readonly ExtractedEntry[];
  /** Renames on the disk, in this order. */
  readonly renames: readonly (readonly [from: string, to: string])[];
  /** Names that stay escaped. */
  readonly escaped: readonly string[];
  /** Links to a name that cannot be decoded. */
  readonly dropped: readonly string[];
}

/** Decodes names if their encoding is certain; the others stay escaped. No two names become the same. */
export function settleNames(landed: readonly ExtractedEntry[], odd: OddNames): Settled {
  const encoding = certainEncoding([...odd.names.values(), ...[...odd.targets.values()].flatMap(bytePartsOf)]);
  const read = (bytes: Uint8Array): string | undefined => {
    const text = encoding && decoded(bytes, encoding);
    const named = text === undefined ? undefined : partsOf(Buffer.from(text));
    return named && 'parts' in named && named.parts.length === 1 ? text : undefined;
  };
  const depth = (path: string) => path.split('/').length;
  // folders before their content; at the same depth names in UTF-8 first, because they do not change
  const ordered = [...landed].sort(
    (one, other) => depth(one.path) - depth(other.path) || Number(odd.names.has(one.path)) - Number(odd.names.has(other.path)),
  );
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  const [renames, escaped]: [[string, string][], string[]] = [[], []];
  for (const { path } of ordered) {
    const cut = path.lastIndexOf('/');
    const above = cut < 0 ? '' : `${paths.get(path.slice(0, cut)) ?? path.slice(0, cut)}/`;
    const own = `${above}${path.slice(cut + 1)}`;
    const bytes = odd.names.get(path);
    const name = bytes && read(bytes);
    const wanted = name === undefined || taken.has(keyOf(above + name)) ? own : above + name;
    if (wanted !== own) renames.push([own, wanted]);
    else if (bytes) escaped.push(own);
    paths.set(path, wanted);
    taken.add(keyOf(wanted));
  }
  const dropped: string[] = [];
  const all = landed.flatMap((one): ExtractedEntry[] => {
    const path = paths.get(one.path) ?? one.path;
    const bytes = odd.targets.get(one.path);
    if (one.kind !== 'link' || !bytes) return [{ ...one, path }];
    const text = encoding && decoded(bytes, encoding);
    if (text !== undefined && !text.includes('\ufffd')) return [{ ...one, path, target: text }];
    dropped.push(path);
    return [];
  });
  return { all, renames, escaped, dropped };
}
