import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { type Text, text } from '../lab/text.ts';
import { type Cause, failed, type Judgement, passed, skipped, waiting, withFaultIn } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { requestFailure, shareName } from './answers.ts';
import { answered, judgeEven, spreadOf, withoutBars } from './balance.ts';
import { explainAnswers } from './causes/answers.ts';
import { hasResolver } from './evidence/probes.ts';
import { needsMany, type SampleFacts } from './evidence/sample.ts';
import { listed, nameOf, runningOf, textWith } from './evidence/stack-facts.ts';
import { unknownHostnameHint } from './hostnames.ts';
import { byTime, onceMore, starts } from './start-order.ts';

type Gather<F> = (world: World) => Promise<F>;

interface FrontFacts extends SampleFacts {
  /** The proxy's configuration has a `resolver`: it resolves names again by itself. */
  readonly resolver?: boolean;
}

/**
 * Requests through the proxy reach exactly `count` replicas. 1 of 3 is the stale state, which the lab shows before it fixes it.
 */
export function proxyReaches<const R extends string>(
  id: string,
  claim: Text,
  { front, count }: { front: R; count: number },
  gather: Gather<SampleFacts>,
): Check<FrontFacts, R> {
  return defineCheck({
    id,
    roles: [front],
    claim,
    gather: count === 1 ? withResolver(front, gather) : gather,
    judge: (facts) => {
      const verdict = withFaultIn(['conf'], judgeFront(facts, front, count));
      return count === 1 ? verdict : withoutBars(verdict);
    },
    explain: (world, facts) =>
      count === 1 ? explainReload(world, runningOf(facts, front)[0], facts) : explainAnswers(facts.role)(world, facts),
  });
}

/** The proxy has read its configuration again, and with it the name, by a command inside its container. */
async function explainReload(world: World, front: Replica | undefined, facts: SampleFacts): Promise<Cause | undefined> {
  const { commands = [] } = front ? await world.execs(front.startedAt) : {};
  const found = commands.findLast(({ line, containerId }) => containerId === front?.id && /\breload\b|-HUP\b/.test(line));
  if (!front || !found) return explainAnswers(facts.role)(world, facts);
  const names = { front: front.service, typed: found.line.trim() };
  return {
    text: textWith(
      '`{typed}` in {front} made it look the name up again',
      '在 {front} 裡執行的 `{typed}` 讓它重新查詢了名稱',
      names,
    ),
    help: onceMore(front.service, nameOf(facts, facts.role), runningOf(facts, facts.role).length),
  };
}

const withResolver =
  (front: string, gather: Gather<SampleFacts>) =>
  async (world: World): Promise<FrontFacts> => {
    const facts = await gather(world);
    const inside = runningOf(facts, front)[0];
    return inside && world.spec.proxy ? { ...facts, resolver: await hasResolver(world, inside) } : facts;
  };

function judgeFront(facts: FrontFacts, front: string, count: number): Judgement {
  const { replicas, counts } = answered(facts);
  const bad = requestFailure(facts) ?? shareName(replicas);
  if (bad) return bad;
  const spread = spreadOf(replicas, counts, (one) => one.hostname);
  const met = counts.filter((one) => one > 0).length;
  const names = { service: nameOf(facts, facts.role), front: nameOf(facts, front), all: replicas.length, met, count };
  const stale = isStale(facts, front, met);
  const total = facts.answers.length;
  const strangers = total - counts.reduce((sum, one) => sum + one, 0);
  if (met === count && strangers === 0)
    return passed(
      textWith('{met} reached in {total} own requests', '檢查自行送出 {total} 個請求，到達 {met} 個副本', { met, total }),
      { spread },
    );
  if (met === count)
    return failed({
      expected: text("a replica's hostname in every answer", '每個回應裡都有副本的主機名稱'),
      actual: textWith('{strangers} of {total} answers name no replica', '{total} 個回應中有 {strangers} 個沒有副本的主機名稱', {
        strangers,
        total,
      }),
      help: textWith(
        'see what else answers: docker compose logs {front}',
        '查看還有哪些服務在回應：docker compose logs {front}',
        names,
      ),
      spread,
    });
  if (met > count && facts.resolver)
    return skipped(
      textWith(
        '{front} looks up the name again on its own (`resolver`): it already uses the new replicas',
        '{front} 會自行重新查詢名稱（`resolver`）：已經在使用新的副本',
        names,
      ),
    );
  const mismatch = {
    expected: textWith(
      '{front} reaches {count} of {all} {service} replicas',
      '{front} 把請求轉送給 {all} 個 {service} 副本中的 {count} 個',
      names,
    ),
    actual: textWith(
      '{all} {service} replicas run, {front} reaches {met}',
      '{service} 有 {all} 個副本在執行，{front} 只把請求轉送給 {met} 個',
      names,
    ),
    help:
      met > count
        ? onceMore(names.front, names.service, names.all)
        : met === 0
          ? unknownHostnameHint(facts, facts.role)
          : stale
            ? textWith(
                '{front} looked the name up once, when it started: docker compose restart {front}',
                '{front} 只在啟動時查詢過一次名稱：docker compose restart {front}',
                names,
              )
            : textWith(
                '{front} has looked the name up since: is it `proxy_pass http://{service}:…`, with no address, no container, and no `ip_hash`, `hash` or `backup`? A replica that did not answer is left out for 10 s',
                '{front} 已經重新查詢過名稱：是否寫成 `proxy_pass http://{service}:…`，不是位址或容器名稱，也沒有 `ip_hash`、`hash` 或 `backup`？沒有回應的副本在 10 秒內不會收到請求',
                names,
              ),
    spread,
  };
  // A proxy that knows all replicas retries those that did not respond.
  return met > 0 && met < count && !stale ? waiting(mismatch) : failed(mismatch);
}

