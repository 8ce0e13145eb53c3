import { type Check, defineCheck } from '../lab/check.ts';
import type { Role } from '../lab/tutorial.ts';
import { failed, passed, type Verdict, waiting } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { readAddresses, resolveScript } from '../probe/scripts.ts';
import { addressesOf, listed, nameOf, replicaCount, runningOf, type StackFacts, sameSet, say } from './look.ts';
import { runProbe, standAt } from './probing.ts';

export interface DnsFacts extends StackFacts {
  /** The service asked from; empty: it has no running container. */
  readonly from: string;
  readonly answers: readonly string[];
}

/** What a role's name resolves to, asked inside the stack. */
export const lookUp =
  (role: Role) =>
  async (world: World): Promise<DnsFacts> => {
    const { stack, inside } = await standAt(world);
    if (!inside) return { ...stack, from: '', answers: [] };
    return {
      ...stack,
      from: inside.service,
      answers: readAddresses(await runProbe(world, inside, resolveScript(nameOf(stack, role)))),
    };
  };

/** DNS knows the replicas of a role, all of them and nothing else; `count` of them. */
export function dnsKnows(role: Role, count: number): Check<DnsFacts> {
  return defineCheck({
    id: count === 1 ? `dns-knows-${role}` : `dns-knows-${count}-${role}`,
    claim: say('DNS knows the {count} of {role}, and no other address', 'DNS 知道 {role} 的 {count}，沒有其他位址', {
      role,
      count: replicaCount(count),
    }),
    help:
      strange.length > 0
        ? say(
            '{strange} is no replica of {service}: does another service or container use its name as an alias?',
            '{strange} 不是 {service} 的副本：是否有其他服務或容器用了它的名稱當別名？',
            { strange: listed(strange), service },
          )
        : say(
            'bring it to {count}: docker compose up -d --scale {service}={count}',
            '調整成 {count} 個：docker compose up -d --scale {service}={count}',
            { count, service },
          ),
  };
  // The engine and its DNS disagree for a moment while replicas come and go.
  return replicas.length === count && strange.length > 0 ? waiting(mismatch) : failed(mismatch);
}
