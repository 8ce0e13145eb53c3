/** A picture that is wrong by accident this rarely is not worth waiting for more requests. */
const seldom = 0.001;

/**
 * Whether a proxy that uses `known` replicas equally may reach at most `reached` of them in so many requests by accident. It may choose at random, or in turn; in turn, each
 * of its `processes` counts for itself and begins with the same replica.
 */
export const isAccident = (
  requests: number,
  { known, reached, processes }: { known: number; reached: number; processes: number },
): boolean => atRandom(requests, known, reached) >= seldom || inTurn(requests, processes, reached) >= seldom;

/** All requests reach the same `reached` of `known` replicas: the probability for given ones, times the number of their choices. */
export function atRandom(requests: number, known: number, reached: number): number {
  let choices = 1;
  for (let n = 0; n < reached; n++) choices = (choices * (known - n)) / (n + 1);
  return Math.min(1, choices * (reached / known) ** requests);
}

/**
 * A process that receives more than `reached` requests reaches more replicas. The probability that none does is highest if each request reaches each process with the
 * same probability, which is assumed here.
 */
export function inTurn(requests: number, processes: number, reached: number): number {
  if (last.processes !== processes || last.reached !== reached)
    last = { processes, reached, chances: chancesInTurn(processes, reached) };
  return last.chances[requests] ?? 0;
}

/** The last result: 64 processes take millions of steps, and a picture is made for each request. */
let last: { readonly processes: number; readonly reached: number; readonly chances: readonly number[] } = {
  ...{ processes: 0, reached: 0, chances: [] },
};

/** By the number of requests; 0 for more than these. */
function chancesInTurn(processes: number, reached: number): number[] {
  const most = processes * reached;
  // chances[n]: that the processes so far, of those that may receive n requests in all, have at most `reached` each
  let chances: number[] = Array.from({ length: most + 1 }, (_, n) => (n <= reached ? 1 : 0));
  for (let count = 2; count <= processes; count++) {
    const before = chances;
    chances = before.map((_, n) => {
      if (n > count * reached) return 0;
      let sum = 0;
      // that `own` of n requests are for the last of so many processes
      let chance = (1 - 1 / count) ** n;
      for (let own = 0; own <= Math.min(reached, n); own++) {
        sum += chance * (before[n - own] ?? 0);
        chance *= (n - own) / ((own + 1) * (count - 1));
      }
      return sum;
    });
  }
  return chances;
}
