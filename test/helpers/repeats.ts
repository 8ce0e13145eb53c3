/** How often a test repeats what it tries: `full` times by `npm run test:full`, fewer in CI (`npm run test:all`). */
export const repeats = (full: number, inCi: number): number => (process.env.LAB_TEST_FULL ? full : inCi);
