import { type Check, defineCheck } from '../lab/check.ts';
import { LabError } from '../lab/error.ts';
import type { Replica } from '../lab/facts.ts';
import { portOf } from '../lab/stack.ts';
import { type Text, text, verbatim } from '../lab/text.ts';
import { errored, failed, type Judgement, passed } from '../lab/verdict.ts';
import type { Answer, Visitor, World } from '../lab/world.ts';
import { judgeEven, spreadOf } from './balance.ts';
import { curlScript, readAnswers } from './evidence/probe-scripts.ts';
import { runProbe } from './evidence/probes.ts';
import { namedIn, shared, tally } from './evidence/sample.ts';
import { gatherStack, listed, nameOf, runningOf, type StackFacts, textWith } from './evidence/stack-facts.ts';

/**
 * Checks for graders: an answer is no evidence of which replica served the request, nor of what it did. They compare answers with what the kernel and the
 * store counted, and with the answers of a replica while the others are paused.
 */

/** Enough to tell 60 : 20 : 20 from chance: its probability with a fair balancer is 5e-12. */
const visits: Readonly<Record<Visitor, number>> = { curl: 150, browser: 45 };

export interface AuditFacts extends StackFacts {
  readonly role: string;
  readonly front: string;
  /** The answers to each visitor, in order. */
  readonly visited: Readonly<Record<Visitor, readonly Answer[]>>;
  /** Packets that each replica received during all visits, by ID. */
  readonly received: Readonly<Record<string, number>>;
  /** The answer of each replica while the others were paused, by ID; omitted: it was not reached. */
  readonly alone: Readonly<Record<string, Answer>>;
  /** The store's own count of writes during all visits; `locked`: it asks for a password; omitted: it is not the store that it should be. */
  readonly stored?: number | 'locked';
}

interface Audited<R extends string> {
  readonly role: R;
  /** The proxy. */
  readonly front: R;
  /** Reads how often the store was written to: see `AuditFacts.stored`. */
  stored(world: World): Promise<number | 'locked' | undefined>;
}

/** One after another: what pauses containers must not meet other requests. */
export const gatherAudit =
  <R extends string>({ role, front, stored }: Audited<R>) =>
  async (world: World): Promise<AuditFacts> => {
    const { grader } = world;
    const stack = await gatherStack(world);
    if (!grader) throw new Error('only a grader can audit');
    const [before, storedBefore] = [await grader.received(), await stored(world)];
    const visited = { curl: await grader.visit(visits.curl, 'curl'), browser: await grader.visit(visits.browser, 'browser') };
    const [after, storedAfter] = [await grader.received(), await stored(world)];
    const received = Object.fromEntries(Object.entries(after).map(([id, count]) => [id, count - (before[id] ?? 0)]));
    const counted = storedBetween(storedBefore, storedAfter);
    const alone = await askAlone(world, stack, role, front);
    return { ...stack, role, front, visited, received, alone, ...counted };
  };

function storedBetween(before: number | 'locked' | undefined, after: typeof before): Pick<AuditFacts, 'stored'> {
  if (before === undefined || after === undefined) return {};
  return { stored: before === 'locked' || after === 'locked' ? 'locked' : after - before };
}

async function askAlone(world: World, stack: StackFacts, role: string, front: string): Promise<Record<string, Answer>> {
  const [inside] = runningOf(stack, front);
  const answers: Record<string, Answer> = {};
  if (!inside) return answers;
  for (const replica of runningOf(stack, role)) {
    const host = shared(inside, replica);
    if (host === undefined) continue;
    const marker = world.nonce();
    const script = curlScript([{ host, nonce: '' }], portOf(world.spec, role), marker);
    const read = async () => readAnswers(await runProbe(world, inside, script), marker);
    const [answer] = (await world.grader?.alone(replica.id, read)) ?? [];
    if (answer) answers[replica.id] = answer;
  }
  return answers;
}

type Gather = (world: World) => Promise<AuditFacts>;

const countsOf = (facts: AuditFacts, answers: readonly Answer[]): { replicas: Replica[]; counts: number[] } => {
  const replicas = runningOf(facts, facts.role);
  return {
    replicas,
    counts: tally(
      replicas,
      answers.map(({ body }) => namedIn(replicas, body)),
    ),
  };
};

const visitorNames: Readonly<Record<Visitor, Text>> = { curl: verbatim('curl'), browser: text('a browser', '瀏覽器') };

/** Every visitor's requests are answered, by all replicas, evenly. */
export function servesEveryVisitor<R extends string>(front: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: 'every-visitor-is-served-alike',
    roles: [front],
    claim: textWith(
      'plain requests of curl and of a browser reach all replicas evenly through {front}',
      'curl 與瀏覽器的一般請求經由 {front} 平均到達所有副本',
      { front },
    ),
    gather,
    judge: (facts) => {
      const bad = (['curl', 'browser'] as const)
        .map((visitor) => judgeVisitor(facts, visitor))
        .find(({ outcome }) => outcome !== 'passed');
      const { counts } = countsOf(facts, Object.values(facts.visited).flat());
      return bad ?? passed(verbatim(counts.join(' : ')));
    },
  });
}

