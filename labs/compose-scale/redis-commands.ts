import { runProbe } from '../../src/checks/evidence/probes.ts';
import { gatherStack, runningOf } from '../../src/checks/evidence/stack-facts.ts';
import type { World } from '../../src/lab/world.ts';

/** Commands that change a value (redis.io/docs/latest/commands). A script or a transaction executes them too, and each is counted. */
const writes = new Set(
  'append decr decrby getset hincrby hincrbyfloat hset hsetnx hmset incr incrby incrbyfloat json.numincrby lpush mset pfadd psetex rpush sadd set setex setnx xadd zadd zincrby'.split(
    ' ',
  ),
);

/** How often Redis has executed commands that write, by its own count; `locked`: it asks for a password; undefined: it is no Redis. */
export function readWrites(answer: string): number | 'locked' | undefined {
  const calls = [...answer.matchAll(/^cmdstat_([a-z.]+)(?:\|[a-z]+)?:calls=(\d+)/gm)];
  if (calls.length > 0 || /^# Commandstats/m.test(answer))
    return calls.reduce((sum, [, command = '', count]) => (writes.has(command) ? sum + Number(count) : sum), 0);
  return /^-(?:NOAUTH|NOPERM)/m.test(answer) ? 'locked' : undefined;
}

/** Asks the Redis of the stack, on its own network. */
export const redisWrites =
  (role: string) =>
  async (world: World): Promise<number | 'locked' | undefined> => {
    const [redis] = runningOf(await gatherStack(world), role);
    if (!redis) return undefined;
    const script =
      "printf 'INFO commandstats\\r\\nQUIT\\r\\n' | curl -q -sS -m 3 --noproxy '*' telnet://127.0.0.1:6379 2>/dev/null; true";
    return readWrites((await runProbe(world, redis, script)).stdout);
  };
