import * as assert from 'uvu/assert';

/** CPU time of this process, which depends less on the machine's load than wall-clock time. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Asserts, on a machine of any speed, that the time of `work` does not grow with the square of its input. `work(1)` processes the whole input, `work(1 / 4)` a
 * quarter. Linear work takes 4 times as long for the whole input, quadratic work 16 times. Work that is too short to compare passes.
 */
export async function assertNotQuadratic(work: (share: number) => Promise<unknown>, what: string): Promise<void> {
  const wholeMs = await cpuMs(() => work(1));
  if (wholeMs < 300) return;
  const quarterMs = await cpuMs(() => work(1 / 4));
  assert.ok(wholeMs < 10 * quarterMs + 100, `${what}: ${wholeMs} ms of the processor, and ${quarterMs} ms for a quarter of it`);
}