function judgeVisitor(facts: AuditFacts, visitor: Visitor): Judgement {
  const answers = facts.visited[visitor];
  const { replicas, counts } = countsOf(facts, answers);
  const names = { who: visitorNames[visitor], front: nameOf(facts, facts.front), total: answers.length };
  const spread = spreadOf(replicas, counts, (one) => one.hostname);
  const refused = answers.filter(({ status }) => status < 200 || status >= 400);
  const [first] = refused;
  if (first)
    return failed({
      expected: textWith('an answer to every request of {who}', '{who} 的每個請求都有回應', names),
      actual: textWith('{count} of {total} have status {status}', '{total} 個之中有 {count} 個的狀態碼是 {status}', {
        ...names,
        count: refused.length,
        status: first.status,
      }),
      help: textWith(
        'curl -v http://localhost/; what decides by header, cookie or path?',
        'curl -v http://localhost/；哪裡依標頭、cookie 或路徑決定回應？',
      ),
      spread,
    });
  const unknown = answers.length - counts.reduce((sum, count) => sum + count, 0);
  if (unknown > 0)
    return failed({
      expected: text("a replica's hostname in every answer", '每個回應裡都有副本的主機名稱'),
      actual: textWith(
        '{unknown} of {total} answers to {who} name no replica',
        '{who} 的 {total} 個回應中有 {unknown} 個沒有副本的主機名稱',
        {
          ...names,
          unknown,
        },
      ),
      help: textWith('does {front} answer by itself, or from a cache?', '{front} 是否自行回應，或使用了快取？', names),
      spread,
    });
  return judgeEven(counts, spread, nameOf(facts, facts.role));
}

/** Each replica received the requests that carry its hostname. */
export function receivesItsRequests<R extends string>(role: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: 'replicas-receive-their-requests',
    roles: [role],
    claim: textWith(
      'each replica of {role} received the requests that its hostname answers',
      '每個 {role} 副本都收到了以其主機名稱回應的請求',
      {
        role,
      },
    ),
    gather,
    judge: judgeReceived,
  });
}

function judgeReceived(facts: AuditFacts): Judgement {
  const { replicas, counts } = countsOf(facts, Object.values(facts.visited).flat());
  const seen = replicas.map((one, at) => ({
    name: one.hostname,
    answered: counts[at] ?? 0,
    packets: facts.received[one.id] ?? 0,
  }));
  // a request is at least one packet
  const short = seen.filter(({ answered, packets }) => packets < answered);
  const shown = seen.map(({ name, answered, packets }) =>
    textWith('{name}: {answered} answers, {packets} packets', '{name}：{answered} 個回應，{packets} 個封包', {
      name,
      answered,
      packets,
    }),
  );
  const all = { en: shown.map(({ en }) => en).join('; '), 'zh-TW': shown.map((one) => one['zh-TW']).join('；') };
  if (short.length === 0 && seen.length > 0) return passed(all);
  return failed({
    expected: text('at least one packet for each answer', '每個回應至少有一個封包'),
    actual: all,
    help: textWith(
      'what else answers in their name? {front} passes requests to {role}, which returns its own hostname',
      '是否由其他程式以它們的名義回應？{front} 應把請求轉送給 {role}，由它回傳自己的主機名稱',
      {
        front: nameOf(facts, facts.front),
        role: nameOf(facts, facts.role),
      },
    ),
  });
}

/** Each replica answers with its own hostname while the others are paused. */
export function answersAlone<R extends string>(role: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: `each-${role}-answers-alone`,
    roles: [role],
    claim: textWith(
      'each replica of {role} answers by itself, while the others are paused',
      '其他副本暫停時，每個 {role} 副本都能獨自回應',
      { role },
    ),
    gather,
    judge: (facts) => {
      const replicas = runningOf(facts, facts.role);
      const silent = replicas.filter((one) => namedIn([one], facts.alone[one.id]?.body ?? '') === undefined);
      if (silent.length === 0 && replicas.length > 0)
        return passed(textWith('{count} of {count}', '{count} 個都能', { count: replicas.length }));
      return failed({
        expected: text('an answer with its own hostname from each', '每個副本以自己的主機名稱回應'),
        actual: textWith('no such answer from {names}', '{names} 沒有這樣回應', {
          names: listed(silent.map((one) => one.hostname)),
        }),
        help: textWith(
          'does one replica answer for the others? Each has to serve requests by itself',
          '是否由一個副本代替其他副本回應？每個副本都必須自行處理請求',
        ),
      });
    },
  });
}

const locked = (store: string): LabError =>
  new LabError(
    'E_PROBE',
    text(`${store} asks for a password, so its count of writes cannot be read`, `${store} 需要密碼，因此無法讀取它的寫入次數`),
    text('look at the app: does it increment a key for each request?', '請檢查應用程式：每個請求是否都會遞增一個鍵？'),
  );

/** The store was written to at least once for each request. */
export function storeCounts<R extends string>(store: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: `${store}-counts-the-requests`,
    roles: [store],
    claim: textWith('each request is counted in {store}', '每個請求都記錄在 {store}', { store }),
    gather,
    judge: (facts) => {
      const total = Object.values(facts.visited)
        .flat()
        .filter(({ status }) => status >= 200 && status < 400).length;
      if (facts.stored === 'locked') return errored(locked(nameOf(facts, store)));
      const names = { total, stored: facts.stored ?? 0, store: nameOf(facts, store) };
      if (facts.stored !== undefined && facts.stored >= total && total > 0)
        return passed(textWith('{stored} writes for {total} requests', '{total} 個請求，{stored} 次寫入', names));
      return failed({
        expected: textWith(
          'at least {total} writes to {store} for {total} requests',
          '{total} 個請求至少寫入 {store} {total} 次',
          names,
        ),
        actual:
          facts.stored === undefined
            ? textWith('{store} does not answer as the store that it should be', '{store} 沒有以應有的儲存服務回應', names)
            : textWith('{stored} writes', '{stored} 次寫入', names),
        help: textWith(
          'where does the app keep its counter? It has to be in {store}, which all replicas share',
          '應用程式把計數器存在哪裡？必須存在所有副本共用的 {store}',
          names,
        ),
      });
    },
  });
}
