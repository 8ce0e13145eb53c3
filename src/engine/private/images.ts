import type { Homes } from '../homes.ts';
import type { PrivateEngine } from './private.ts';
import type { Talk } from './talk.ts';
export const buildable = (ref: string): boolean =>
  ['python:3.13-slim', 'redis:8.0', 'nginx:1.26', 'nicolaka/netshoot:v0.13'].includes(ref);
export async function buildBase(_homes: Homes, _engine: PrivateEngine, _refs: readonly string[], _talk: Talk): Promise<void> {}
