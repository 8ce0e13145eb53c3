// alone on the engine: it takes all addresses for networks
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInPools, type Pool } from '../../src/docker/api/address-pools.ts';
import { countNetworksLeft } from '../../src/docker/api/networks-left.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { type AddressRange, overlaps, parseCidr } from '../../src/formats/cidr.ts';
import { readyEngine } from '../helpers/engine.ts';
import { type Learner, learner } from '../helpers/learner.ts';

/** An engine without addresses for another network: `lab verify` names it as the cause. The addresses are taken by few networks, with large subnets. */
const test = suite<{ engine: Engine; me: Learner; taken: string[] }>('address pools');
const run = promisify(execFile);
/** More are not made, whatever the pools are. */
const most = 60;

interface Info {
  readonly DefaultAddressPools?: readonly { readonly Base: string; readonly Size: number }[];
}

const written = (address: number, size: number): string =>
  `${[24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.')}/${size}`;

/** The largest ranges of a pool in which no subnet is in use, but for parts smaller than one subnet of the pool. */
function freeRanges(pool: Pool, used: readonly AddressRange[], first: number, size: number): string[] {
  const range = { first, last: first + 2 ** (32 - size) - 1 };
  if (!used.some((one) => overlaps(range, one))) return [written(first, size)];
  if (size >= pool.size) return [];
  const half = 2 ** (31 - size);
  return [first, first + half].flatMap((start) => freeRanges(pool, used, start, size + 1));
}

const sizeOf = (subnet: string) => Number(subnet.split('/')[1]);

/** A range as smaller and smaller ones; the last has the size of one network. */
function downTo(subnet: string, size: number): string[] {
  const own = sizeOf(subnet);
  if (own >= size) return [subnet];
  const first = parseCidr(subnet)?.first ?? 0;
  return [written(first, own + 1), ...downTo(written(first + 2 ** (31 - own), own + 1), size)];
}

async function takeAll({ api, compose }: Engine, taken: string[]): Promise<void> {
  const { DefaultAddressPools: own } = await api.get<Info>('/info');
  const pools: readonly Pool[] = own?.map(({ Base, Size }) => ({ base: Base, size: Size })) ?? builtInPools;
  const networks = await api.get<{ IPAM?: { Config?: { Subnet?: string }[] | null } }[]>('/networks');
  const used = networks
    .flatMap(({ IPAM }) => IPAM?.Config ?? [])
    .flatMap(({ Subnet }) => Subnet ?? [])
    .map(parseCidr)
    .filter((range): range is AddressRange => range !== undefined);
  const free = pools.flatMap((pool) =>
    freeRanges(pool, used, parseCidr(pool.base)?.first ?? 0, Number(pool.base.split('/')[1])).map((subnet) => ({ subnet, pool })),
  );
  // the smallest last: it is given back first
  free.sort((a, b) => sizeOf(a.subnet) - sizeOf(b.subnet));
  const last = free.pop();
  const ranges = [...free.map(({ subnet }) => subnet), ...(last ? downTo(last.subnet, last.pool.size) : [])];
  assert.ok(ranges.length <= most, `${ranges.length} networks are needed`);
  const prefix = `pools${randomBytes(3).toString('hex')}`;
  for (const [at, subnet] of ranges.entries()) {
    const name = `${prefix}-${at}`;
    await run('docker', ['network', 'create', '--subnet', subnet, name], { env: { ...process.env, ...compose.env } });
    taken.push(name);
  }
}

const free = ({ compose }: Engine, names: readonly string[]) =>
  names.length === 0
    ? Promise.resolve()
    : run('docker', ['network', 'rm', ...names], { env: { ...process.env, ...compose.env } }).then(() => undefined);

test.before(async (context) => {
  context.engine = await readyEngine();
  context.me = await learner(context.engine, 'nginx');
  context.taken = [];
  await context.me.type('docker compose build');
});
test.after(async ({ engine, me, taken }) => {
  await free(engine, taken);
  await me.remove();
  await engine.api.close();
});

test('no addresses for a network, or only for the first of two: the cause is named, not that nothing runs', async ({
  engine,
  me,
  taken,
}) => {
  const before = await countNetworksLeft(engine.api);
  await takeAll(engine, taken);
  assert.is(await countNetworksLeft(engine.api), 0);
  for (const [state, left] of [
    ['none', 0],
    ['only one', 1],
  ] as const) {
    if (left === 1) await free(engine, [taken.pop() ?? '']);
    assert.is(await countNetworksLeft(engine.api), left);
    const refused = await me.type('docker compose up -d').then(
      () => '',
      (error: { stderr?: string }) => error.stderr ?? '',
    );
    assert.match(refused, /address pools|non-overlapping/, state);
    const { stdout } = await me.verify(['nginx/up']);
    assert.match(
      stdout.replace(/\s+/g, ' '),
      /saw .*; the engine has no addresses left for another network, so Compose cannot create one/,
      stdout,
    );
    assert.match(
      stdout.replace(/\s+/g, ' '),
      /try next remove networks that you no longer need \(docker network ls, docker network rm NAME\)/,
      stdout,
    );
    await me.type('docker compose down');
  }
  await free(engine, taken.splice(0));
  assert.is(await countNetworksLeft(engine.api), before);
});

test.run();
