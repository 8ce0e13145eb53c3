import { type Check, defineCheck } from '../lab/check.ts';
import { LabError } from '../lab/error.ts';
import { failed, type Judgement, passed, waiting } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { explainReplicas } from './causes/containers.ts';
import { explainStrange } from './causes/names.ts';
import { probingContainer, resolveInside, skippedWithoutProxy } from './evidence/probes.ts';
import { atAddress, shared } from './evidence/sample.ts';
import {
  addressesOf,
  listed,
  nameOf,
  replicaCount,
  runningOf,
  type StackFacts,
  sameSet,
  textWith,
} from './evidence/stack-facts.ts';

export interface DnsFacts extends StackFacts {
  /** The service that sends the query; empty: it has no running container. */
  readonly from: string;
  readonly answers: readonly string[];
}

/** Resolves a role's name from inside the stack. */
export const lookUp =
  (role: string) =>
  async (world: World): Promise<DnsFacts> => {
    const { stack, inside } = await probingContainer(world);
    if (!inside) return { ...stack, from: '', answers: [] };
    const isKnown = runningOf(stack, role).some((one) => shared(inside, one) !== undefined);
    const answers = await resolveInside(world, inside, nameOf(stack, role)).catch((error: unknown) => {
      // Docker's DNS asks other name servers for names that it does not know, and without a network none of them answers.
      if (error instanceof LabError && error.code === 'E_PROBE' && !isKnown) return [];
      throw error;
    });
    return { ...stack, from: inside.service, answers };
  };

/** DNS returns exactly the addresses of the role's replicas, and there are `count` of them. */
export function dnsResolves<R extends string>(role: R, count: number): Check<DnsFacts, R> {
  return defineCheck({
    id: count === 1 ? `dns-knows-${role}` : `dns-knows-${count}-${role}`,
    roles: [role],
    claim: textWith('DNS returns exactly the {count} of {role}', 'DNS 會傳回 {role} 的 {count}，沒有其他位址', {
      role,
      count: replicaCount(count),
    }),
    gather: lookUp(role),
    judge: (facts) => judgeDns(facts, role, count),
    explain: async (world, facts) =>
      runningOf(facts, role).length === 0
        ? explainReplicas(role, count)(world)
        : explainStrange(world, facts, { role, strange: strangeIn(facts, role) }),
  });
}

/** The addresses that no running replica of a role has. */
const strangeIn = (facts: DnsFacts, role: string): string[] =>
  facts.answers.filter((address) => !runningOf(facts, role).some((one) => addressesOf(one).includes(address)));

function judgeDns(facts: DnsFacts, role: string, count: number): Judgement {
  const service = nameOf(facts, role);
  const replicas = runningOf(facts, role);
  const expected = textWith(
    '{count} address(es) for {service}, those of its running replicas',
    '{service} 有 {count} 個位址，都是執行中副本的位址',
    { count, service },
  );
  if (facts.from === '') {
    const skip = skippedWithoutProxy(facts, role);
    if (skip) return skip;
    return failed({
      expected,
      actual: facts.replicas.some((one) => one.state === 'running')
        ? textWith('nothing to ask from: {from} does not run', '沒有可以用來查詢的容器：{from} 沒有在執行', {
            from: nameOf(facts, facts.probeFrom),
          })
        : textWith('nothing to ask from: no service of this stack runs', '沒有可以用來查詢的容器：這組服務都沒有在執行'),
      help: textWith('start the stack: docker compose up -d', '啟動服務：docker compose up -d'),
    });
  }
  // A replica on several networks has several addresses; DNS returns those on networks shared with the client.
  const known = replicas.map((replica) => addressesOf(replica).filter((address) => facts.answers.includes(address)));
  const right = replicas.length === count && known.every((of) => of.length > 0);
  if (right && sameSet(known.flat(), facts.answers)) return passed(listed(facts.answers));
  const strange = strangeIn(facts, role);
  const asker = facts.replicas.find((one) => one.service === facts.from && one.state === 'running');
  const apart = asker ? replicas.filter((one) => shared(asker, one) === undefined) : [];
  const mismatch = {
    expected,
    actual: textWith('DNS knows {answers}; running: {running}', 'DNS 傳回 {answers}；執行中：{running}', {
      answers: listed(facts.answers),
      running: listed(replicas.flatMap(addressesOf)),
    }),
    help:
      strange.length > 0
        ? textWith(
            '{strange} is no replica of {service}: does another service or container use its name as an alias?',
            '{strange} 不是 {service} 的副本：是否有其他服務或容器以它的名稱作為別名？',
            { strange: listed(strange.map((address) => withOwner(facts, address))), service },
          )
        : apart.length > 0
          ? textWith(
              '{apart} is not on the same network as {from}; reconnect it: docker compose up -d --no-deps --force-recreate --scale {service}={count} {service}',
              '{apart} 和 {from} 不在同一個網路；請重新加入：docker compose up -d --no-deps --force-recreate --scale {service}={count} {service}',
              { apart: listed(apart.map((one) => one.hostname)), from: facts.from, service, count },
            )
          : textWith(
              'scale it to {count}: docker compose up -d --scale {service}={count}',
              '調整成 {count} 個：docker compose up -d --scale {service}={count}',
              { count, service },
            ),
  };
  // The engine and its DNS disagree briefly while replicas start and stop.
  return replicas.length === count ? waiting(mismatch) : failed(mismatch);
}

/** `172.18.0.3 (cache)`; only the address if no container of the project has it. */
const withOwner = (facts: StackFacts, address: string): string => {
  const owner = atAddress(facts.replicas, address);
  return owner ? `${address} (${owner.service})` : address;
};
