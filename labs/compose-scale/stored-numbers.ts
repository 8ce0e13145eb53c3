import type { StoredNumbers } from '../../src/checks/counter.ts';
import { gatherStack, runningOf } from '../../src/checks/evidence/stack-facts.ts';
import { LabError } from '../../src/lab/error.ts';
import type { World } from '../../src/lab/world.ts';

/** A learner's Redis has few keys; in a large one, nothing is looked for. */
const mostKeys = 1000;

/** Reads strings and the fields of hashes: `7 hits`. It changes nothing. */
const lua = `local out={} if redis.call('DBSIZE')>${mostKeys} then return {'many'} end for _,key in ipairs(redis.call('KEYS','*')) do local kind=redis.call('TYPE',key).ok if kind=='string' then out[#out+1]=(redis.call('GET',key) or '')..' '..key elseif kind=='hash' then local all=redis.call('HGETALL',key) for at=1,#all,2 do out[#out+1]=all[at+1]..' '..key..' '..all[at] end end end return out`;

/** Prints the values of each database that has keys; fails if Redis does not accept commands, as with a password. */
const script = `[ "$(redis-cli PING)" = PONG ] || exit 1
for db in $(redis-cli INFO keyspace | tr -d '\\r' | sed -n 's/^db\\([0-9]*\\):.*/\\1/p'); do redis-cli -n "$db" EVAL "${lua}" 0; done; true`;

/** The whole numbers in the output of `redis-cli`: `7 hits`. Undefined: there are too many keys, or an error. */
export function numbersIn(output: string): StoredNumbers['numbers'] | undefined {
  const lines = output.split('\n').filter((line) => line !== '');
  if (lines.some((line) => line === 'many' || /^(?:\(error\) |ERR |NOPERM )/.test(line))) return undefined;
  return lines.flatMap((line) => {
    const [, value, key = ''] = /^(\d{1,15}) (.+)$/.exec(line) ?? [];
    return value === undefined ? [] : [{ key, value: Number(value) }];
  });
}

/** The numbers that the Redis of a stack stores. Undefined: they cannot be seen. */
export const redisNumbers =
  (role: string) =>
  async (world: World): Promise<StoredNumbers | undefined> => {
    const redis = runningOf(await gatherStack(world), role)[0];
    if (!redis) return undefined;
    try {
      const { exitCode, stdout } = await world.exec(redis.id, script);
      const numbers = exitCode === 0 ? numbersIn(stdout) : undefined;
      return numbers && { service: redis.service, numbers };
    } catch (error) {
      if (error instanceof LabError) return undefined;
      throw error;
    }
  };
