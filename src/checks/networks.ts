import { type Check, defineCheck } from '../lab/check.ts';
import { LabError } from '../lab/error.ts';
import type { Replica } from '../lab/facts.ts';
import { joinTexts, type Text, text } from '../lab/text.ts';
import { failed, passed, type Verdict } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { readComposeSource } from './causes/compose-source.ts';
import { networksCause } from './causes/networks.ts';
import { reachScript } from './evidence/probe-scripts.ts';
import { resolveInside, runProbe } from './evidence/probes.ts';
import {
  addressesOf,
  gatherStack,
  keysOf,
  listed,
  nameOf,
  replicasOf,
  runningOf,
  type StackFacts,
  sameSet,
  textWith,
} from './evidence/stack-facts.ts';

/** The networks that each role's replicas are on, and no others. Their names only say which roles share a network. */
export type NetworkLayout<R extends string = string> = Readonly<Partial<Record<R, readonly string[]>>>;

/**
 * The roles share networks of the project as drawn, whatever the networks are called, and are on no others. Throws LabError
 * E_PROBE if the engine does not respond.
 */
export function networksAre<R extends string>(id: string, claim: Text, drawing: NetworkLayout<R>): Check<StackFacts, R> {
  const roles = Object.keys(drawing) as R[];
  return defineCheck({
    id,
    roles,
    claim,
    gather: gatherStack,
    judge: (facts) => judgeNetworks(facts, drawing),
    explain: async (world, facts) =>
      networksCause(facts, drawing as Readonly<Record<string, readonly string[]>>, await readComposeSource(world)),
  });
}

/** For each network, the roles on it: what a drawing shows if its networks have no names. */
const sharing = (drawn: readonly (readonly [role: string, networks: readonly string[]])[]): string[] =>
  [...new Set(drawn.flatMap(([, networks]) => networks))].map((network) =>
    drawn.flatMap(([role, networks]) => (networks.includes(network) ? [role] : [])).join(' '),
  );

/** The networks of a role whose replicas are all on the same networks of the project; undefined: they are not. */
function networksOf(facts: StackFacts, role: string): string[] | undefined {
  const [first, ...others] = replicasOf(facts, role).map((one) => Object.values(one.networks).map((at) => at.networkId));
  const same = first?.every((id) => facts.networks.some((network) => network.id === id));
  return same && others.every((ids) => sameSet(ids, first ?? [])) ? first : undefined;
}

function isAsDrawn(facts: StackFacts, drawn: readonly (readonly [role: string, networks: readonly string[]])[]): boolean {
  const seen = drawn.map(([role]) => [role, networksOf(facts, role) ?? []] as const);
  return sameSet(sharing(seen), sharing(drawn));
}

function judgeNetworks(facts: StackFacts, drawing: NetworkLayout): Verdict {
  const drawn = Object.entries(drawing).map(([role, keys = []]) => [role, keys] as const);
  const line = (role: string, keys: readonly string[]) =>
    textWith('{service} on {keys}', '{service} 在 {keys}', { service: nameOf(facts, role), keys: listed([...keys].sort()) });
  const semicolon = text('; ', '；');
  if (isAsDrawn(facts, drawn))
    return passed(
      joinTexts(
        drawn.map(([role]) =>
          line(
            role,
            replicasOf(facts, role)
              .slice(0, 1)
              .flatMap((one) => keysOf(facts, one)),
          ),
        ),
        semicolon,
      ),
    );
  const wrong: Text[] = [];
  const services: string[] = [];
  for (const [role, keys] of drawn) {
    const service = nameOf(facts, role);
    const replicas = replicasOf(facts, role);
    if (replicas.length === 0) wrong.push(textWith('{service} has no container', '{service} 沒有容器', { service }));
    const odd = replicas.find((replica) => !sameSet(keysOf(facts, replica), keys));
    if (replicas.length === 0 || odd) services.push(service);
    if (odd) wrong.push(line(role, keysOf(facts, odd)));
  }
  const expected = joinTexts(
    drawn.map(([role, keys]) => line(role, keys)),
    semicolon,
  );
  const asNamed = drawn.every(([, keys]) => keys.every((key) => facts.networks.some((network) => network.key === key)));
  return failed({
    expected: asNamed
      ? expected
      : textWith('{expected} (the networks may have other names)', '{expected}（網路可以使用其他名稱）', { expected }),
    actual: joinTexts(wrong, semicolon),
    help: textWith(
      'see `networks:` of {services} in compose.yaml, then docker compose up -d --force-recreate',
      '檢查 compose.yaml 裡 {services} 的 `networks:`，再執行 docker compose up -d --force-recreate',
      { services: listed(services) },
    ),
  });
}

interface ReachFacts extends StackFacts {
  /** The addresses of the target's name, resolved inside. */
  readonly resolved: readonly string[];
  readonly reached: readonly { readonly address: string; readonly reached: boolean }[];
}

