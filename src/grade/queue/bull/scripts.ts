/** Steps that the server performs at once. */

/**
 * A worker's sign of life. Keys: announcement, alive, draining, workers, its state, queues. Arguments: its ID, its state, how long it counts, its queue. Writes nothing for a class that
 * does not exist. Returns whether these exist: the class, its coordinator, the wish that no worker takes further jobs.
 */
export const workerBeat = `
local known = redis.call('EXISTS', KEYS[1])
if known == 1 then
  redis.call('SET', KEYS[5], ARGV[2], 'PX', ARGV[3])
  redis.call('SADD', KEYS[4], ARGV[1])
  redis.call('SADD', KEYS[6], ARGV[4])
end
return { known, redis.call('EXISTS', KEYS[2]), redis.call('EXISTS', KEYS[3]) }`;

/** A coordinator's sign of life. Keys: announcement, alive. Argument: how long it counts. Returns 0 if the class is not there. */
export const coordinatorBeat = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('SET', KEYS[2], '1', 'PX', ARGV[1])
return 1`;

/**
 * Stores a result, unless the lease was lost or the class has ended: what is stored while a class is removed could stay. Keys: BullMQ's lock of the job, the
 * results of the job, the announcement. Arguments: the token of the lease, the body. Returns 1 if it is stored.
 */
export const storeResult = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('EXISTS', KEYS[3]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1`;

/** The size of strings and hashes in bytes. */
export const sizeOf = `
local sum = 0
for _, key in ipairs(KEYS) do
  if redis.call('TYPE', key).ok == 'hash' then
    for _, field in ipairs(redis.call('HKEYS', key)) do sum = sum + redis.call('HSTRLEN', key, field) end
  else
    sum = sum + redis.call('STRLEN', key)
  end
end
return sum`;

/** Removes what BullMQ's workers write again after their class has ended. Keys: announcement, those keys. */
export const removeTraces = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
return redis.call('DEL', unpack(KEYS, 2))`;
