/**
 * The probability that a fair balancer, which sends each request to any of k replicas alike, gives counts that are as
 * improbable as these or more so: the exact multinomial test. Its sum runs over all ways to split n requests among k
 * replicas, C(n+k-1, k-1) of them: 1,891 for 60 among 3.
 */
export function fairness(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const logFactorials = [0];
  for (let at = 1; at <= total; at++) logFactorials.push((logFactorials[at - 1] ?? 0) + Math.log(at));
  const log = (n: number) => logFactorials[n] ?? 0;
  const base = log(total) - total * Math.log(counts.length);
  const seen = base - counts.reduce((sum, count) => sum + log(count), 0);
  const tie = 1e-9; // equal splits in another order differ by rounding alone
  let probability = 0;
  const split = (left: number, parts: number, logSum: number): void => {
    if (parts === 1) {
      const at = base - logSum - log(left);
      if (at <= seen + tie) probability += Math.exp(at);
      return;
    }
    for (let taken = 0; taken <= left; taken++) split(left - taken, parts - 1, logSum + log(taken));
  };
  split(total, counts.length, 0);
  return Math.min(1, probability);
}

/** Below this a spread is no chance: one in a million. */
export const oneInAMillion = 1e-6;
/** Above this a spread gives no reason to go on sampling. */
export const unsuspicious = 1e-3;
