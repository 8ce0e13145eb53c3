/**
 * The probability that a fair balancer, which picks each of k replicas with equal probability, produces counts that are as
 * improbable as these or more so: the exact multinomial test. It sums over the partitions of n requests into k parts, largest
 * first, each counted with its number of permutations: at most 966,467 for 60 requests, for any number of replicas.
 */
export function fairness(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const logFactorials = [0];
  for (let at = 1; at <= Math.max(total, counts.length); at++) logFactorials.push((logFactorials[at - 1] ?? 0) + Math.log(at));
  const log = (n: number) => logFactorials[n] ?? 0;
  const base = counts.length === 0 ? 0 : log(total) - total * Math.log(counts.length);
  const seen = base - counts.reduce((sum, count) => sum + log(count), 0);
  const tie = 1e-9; // for rounding differences between equal splits
  let probability = 0;
  /** `same`: how many of the previous parts equal the last one, `before`. */
  const split = (left: number, parts: number, before: number, same: number, logSum: number, logPlaces: number): void => {
    if (parts === 0) {
      const at = base - logSum;
      if (at <= seen + tie) probability += Math.exp(at + logPlaces);
      return;
    }
    for (let part = Math.ceil(left / parts); part <= Math.min(left, before); part++) {
      const alike = part === before ? same + 1 : 1;
      split(left - part, parts - 1, part, alike, logSum + log(part), logPlaces - Math.log(alike));
    }
  };
  split(total, counts.length, total, 0, 0, log(counts.length));
  return Math.min(1, probability);
}

/** A spread with a lower probability is not chance: one in a million. */
export const oneInAMillion = 1e-6;
/** A spread with a higher probability needs no further samples. */
export const unsuspicious = 1e-3;

/** The fewest requests to k replicas that can show a bias: if one replica answered all, that would not be chance. 14 for 3. */
export const enoughRequests = (k: number): number => (k < 2 ? 0 : Math.floor(1 - Math.log(oneInAMillion) / Math.log(k)) + 1);
