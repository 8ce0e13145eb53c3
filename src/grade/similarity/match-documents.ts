import type { SourceDocument } from './documents.ts';
import { schemes } from './fingerprints.ts';
import type { SourceKind } from './source-kinds.ts';

/** What two files have in common. Texts that are out (of the tutorial, or of a large share of the class) are not counted. */
export interface SharedPart {
  readonly kind: SourceKind;
  readonly files: readonly [string, string];
  /** Tokens in common. */
  readonly tokens: number;
  /** Which share of each file that is, from 0 to 1. */
  readonly shares: readonly [number, number];
  /** Parts with the same tokens, in order of the first file: the lines of each in both files. */
  readonly regions: readonly (readonly [readonly number[], readonly number[]])[];
}

/** The same k-grams in both documents: where they begin, and how many they are. */
interface Tile {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** Positions of a k-gram that are tried: one that occurs more often says little. */
const mostPlaces = 8;

/** Common parts of two documents of one kind, for each pair of their files. */
export function matchDocuments(one: SourceDocument, other: SourceDocument, isOut: (gram: number) => boolean): SharedPart[] {
  const { size } = schemes[one.kind];
  const [own, others] = [ownTokens(one, isOut, size), ownTokens(other, isOut, size)];
  const [sums, otherSums] = [sumsOf(one, own), sumsOf(other, others)];
  const marks = new Map<string, PartMarks>();
  for (const tile of tilesOf(one, other, isOut)) {
    const files = [one.files[tile.from] ?? 0, other.files[tile.to] ?? 0] as const;
    const key = files.join(' ');
    const part = marks.get(key) ?? { files, seen: [new Set(), new Set()], regions: [] };
    marks.set(key, part);
    const end = tile.length + size - 1;
    const lines = [
      linesIn(one, tile.from, tile.from + end, own, part.seen[0]),
      linesIn(other, tile.to, tile.to + end, others, part.seen[1]),
    ] as const;
    if (lines[0].length > 0 && lines[1].length > 0) part.regions.push(lines);
  }
  return [...marks.values()].map(({ files: [first, second], seen, regions }): SharedPart => {
    const tokens = Math.min(seen[0].size, seen[1].size);
    return {
      kind: one.kind,
      files: [one.paths[first] ?? '', other.paths[second] ?? ''],
      tokens,
      shares: [tokens / Math.max(1, sums[first] ?? 0), tokens / Math.max(1, otherSums[second] ?? 0)],
      regions,
    };
  });
}

interface PartMarks {
  readonly files: readonly [number, number];
  readonly seen: readonly [Set<number>, Set<number>];
  readonly regions: (readonly [readonly number[], readonly number[]])[];
}

/** The lines of own tokens, each of which is taken once. */
function linesIn({ lines }: SourceDocument, from: number, to: number, own: Uint8Array, seen: Set<number>): number[] {
  const found = new Set<number>();
  for (let at = from; at < to; at += 1) {
    if (!own[at] || seen.has(at)) continue;
    seen.add(at);
    found.add(lines[at] ?? 1);
  }
  return [...found].sort((one, other) => one - other);
}

/** 1 for each token that belongs to no k-gram that is out. */
function ownTokens({ grams }: SourceDocument, isOut: (gram: number) => boolean, size: number): Uint8Array {
  const own = new Uint8Array(grams.length).fill(1);
  for (const [at, gram] of grams.entries()) if (gram !== 0 && isOut(gram)) own.fill(0, at, at + size);
  return own;
}

/** How many own tokens each file has. */
function sumsOf({ files }: SourceDocument, own: Uint8Array): number[] {
  const sums: number[] = [];
  for (const [at, file] of files.entries()) sums[file] = (sums[file] ?? 0) + (own[at] ?? 0);
  return sums;
}

/** Parts with the same tokens, each as long as possible, none twice. Its work grows with the sum of the documents. */
function* tilesOf(one: SourceDocument, other: SourceDocument, isOut: (gram: number) => boolean): Generator<Tile> {
  const places = new Map<number, number[]>();
  for (const [at, gram] of other.grams.entries()) {
    if (gram === 0 || isOut(gram)) continue;
    const known = places.get(gram);
    if (!known) places.set(gram, [at]);
    else if (known.length < mostPlaces) known.push(at);
  }
  const used = new Uint8Array(other.grams.length);
  for (let from = 0; from < one.grams.length; ) {
    let best: Tile = { from, to: 0, length: 0 };
    for (const to of places.get(one.grams[from] ?? 0) ?? []) {
      let length = 0;
      while (!used[to + length] && isSame(one, from + length, other, to + length) && places.has(other.grams[to + length] ?? 0))
        length += 1;
      if (length > best.length) best = { from, to, length };
    }
    used.fill(1, best.to, best.to + best.length);
    if (best.length > 0) yield best;
    from += Math.max(1, best.length);
  }
}

/** The same k-gram of one file follows in both. */
const isSame = (one: SourceDocument, at: number, other: SourceDocument, to: number): boolean =>
  at < one.grams.length && one.grams[at] !== 0 && one.grams[at] === other.grams[to];
