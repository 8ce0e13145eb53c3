import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { joinTexts, type Text, text, verbatim } from '../lab/text.ts';
import { failed, type Judgement, passed, waiting, withFaultIn } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { type LogTail, logTailOf, restartsRepeatedly, withLogTail } from './evidence/log-tail.ts';
import { gatherStack, nameOf, replicasOf, type StackFacts, textWith } from './evidence/stack-facts.ts';

interface HealthFacts extends StackFacts {
  /** Logs of the replicas that are not healthy. */
  readonly lastWords: LogTail;
}

/** The engine reports every replica of a role as healthy: its health check passed. */
export function isHealthy<R extends string>(role: R): Check<HealthFacts, R> {
  return defineCheck({
    id: `${role}-is-healthy`,
    roles: [role],
    claim: textWith('every replica of {role} is healthy', '{role} 的每個副本都是健康的（healthy）', { role }),
    gather: async (world: World) => {
      const stack = await gatherStack(world);
      const bad = replicasOf(stack, role).filter((one) => one.health !== 'healthy');
      return { ...stack, lastWords: await logTailOf(world, bad) };
    },
    judge: (facts) => withFaultIn([role], judgeHealthy(facts, role)),
  });
}

function judgeHealthy(facts: HealthFacts, role: string): Judgement {
  const service = nameOf(facts, role);
  const all = replicasOf(facts, role);
  const bad = all.filter((one) => one.state !== 'running' || one.health !== 'healthy');
  if (all.length > 0 && bad.length === 0) return passed(textWith('{count} healthy', '{count} 個健康', { count: all.length }));
  const [first] = bad;
  const unchecked = all.find((one) => one.state === 'running' && one.health === undefined);
  const mismatch = {
    expected: textWith('{service} is healthy', '{service} 的狀態是 healthy', { service }),
    actual: first
      ? joinTexts(bad.map(stateOf), text(', ', '、'))
      : textWith('no container of {service}', '沒有 {service} 的容器', { service }),
    help: !first
      ? textWith('start the stack: docker compose up -d', '啟動服務：docker compose up -d')
      : unchecked
        ? textWith(
            'give {service} a `healthcheck:` in compose.yaml, then: docker compose up -d',
            '請在 compose.yaml 中為 {service} 加上 `healthcheck:`，再執行 docker compose up -d',
            { service },
          )
        : textWith(
            'see what its health check printed: docker inspect --format "{fields}" {name}',
            '查看健康檢查的輸出：docker inspect --format "{fields}" {name}',
            { fields: '{{json .State.Health.Log}}', name: first.name },
          ),
    ...withLogTail(bad, facts.lastWords),
  };
  const mayRecover = ({ health, state }: Replica) => state === 'restarting' || (state === 'running' && health === 'starting');
  const isStarting = bad.some((one) => mayRecover(one) && !restartsRepeatedly(one));
  return isStarting && !unchecked ? waiting(mismatch) : failed(mismatch);
}

const stateOf = ({ name, state, health }: Replica): Text =>
  state === 'running' && health === undefined
    ? textWith('{name} has no health check', '{name} 沒有健康檢查', { name })
    : verbatim(`${name} ${state === 'running' ? health : state}`);
