/** The number of repetitions: `full` with `npm run test:full` (LAB_TEST_FULL=1), otherwise `inCi`. */
export const repeats = (full: number, inCi: number): number => (process.env.LAB_TEST_FULL ? full : inCi);
