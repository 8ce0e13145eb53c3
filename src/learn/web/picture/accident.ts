/** A picture that is wrong by accident this rarely is not worth waiting for more requests. */
export const seldom = 0.001;

/**
 * An upper bound of the probability that a proxy that uses `known` replicas equally reaches at most `reached` of them in so many requests. It may choose at random, or in
 * turn; in turn, each of its `processes` counts for itself and begins with the same replica.
 */
export const accident = (
  requests: number,
  { known, reached, processes }: { known: number; reached: number; processes: number },
): number => Math.max(atRandom(requests, known, reached), inTurn(requests, processes, reached));

/** All requests reach the same `reached` of `known` replicas: the probability for given ones, times the number of their choices. */
function atRandom(requests: number, known: number, reached: number): number {
  let choices = 1;
  for (let n = 0; n < reached; n++) choices = (choices * (known - n)) / (n + 1);
  return Math.min(1, choices * (reached / known) ** requests);
}

/**
 * A process that receives more than `reached` requests reaches more replicas. The probability that none does is highest if each request reaches each process with the
 * same probability, which is assumed here.
 */
function inTurn(requests: number, processes: number, reached: number): number {
  if (requests > processes * reached) return 0;
  // chances[n]: that the processes so far, of those that may receive n requests in all, have at most `reached` each
  let chances: number[] = Array.from({ length: requests + 1 }, (_, n) => (n <= reached ? 1 : 0));
  for (let count = 2; count <= processes; count++) {
    const before = chances;
    chances = before.map((_, n) => {
      let sum = 0;
      for (let own = 0; own <= Math.min(reached, n); own++) sum += binomial(n, own, 1 / count) * (before[n - own] ?? 0);
      return sum;
    });
  }
  return chances[requests] ?? 0;
}

/** The probability of `hits` in `n` trials. */
function binomial(n: number, hits: number, chance: number): number {
  let result = (1 - chance) ** (n - hits);
  for (let i = 0; i < hits; i++) result *= (chance * (n - i)) / (i + 1);
  return result;
}
