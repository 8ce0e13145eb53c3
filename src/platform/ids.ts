import { randomBytes } from 'node:crypto';

/** A word of `a-z0-9`, of random bytes: no other process makes the same. */
export const randomId = (bytes: number): string => randomBytes(bytes).toString('hex');

/** Words of one random session, numbered: `3f0a-1`, `3f0a-2`, … */
export function numberedIds(bytes: number, separator = '-'): () => string {
  const session = randomId(bytes);
  let count = 0;
  return () => `${session}${separator}${++count}`;
}
