import { type Check, defineCheck } from '../../lab/check.ts';
import { text } from '../../lab/text.ts';
import { failed, passed, type Verdict, withFaultIn } from '../../lab/verdict.ts';
import { gatherStack, listed, nameOf, replicasOf, type StackFacts, short, textWith } from '../evidence/stack-facts.ts';

/** None of the replicas that a role had before the step's work exists. Needs a baseline. */
export function isReplaced<R extends string>(role: R): Check<StackFacts, R> {
  return defineCheck({
    id: `${role}-is-replaced`,
    roles: [role],
    claim: textWith('every earlier replica of {role} was replaced', '{role} 原來的副本都已換新', { role }),
    needsBaseline: true,
    gather: gatherStack,
    judge: (facts, before) => withFaultIn([role], judgeReplaced(facts, before, role)),
  });
}

function judgeReplaced(facts: StackFacts, before: StackFacts | undefined, role: string): Verdict {
  const service = nameOf(facts, role);
  const was = before ? replicasOf(before, role) : [];
  const is = replicasOf(facts, role);
  const kept = is.filter((one) => was.some(({ id }) => id === one.id));
  if (was.length > 0 && is.length > 0 && kept.length === 0)
    return passed(
      textWith('{was} replaced by {list}', '{was} 個已換成 {list}', {
        was: was.length,
        list: listed(is.map((one) => short(one.id))),
      }),
    );
  return failed({
    expected: textWith('new containers of {service}, and none of the earlier ones', '{service} 的容器都是新的，沒有原來的容器', {
      service,
    }),
    actual:
      was.length === 0
        ? text('there were none before this step', '這一步之前沒有任何容器')
        : kept.length > 0
          ? textWith('still there: {list}', '還在：{list}', { list: listed(kept.map((one) => `${short(one.id)} ${one.state}`)) })
          : textWith('no container of {service}', '沒有 {service} 的容器', { service }),
    help: textWith(
      'start new replicas, and stop and remove each earlier one: docker compose ps --all {service}',
      '啟動新的副本，再停止並移除每個原來的副本：docker compose ps --all {service}',
      { service },
    ),
  });
}
