import type { SourceDocument } from './documents.ts';
import { schemes, winnow } from './fingerprints.ts';
import { matchDocuments, type SharedPart } from './match-documents.ts';
import type { SourceKind } from './source-kinds.ts';

/** Two submissions with much in common, by their position among those compared. */
interface SimilarPair {
  readonly submissions: readonly [number, number];
  /** The largest first; never empty. */
  readonly parts: readonly SharedPart[];
  /** Tokens in common in all parts. */
  readonly tokens: number;
}

export interface Similarity {
  /** The most in common first. */
  readonly pairs: readonly SimilarPair[];
  /** How many more pairs there are, which are not listed. */
  readonly more: number;
  /** What was counted, to bound the work: pairs counted for common fingerprints, and pairs compared token by token. */
  readonly work: { readonly counted: number; readonly compared: number };
}

/** Below these, parts of independent solutions are equal by chance: there are few ways to write a line. */
const least = {
  share: 0.5,
  tokens: { compose: 30, dockerfile: 24, conf: 20, app: 40 } as Readonly<Record<SourceKind, number>>,
};
/** Of a class of at least `from` submissions, what more than `share` of them have is not compared. */
export const common = { from: 10, share: 0.3 };
/** Bounds for a class of any size. The rarest fingerprints are counted first, since they are the strongest evidence. */
export const bounds = { counted: 2_000_000, compared: 2000, pairs: 200 };

/**
 * Finds pairs of submissions with much in common, apart from what is in `base`, the documents that the tutorial hands out, and what a large share of the
 * class has. The same submissions in the same order have the same result.
 */
export function findSimilar(submissions: readonly (readonly SourceDocument[])[], base: readonly SourceDocument[]): Similarity {
  const out = new Set(base.flatMap(({ grams }) => [...grams]));
  out.add(0);
  if (submissions.length >= common.from) {
    const every = postings(
      submissions.map((one) => new Set(one.flatMap(({ grams }) => [...grams].filter((gram) => !out.has(gram))))),
    );
    const most = common.share * submissions.length;
    for (const { gram, holders } of groups(every)) if (holders.length > most) out.add(gram);
  }
  const isOut = (gram: number): boolean => out.has(gram);
  const prints = submissions.map((one) => new Set(one.flatMap(({ kind, grams }) => winnow(grams, isOut, schemes[kind].window))));
  const { counts, counted } = countPairs(postings(prints), submissions.length);
  const candidates = [...counts]
    .sort(([one, many], [other, more]) => more - many || one - other)
    .slice(0, bounds.compared)
    .map(([key]) => [Math.floor(key / submissions.length), key % submissions.length] as const);
  const pairs = candidates.flatMap((pair): SimilarPair[] => {
    const parts = partsOf(submissions[pair[0]] ?? [], submissions[pair[1]] ?? [], isOut);
    return parts.length === 0 ? [] : [{ submissions: pair, parts, tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0) }];
  });
  // candidates are in a fixed order, and sorting is stable
  const sorted = pairs.sort((one, other) => other.tokens - one.tokens);
  return {
    pairs: sorted.slice(0, bounds.pairs),
    more: Math.max(0, sorted.length - bounds.pairs),
    work: { counted, compared: candidates.length },
  };
}

function partsOf(
  one: readonly SourceDocument[],
  other: readonly SourceDocument[],
  isOut: (gram: number) => boolean,
): SharedPart[] {
  const all = one.flatMap((document) => {
    const same = other.find(({ kind }) => kind === document.kind);
    return same ? matchDocuments(document, same, isOut) : [];
  });
  return all
    .filter(({ kind, tokens, shares }) => tokens >= least.tokens[kind] && Math.max(...shares) >= least.share)
    .sort((a, b) => b.tokens - a.tokens);
}

/** A hash has 32 bits; a double has 53, so the position of a submission fits too. */
const places = 2 ** 21;

/** Each hash with the submission that has it, sorted: bounded memory for a class of any content. */
function postings(all: readonly ReadonlySet<number>[]): Float64Array {
  const sorted = new Float64Array(all.reduce((sum, { size }) => sum + size, 0));
  let end = 0;
  for (const [index, grams] of all.entries()) {
    for (const gram of grams) {
      sorted[end] = gram * places + index;
      end += 1;
    }
  }
  return sorted.sort();
}

interface Group {
  readonly gram: number;
  /** Submissions that have it, in order. */
  readonly holders: readonly number[];
}

function* groups(sorted: Float64Array): Generator<Group> {
  for (let from = 0; from < sorted.length; ) {
    const gram = Math.floor((sorted[from] ?? 0) / places);
    const holders: number[] = [];
    let to = from;
    for (; to < sorted.length && Math.floor((sorted[to] ?? 0) / places) === gram; to += 1)
      holders.push((sorted[to] ?? 0) % places);
    yield { gram, holders };
    from = to;
  }
}

/** How many fingerprints each pair has in common; the key of a pair is `first * submissions + second`. */
function countPairs(sorted: Float64Array, submissions: number): { counts: ReadonlyMap<number, number>; counted: number } {
  const shared: Group[] = [];
  for (const group of groups(sorted)) if (group.holders.length > 1) shared.push(group);
  shared.sort((one, other) => one.holders.length - other.holders.length);
  const counts = new Map<number, number>();
  let counted = 0;
  for (const { holders } of shared) {
    for (const [at, first] of holders.entries()) {
      for (const second of holders.slice(at + 1)) {
        if (counted >= bounds.counted) return { counts, counted };
        const key = first * submissions + second;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        counted += 1;
      }
    }
  }
  return { counts, counted };
}
