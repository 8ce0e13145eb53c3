/** More partitions than 60 requests have for any number of replicas: 966,467. */
const mostPartitions = 1_000_000;

/**
 * The probability that a fair balancer, which picks each of k replicas with equal probability, produces counts that are as
 * improbable as these or more so: the exact multinomial test. It sums over the partitions of n requests into k parts, largest
 * first, each counted with its number of permutations. If there are too many partitions, it estimates the probability.
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
  let partitions = 0;
  /** `same`: how many of the previous parts equal the last one, `before`. */
  const split = (left: number, parts: number, before: number, same: number, logSum: number, logPlaces: number): void => {
    if (left === 0) {
      partitions += 1;
      const at = base - logSum;
      // the other parts are 0
      if (at <= seen + tie) probability += Math.exp(at + logPlaces - log(parts));
      return;
    }
    for (let part = Math.ceil(left / parts); part <= Math.min(left, before) && partitions <= mostPartitions; part++) {
      const alike = part === before ? same + 1 : 1;
      split(left - part, parts - 1, part, alike, logSum + log(part), logPlaces - Math.log(alike));
    }
  };
  split(total, counts.length, total, 0, 0, log(counts.length));
  return partitions > mostPartitions ? estimate(counts, total / counts.length) : Math.min(1, probability);
}

/** The chi-squared test, with the approximations of Wilson and Hilferty (normal distribution) and of Page (its tail). */
function estimate(counts: readonly number[], expected: number): number {
  const freedom = counts.length - 1;
  const squares = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const variance = 2 / (9 * freedom);
  const deviation = (Math.cbrt(squares / freedom) - 1 + variance) / Math.sqrt(variance);
  return 1 / (1 + Math.exp(1.5976 * deviation + 0.070565992 * deviation ** 3));
}

/** A spread with a lower probability is not chance: one in a million. */
export const oneInAMillion = 1e-6;
/** A spread with a higher probability needs no further samples. */
export const unsuspicious = 1e-3;

/** The fewest requests to k replicas that can show a bias: if one replica answered all, that would not be chance. 14 for 3. */
export const enoughRequests = (k: number): number => (k < 2 ? 0 : Math.floor(1 - Math.log(oneInAMillion) / Math.log(k)) + 1);
