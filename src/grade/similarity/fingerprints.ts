import type { SourceKind } from './source-kinds.ts';

/**
 * Fingerprints of tokens by winnowing: S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003
 * (doi:10.1145/872757.872770), which MOSS and compare50 use. Each run of `size` tokens (a k-gram) has a hash, and of each `window` consecutive hashes the
 * least is a fingerprint. So a common part of `size + window - 1` tokens always has a fingerprint in common, and one of less than `size` never.
 */
interface Scheme {
  readonly size: number;
  readonly window: number;
}

/** Configuration says more in each token than a program whose names are left out. */
export const schemes: Readonly<Record<SourceKind, Scheme>> = {
  compose: { size: 6, window: 4 },
  dockerfile: { size: 6, window: 4 },
  conf: { size: 6, window: 4 },
  app: { size: 10, window: 4 },
};

/** The hash of the k-gram at each token: a whole number below 2³², never 0. 0: no k-gram of this file begins there. */
export function gramsOf(codes: Int32Array, files: Uint16Array, size: number, seed: number): Uint32Array {
  const grams = new Uint32Array(codes.length);
  for (let at = 0; at + size <= codes.length; at += 1) {
    if (files[at] !== files[at + size - 1]) continue;
    let hash = seed;
    for (let next = at; next < at + size; next += 1) hash = mixed(hash ^ (codes[next] ?? 0));
    grams[at] = hash >>> 0 || 1;
  }
  return grams;
}

/** The last step of MurmurHash3: each bit depends on each. */
function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The fingerprints of k-grams, in order. `isOut`: this k-gram is left out; what is before and after it is winnowed alone. */
export function winnow(grams: Uint32Array, isOut: (gram: number) => boolean, window: number): number[] {
  const found: number[] = [];
  for (let from = 0; from < grams.length; ) {
    let to = from;
    while (to < grams.length && !isOut(grams[to] ?? 0)) to += 1;
    if (to > from) found.push(...leasts(grams.subarray(from, to), window));
    from = to + 1;
  }
  return found;
}

/** The least of each window, the last of several; once, if the next window has the same. */
function leasts(run: Uint32Array, window: number): number[] {
  const found: number[] = [];
  let last = -1;
  for (let from = 0; from === 0 || from + window <= run.length; from += 1) {
    let least = from;
    for (let at = from + 1; at < Math.min(from + window, run.length); at += 1)
      if ((run[at] ?? 0) <= (run[least] ?? 0)) least = at;
    if (least !== last) found.push(run[least] ?? 0);
    last = least;
  }
  return found;
}