/** The proxy started before the newest replica and reaches one replica: it has not resolved the name again. */
const isStale = (facts: SampleFacts, front: string, met: number): boolean =>
  met === 1 && byTime(starts(facts, front).at(-1) ?? '', starts(facts, facts.role).at(-1) ?? '') < 0;

/** The proxy balances evenly: judged on the answers of one kept connection, which a single worker process of the proxy serves. */
export function proxyBalances<R extends string>(
  role: R,
  gather: Gather<SampleFacts & { kept: number }>,
): Check<SampleFacts & { kept: number }, R> {
  return defineCheck({
    id: 'front-spreads-evenly',
    roles: [role],
    claim: textWith('the proxy spreads the load evenly over {role}', '經由反向代理的請求平均分配給各個 {role} 副本', {
      role,
    }),
    gather,
    judge: (facts) => {
      const bad = requestFailure(facts);
      if (bad) return bad;
      const { replicas, counts } = answered({ ...facts, answers: facts.answers.slice(0, facts.kept) });
      if (facts.few && replicas.length > 1) return skipped(needsMany);
      const spread = spreadOf(replicas, counts, (one) => one.hostname);
      const verdict = judgeEven(counts, spread, nameOf(facts, role));
      // fewer requests than the check before it counts
      const actual = textWith('own requests over one connection {counts}', '檢查自行在同一個連線上送出的請求 {counts}', {
        counts: counts.join(' : '),
      });
      if (verdict.outcome === 'passed') return { ...verdict, actual };
      if (verdict.outcome !== 'failed' || !verdict.spread) return withFaultIn(['conf'], verdict);
      // each process of nginx leaves a replica that did not answer, as one that still started, out for 10 s
      const { outcome: _, ...mismatch } = verdict;
      return withFaultIn(['conf'], waiting(mismatch));
    },
    explain: (world, facts) => explainAnswers(role)(world, facts),
  });
}

/** The same replica answers every request. */
export function oneHostname<R extends string>(gather: Gather<SampleFacts<R>>): Check<SampleFacts, R> {
  return defineCheck({
    id: 'one-hostname-answers',
    claim: text('every answer has the same hostname', '每個回應的主機名稱都相同'),
    gather,
    judge: (facts) => withFaultIn([facts.role, 'conf'], judgeOneHostname(facts)),
    explain: (world, facts) => explainAnswers(facts.role)(world, facts),
  });
}

function judgeOneHostname(facts: SampleFacts): Judgement {
  const bad = requestFailure(facts);
  if (bad) return bad;
  const { replicas, counts } = answered(facts);
  const names = replicas.filter((_, at) => (counts[at] ?? 0) > 0).map((one) => one.hostname);
  const total = facts.answers.length;
  const named = counts.reduce((sum, count) => sum + count, 0);
  if (names.length === 1 && named === total)
    return passed(textWith('{total} answers, all {name}', '{total} 個回應，都是 {name}', { total, name: names[0] ?? '' }));
  return failed({
    expected: textWith('{total} answers with one hostname', '{total} 個回應，同一個主機名稱', { total }),
    actual:
      names.length === 1
        ? textWith('{named} are {name}, {others} name no replica', '{named} 個是 {name}，{others} 個不是副本的名稱', {
            named,
            name: names[0] ?? '',
            others: total - named,
          })
        : listed(names, text("no replica's hostname", '沒有副本的主機名稱')),
    help: textWith(
      'this step needs one replica of {service}: docker compose up -d',
      '這一步只需要一個 {service} 副本：docker compose up -d',
      {
        service: nameOf(facts, facts.role),
      },
    ),
  });
}
