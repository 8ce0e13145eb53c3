import type { Store, StoreState } from '../../src/checks/audit/evidence.ts';
import { gatherStack, nameOf, runningOf } from '../../src/checks/evidence/stack-facts.ts';
import type { Replica } from '../../src/lab/facts.ts';
import type { World } from '../../src/lab/world.ts';

/** The key under which a database's data is saved, as a hash of the dumps of its keys. */
const saved = 'labwright:saved';
/** Redis has 16 databases by default. */
const databases = Array.from({ length: 16 }, (_, at) => at);
/** More keys than a counter needs are not saved. */
const mostKeys = 1000;

/** redis.io/docs/latest/commands/dump and …/restore: any type of value. Each script runs in one database. */
const saveScript = `local keys=redis.call('KEYS','*') if #keys>${mostKeys} then return redis.error_reply('too many keys') end redis.call('DEL','${saved}') redis.call('HSET','${saved}','','') for _,key in ipairs(keys) do local value=redis.call('DUMP',key) if value then redis.call('HSET','${saved}',key,value) end end return 'done'`;
const restoreScript = `local dumps=redis.call('HGETALL','${saved}') redis.call('DEL','${saved}') for _,key in ipairs(redis.call('KEYS','*')) do redis.call('DEL',key) end for at=1,#dumps,2 do if dumps[at]~='' then redis.call('RESTORE',dumps[at],0,dumps[at+1],'REPLACE') end end return 'done'`;

/** Words of a command after `--<name>`. */
const optionOf = (words: readonly string[], name: string): string | undefined =>
  words[words.indexOf(`--${name}`) + 1 || words.length];

/** The passwords that the files of the stack contain: of its command, of variables named so, and of URLs. */
export function passwordsIn(words: readonly string[]): string[] {
  const option = optionOf(words, 'requirepass');
  const variables = words.flatMap((word) => /^\w*PASS\w*=(.+)$/i.exec(word)?.[1] ?? []);
  const urls = words.flatMap((word) => /^[^=]*=?rediss?:\/\/[^:@/]*:([^@]+)@/.exec(word)?.[1] ?? []);
  return [...new Set([...(option === undefined ? [] : [option]), ...variables, ...urls])].slice(0, 5);
}

/** The lines to send: Redis reads them as inline commands. */
export function commandsOf(script: string, passwords: readonly string[]): string {
  const quoted = (value: string) => `"${value.replace(/[\\"]/g, '\\$&')}"`;
  const each = databases.flatMap((at) => [`SELECT ${at}`, `EVAL ${quoted(script)} 0`]);
  return [...passwords.map((password) => `AUTH ${quoted(password)}`), ...each, 'QUIT', ''].join('\r\n');
}

/** What Redis answered to `commandsOf`. */
export function stateOf(answer: string): StoreState {
  if (/^\$4\r?\ndone\r?$/m.test(answer)) return 'kept';
  if (/^-(?:NOAUTH|WRONGPASS|NOPERM)/m.test(answer)) return 'locked';
  return /^[-+]/m.test(answer) ? 'unsure' : 'none';
}

/** Images that store data: an app may need them for an answer. */
const stores = new Set(
  'redis valkey keydb redis-stack redis-stack-server dragonfly postgres postgis mysql mariadb mongo memcached sqlserver cassandra elasticsearch rabbitmq nats kafka etcd'.split(
    ' ',
  ),
);

export const storesData = ({ image }: Pick<Replica, 'image'>): boolean =>
  stores.has(image.split('/').at(-1)?.split(/[:@]/, 1)[0] ?? '');

/** The data of the stack's Redis. `users`: the roles that connect to it. */
export const redisData = (role: string, users: readonly string[]): Store => {
  const run = async (world: World, lua: string): Promise<StoreState> => {
    const stack = await gatherStack(world);
    const [redis] = runningOf(stack, role);
    const wordsOf = (one: string) => world.grader?.settings(nameOf(stack, one)) ?? [];
    if (!redis) return 'none';
    const port = Number(optionOf(wordsOf(role), 'port') ?? 6379);
    const commands = commandsOf(lua, passwordsIn([role, ...users].flatMap(wordsOf)));
    return stateOf((await world.grader?.exchange(redis, Number.isInteger(port) ? port : 6379, commands)) ?? '');
  };
  return { save: (world) => run(world, saveScript), restore: (world) => run(world, restoreScript) };
};