/** Throws LabError E_PROBE if the probe prints neither yes nor no: that does not prove isolation. */
async function reaches(world: World, inside: Replica, address: string, port: number): Promise<boolean> {
  const result = await runProbe(world, inside, reachScript(address, port));
  const word = result.stdout.trim();
  if (result.exitCode === 0 && (word === 'yes' || word === 'no')) return word === 'yes';
  throw new LabError(
    'E_PROBE',
    text(
      `the connection from ${inside.service} to ${address}:${port} was not tried to its end (exit code ${result.exitCode})`,
      `從 ${inside.service} 連線到 ${address}:${port} 的測試沒有完成（結束碼 ${result.exitCode}）`,
    ),
    text('see whether that container still runs: `docker ps -a`', '請用 `docker ps -a` 檢查該容器是否還在執行'),
  );
}

/**
 * Tests from inside: `from` can neither resolve nor connect to `to`, although `to` is running. Two checks that share one look.
 */
export function isolated<R extends string>(from: R, to: R, port: number): [Check<ReachFacts, R>, Check<ReachFacts, R>] {
  const gather = async (world: World): Promise<ReachFacts> => {
    const stack = await gatherStack(world);
    const inside = runningOf(stack, from)[0];
    const targets = runningOf(stack, to).flatMap(addressesOf);
    if (!inside) return { ...stack, resolved: [], reached: [] };
    const [resolved, ...reached] = await Promise.all([
      resolveInside(world, inside, nameOf(stack, to)),
      ...targets.map(async (address) => ({
        address,
        reached: await reaches(world, inside, address, port),
      })),
    ]);
    return { ...stack, resolved, reached };
  };
  return [
    defineCheck({
      id: `${from}-cannot-resolve-${to}`,
      roles: [from, to],
      claim: textWith('{from} does not know the name of {to}', '{from} 無法解析 {to} 的名稱', { from, to }),
      gather,
      judge: (facts) => judgeUnresolved(facts, from, to),
    }),
    defineCheck({
      id: `${from}-cannot-reach-${to}`,
      roles: [from, to],
      claim: textWith('{from} cannot connect to {to}', '{from} 無法連線到 {to}', { from, to }),
      gather,
      judge: (facts) => judgeUnreached(facts, from, to, port),
    }),
  ];
}

const absent = (facts: StackFacts, role: string): Verdict =>
  failed({
    expected: textWith('{service} running', '{service} 執行中', { service: nameOf(facts, role) }),
    actual: textWith('no running container of {service}', '沒有執行中的 {service} 容器', { service: nameOf(facts, role) }),
    help: textWith('start the stack: docker compose up -d', '啟動服務：docker compose up -d'),
  });

const apart = (facts: StackFacts, from: string, to: string): Text =>
  textWith('keep {from} and {to} on different networks in compose.yaml', '在 compose.yaml 裡讓 {from} 和 {to} 位於不同的網路', {
    from: nameOf(facts, from),
    to: nameOf(facts, to),
  });

function judgeUnresolved(facts: ReachFacts, from: string, to: string): Verdict {
  for (const role of [from, to]) if (runningOf(facts, role).length === 0) return absent(facts, role);
  // Docker forwards unknown names to the site's own DNS; its answers for the name are ignored.
  const ours = runningOf(facts, to).flatMap(addressesOf);
  if (!facts.resolved.some((address) => ours.includes(address)))
    return passed(textWith('no address for {to}', '{to} 沒有對應的位址', { to: nameOf(facts, to) }));
  return failed({
    expected: textWith('no address for {to}, asked in {from}', '在 {from} 裡查詢 {to}，沒有位址', {
      from: nameOf(facts, from),
      to: nameOf(facts, to),
    }),
    actual: listed(facts.resolved),
    help: apart(facts, from, to),
  });
}

function judgeUnreached(facts: ReachFacts, from: string, to: string, port: number): Verdict {
  for (const role of [from, to]) if (runningOf(facts, role).length === 0) return absent(facts, role);
  const reached = facts.reached.filter((one) => one.reached).map((one) => `${one.address}:${port}`);
  if (facts.reached.length > 0 && reached.length === 0) {
    return passed(
      textWith('no connection to {addresses}', '無法連線到 {addresses}', {
        addresses: listed(facts.reached.map((one) => `${one.address}:${port}`)),
      }),
    );
  }
  return failed({
    expected: textWith('no connection from {from} to {to}', '{from} 無法連線到 {to}', {
      from: nameOf(facts, from),
      to: nameOf(facts, to),
    }),
    actual:
      facts.reached.length === 0
        ? textWith('{to} has no address to try', '{to} 沒有位址可以測試', { to: nameOf(facts, to) })
        : textWith('connected to {reached}', '已連線到 {reached}', { reached: listed(reached) }),
    help: apart(facts, from, to),
  });
}
