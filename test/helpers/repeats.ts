/** How often a test repeats: `full` times with `npm run test:full` (LAB_TEST_FULL=1), `inCi` times otherwise. */
export const repeats = (full: number, inCi: number): number => (process.env.LAB_TEST_FULL ? full : inCi);
