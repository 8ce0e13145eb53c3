import { type Check, defineCheck } from '../../lab/check.ts';
import { text } from '../../lab/text.ts';
import { type Cause, failed, passed, type Verdict, withFaultIn } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { explainPassing } from '../causes/answers.ts';
import { listed, nameOf, runningOf, textWith } from '../evidence/stack-facts.ts';
import type { AuditFacts } from './evidence.ts';
import { judgePassing } from './proxy.ts';
import { countsOf, judgeVisitors } from './served.ts';

type Gather = (world: World) => Promise<AuditFacts>;

/** The proxy's configuration, unless the proxy does right with an app of our own: then the app. */
const suspects = (facts: AuditFacts, front: string): string[] =>
  facts.trusted && judgePassing(facts, nameOf(facts, front)).outcome === 'passed' ? [facts.role] : ['conf'];

/** A cause in the proxy's configuration, where that is the suspect. */
const explainSuspect =
  (front: string) =>
  async (world: World, facts: AuditFacts): Promise<Cause | undefined> =>
    suspects(facts, front).includes('conf') ? explainPassing(world, facts) : undefined;

/** Plain requests of every visitor are answered by all replicas. */
export function servesEveryVisitor<R extends string>(role: R, front: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: 'every-visitor-is-served',
    roles: [role, front],
    claim: textWith(
      'plain requests of curl and of a browser reach all replicas of {role}',
      'curl 與瀏覽器的一般請求都能到達 {role} 的所有副本',
      { role },
    ),
    gather,
    judge: (facts) => withFaultIn(suspects(facts, front), judgeVisitors(facts, nameOf(facts, front))),
    explain: explainSuspect(front),
  });
}

/** Each replica received the requests that carry its hostname, by the kernel's count of packets. */
export function receivesItsRequests<R extends string>(role: R, front: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: 'replicas-receive-their-requests',
    roles: [role, front],
    claim: textWith(
      'each replica of {role} received the requests that its hostname answers',
      '以某個 {role} 副本的主機名稱回應的請求，確實由該副本收到',
      { role },
    ),
    gather,
    judge: (facts) => withFaultIn(suspects(facts, front), judgeReceived(facts, nameOf(facts, front))),
    explain: explainSuspect(front),
  });
}

function judgeReceived(facts: AuditFacts, front: string): Verdict {
  const replicas = runningOf(facts, facts.role);
  const counts = countsOf(replicas, Object.values(facts.visited ?? {}).flat());
  const seen = replicas.map((one, at) => ({
    name: one.hostname,
    answered: counts[at] ?? 0,
    packets: facts.received[one.id] ?? 0,
  }));
  const shown = listed(
    seen.map(({ name, answered, packets }) => `${name} ${answered}/${packets}`),
    text('no replica', '沒有副本'),
  );
  const actual = textWith('answers/packets: {shown}', '回應數／封包數：{shown}', { shown });
  // a request is at least one packet
  if (seen.length > 0 && seen.every(({ answered, packets }) => packets >= answered)) return passed(actual);
  const [worst] = seen.toSorted((a, b) => a.packets - a.answered - (b.packets - b.answered));
  return failed({
    expected: text(
      'each replica receives the requests that are answered with its hostname',
      '以某個副本的主機名稱回應的請求，由該副本收到',
    ),
    actual: worst
      ? textWith(
          '{answered} answers with the hostname {name}, which received {packets} packets ({all})',
          '{answered} 個回應的主機名稱是 {name}，但它只收到 {packets} 個封包（{all}）',
          { ...worst, all: actual },
        )
      : actual,
    help: textWith(
      'another container, or {front} itself, answers in their name: to which host does `proxy_pass` send requests? It must be {role}, which answers with its own hostname',
      '由其他容器或 {front} 自己以它們的名義回應：`proxy_pass` 把請求送到哪個主機？必須是 {role}，由它以自己的主機名稱回應',
      { front, role: nameOf(facts, facts.role) },
    ),
  });
}
