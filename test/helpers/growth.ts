import * as assert from 'uvu/assert';

/** Processor time of this process, which a loaded machine stretches less than the time on the wall. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Asserts that work does not grow with the square of its input, on a machine of any speed: `work(1)` is the whole input, `work(1 / 4)` a quarter of it.
 * Linear work takes 4 times as long for the whole, quadratic work 16 times. What takes too little time to compare passes.
 */
export async function assertNotQuadratic(work: (share: number) => Promise<unknown>, what: string): Promise<void> {
  const wholeMs = await cpuMs(() => work(1));
  if (wholeMs < 300) return;
  const quarterMs = await cpuMs(() => work(1 / 4));
  assert.ok(wholeMs < 10 * quarterMs + 100, `${what}: ${wholeMs} ms of the processor, and ${quarterMs} ms for a quarter of it`);
}
