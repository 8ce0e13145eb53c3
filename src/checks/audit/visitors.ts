import { type Check, defineCheck } from '../../lab/check.ts';
import type { Replica } from '../../lab/facts.ts';
import { type Text, text, verbatim } from '../../lab/text.ts';
import { failed, type Mismatch, passed, type Verdict } from '../../lab/verdict.ts';
import type { Answer, Visitor, World } from '../../lab/world.ts';
import { spreadOf } from '../balance.ts';
import { namedIn, tally } from '../evidence/sample.ts';
import { listed, nameOf, runningOf, textWith } from '../evidence/stack-facts.ts';
import type { AuditFacts, Visits } from './evidence.ts';

type Gather = (world: World) => Promise<AuditFacts>;

export const visitorNames: Readonly<Record<Visitor, Text>> = {
  curl: verbatim('curl'),
  browser: text('a browser', '瀏覽器'),
  kept: text('curl on one connection', '使用同一個連線的 curl'),
};

/** The first visitor with an answer that is not a success. */
export function refusedVisitor(visited: Visits, front: string): Mismatch | undefined {
  for (const visitor of ['curl', 'browser', 'kept'] as const) {
    const answers = visited[visitor] ?? [];
    const refused = answers.filter(({ status }) => status < 200 || status >= 400);
    const [first] = refused;
    if (!first) continue;
    const names = { who: visitorNames[visitor], front, total: answers.length, count: refused.length, status: first.status };
    return {
      expected: textWith('an answer to every plain request of {who}', '{who} 的每個一般請求都有回應', names),
      actual:
        first.status === 0
          ? textWith('{count} of {total} have no answer', '{total} 個之中有 {count} 個沒有回應', names)
          : textWith('{count} of {total} have status {status}', '{total} 個之中有 {count} 個的狀態碼是 {status}', names),
      help: textWith(
        'curl -v http://localhost/; does {front} or the app decide by header, cookie or path?',
        'curl -v http://localhost/；{front} 或應用程式是否依標頭、cookie 或路徑決定回應？',
        names,
      ),
    };
  }
  return undefined;
}

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
    judge: (facts) => judgeVisitors(facts, nameOf(facts, front)),
  });
}

/** Whether all replicas answered every visitor. */
export const isServed = (facts: AuditFacts): boolean => judgeVisitors(facts, '').outcome === 'passed';

function judgeVisitors(facts: AuditFacts, front: string): Verdict {
  const visited = facts.visited ?? {};
  const refused = refusedVisitor(visited, front);
  if (refused) return failed(refused);
  const replicas = runningOf(facts, facts.role);
  for (const visitor of ['curl', 'browser'] as const) {
    const answers = visited[visitor] ?? [];
    const counts = countsOf(replicas, answers);
    const unknown = answers.length - counts.reduce((sum, count) => sum + count, 0);
    const names = { who: visitorNames[visitor], front, unknown, total: answers.length };
    if (unknown > 0)
      return failed({
        expected: textWith("a replica's hostname in every answer to {who}", '{who} 的每個回應裡都有副本的主機名稱', names),
        actual: textWith('{unknown} of {total} contain none', '{total} 個之中有 {unknown} 個沒有', names),
        help: textWith('does {front} answer by itself, or from a cache?', '{front} 是否自行回應，或使用了快取？', names),
      });
    const missed = replicas.filter((_, at) => counts[at] === 0);
    if (missed.length > 0 || replicas.length === 0)
      return failed({
        expected: textWith('answers from every replica to {who}', '{who} 收到每個副本的回應', names),
        actual: textWith('none from {missed} in {total}', '{total} 個回應中，沒有來自 {missed} 的', {
          ...names,
          missed: listed(missed.map(({ hostname }) => hostname)),
        }),
        help: textWith(
          'does {front} keep a visitor at one replica, by cookie, address or user agent?',
          '{front} 是否依 cookie、位址或 User-Agent 把訪客固定在同一個副本？',
          names,
        ),
        spread: spreadOf(replicas, counts, (one) => one.hostname),
      });
  }
  return passed(verbatim(countsOf(replicas, Object.values(visited).flat()).join(' : ')));
}

const countsOf = (replicas: readonly Replica[], answers: readonly Answer[]): number[] =>
  tally(
    replicas,
    answers.map(({ body }) => namedIn(replicas, body)),
  );

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
    judge: (facts) => judgeReceived(facts, nameOf(facts, front)),
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
  return failed({
    expected: text('at least one packet for each answer', '每個回應至少有一個封包'),
    actual,
    help: textWith(
      'what answers in their name? {front} must pass each request to {role}, which answers with its own hostname',
      '是什麼以它們的名義回應？{front} 必須把每個請求轉送給 {role}，由它以自己的主機名稱回應',
      { front, role: nameOf(facts, facts.role) },
    ),
  });
}
