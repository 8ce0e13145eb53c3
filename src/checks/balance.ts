import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { text, verbatim } from '../lab/text.ts';
import { failed, type Judgement, passed, type Spread, skipped, type Verdict } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { requestFailure } from './answers.ts';
import { explainHosts } from './causes/names.ts';
import { atAddress, namedIn, needsMany, type PingFacts, type SampleFacts, tally } from './evidence/sample.ts';
import { nameOf, replicaCount, runningOf, type StackFacts, textWith } from './evidence/stack-facts.ts';
import { fairness, oneInAMillion } from './fairness.ts';

type Gather<F> = (world: World) => Promise<F>;

export const spreadOf = (
  replicas: readonly Replica[],
  counts: readonly number[],
  label: (replica: Replica) => string,
): Spread => ({
  bars: replicas.map((replica, at) => ({ label: label(replica), count: counts[at] ?? 0 })),
});

/** The pinged addresses belong to replicas, and each replied. */
export function pingsAreReplicas<R extends string>(gather: Gather<PingFacts<R>>): Check<PingFacts, R> {
  return defineCheck({
    id: 'pinged-addresses-are-replicas',
    claim: text("every address pinged is a replica's, and replies", 'ping 到的每個位址都是副本的位址，而且都有回應'),
    gather,
    judge: judgePings,
  });
}

function judgePings(facts: PingFacts): Verdict {
  const service = nameOf(facts, facts.role);
  const replicas = runningOf(facts, facts.role);
  const odd = facts.pings.find((ping) => !atAddress(replicas, ping.address));
  const silent = facts.pings.find((ping) => !ping.replied);
  if (facts.pings.length > 0 && !odd && !silent)
    return passed(
      textWith(facts.pings.length === 1 ? 'one ping' : '{count} pings', '{count} 次 ping', { count: facts.pings.length }),
    );
  return failed({
    expected: textWith('pings of {service} that its replicas reply to', 'ping {service} 時由它的副本回應', { service }),
    actual: odd
      ? textWith('{address} is no replica of {service}', '{address} 不是 {service} 的副本', {
          address: odd.address || '?',
          service,
        })
      : silent
        ? textWith('no reply from {address}', '{address} 沒有回應', { address: silent.address })
        : textWith('no ping was possible', '無法 ping'),
    help: textWith('see what runs: docker compose ps', '查看執行中的容器：docker compose ps'),
  });
}

/** Pings to the name reach all replicas. */
export function pingReachesAll<R extends string>(role: R, count: number, gather: Gather<PingFacts>): Check<PingFacts, R> {
  return defineCheck({
    id: `ping-meets-all-${count}`,
    roles: [role],
    claim: textWith('pinging {role} reaches all {count} replicas', 'ping {role} 會到達全部 {count} 個副本', { role, count }),
    gather,
    judge: (facts) => {
      const replicas = runningOf(facts, role);
      if (facts.few && replicas.length === count) return skipped(needsMany);
      const counts = tally(
        replicas,
        facts.pings.map((ping) => atAddress(replicas, ping.address)),
      );
      return judgeAllMet(
        facts,
        role,
        count,
        counts,
        spreadOf(replicas, counts, (one) => Object.values(one.networks)[0]?.address ?? one.hostname),
      );
    },
    explain: (world, facts) => explainHosts(world, facts, role),
  });
}

/** Requests to the name reach all replicas. */
export function curlReachesAll<R extends string>(role: R, count: number, gather: Gather<SampleFacts>): Check<SampleFacts, R> {
  return defineCheck({
    id: `curl-meets-all-${count}`,
    roles: [role],
    claim: textWith(
      'repeated requests to {role} reach all {count} replicas',
      '重複向 {role} 送出請求，會到達全部 {count} 個副本',
      {
        role,
        count,
      },
    ),
    gather,
    judge: (facts) => {
      const { replicas, counts } = answered(facts);
      const spread = spreadOf(replicas, counts, (one) => one.hostname);
      if (facts.few && replicas.length === count) return requestFailure(facts) ?? skipped(needsMany);
      return requestFailure(facts) ?? withoutBars(judgeAllMet(facts, role, count, counts, spread));
    },
    explain: (world, facts) => explainHosts(world, facts, role),
  });
}

/** Removes the bars: another check on the same sample shows them. */
export const withoutBars = (verdict: Judgement): Judgement =>
  verdict.outcome === 'passed' ? passed(verdict.actual, verdict.note ? { note: verdict.note } : {}) : verdict;

/** The replicas that answered, by the hostname in each answer, and their counts. */
export const answered = (facts: SampleFacts): { replicas: Replica[]; counts: number[] } => {
  const replicas = runningOf(facts, facts.role);
  return {
    replicas,
    counts: tally(
      replicas,
      facts.answers.map((answer) => namedIn(replicas, answer.body)),
    ),
  };
};

function judgeAllMet(facts: StackFacts, role: string, count: number, counts: readonly number[], spread: Spread): Verdict {
  const met = counts.filter((one) => one > 0).length;
  const total = counts.reduce((sum, one) => sum + one, 0);
  if (met === count && counts.length === count)
    return passed(textWith('{met} reached in {total} own tries', '檢查自行嘗試 {total} 次，到達 {met} 個副本', { met, total }), {
      spread,
    });
  return failed({
    expected: textWith('all {count} replicas of {service}', '{service} 的全部 {count} 個副本', {
      count,
      service: nameOf(facts, role),
    }),
    actual: textWith('{met} of {all} running replicas reached in {total}', '{total} 次中，到達 {all} 個執行中副本裡的 {met} 個', {
      met,
      all: counts.length,
      total,
    }),
    help:
      counts.length === count
        ? textWith(
            'does the name resolve to all of them? docker compose exec {from} dig +short {service}; a line in /etc/hosts (`extra_hosts:`) takes precedence over DNS',
            '這個名稱是否解析為所有副本的位址？docker compose exec {from} dig +short {service}；/etc/hosts 裡的一行（`extra_hosts:`）會優先於 DNS',
            { from: nameOf(facts, facts.probeFrom), service: nameOf(facts, role) },
          )
        : textWith('docker compose up -d --scale {service}={count}', 'docker compose up -d --scale {service}={count}', {
            service: nameOf(facts, role),
            count,
          }),
    spread,
  });
}

/** The spread is plausible for a fair balancer: fails only if its probability is below one in a million. */
export function isBalanced<R extends string>(role: R, gather: Gather<SampleFacts>): Check<SampleFacts, R> {
  return defineCheck({
    id: 'spread-is-fair',
    roles: [role],
    claim: textWith('the load is spread fairly over {role}', '{role} 各副本分到的請求數大致平均', {
      role,
    }),
    gather,
    judge: (facts) => {
      const { replicas, counts } = answered(facts);
      const spread = spreadOf(replicas, counts, (one) => one.hostname);
      if (facts.few && replicas.length > 1) return requestFailure(facts) ?? skipped(needsMany);
      return requestFailure(facts) ?? judgeEven(counts, spread, nameOf(facts, role));
    },
  });
}

export function judgeEven(counts: readonly number[], spread: Spread, service: string): Verdict {
  const total = counts.reduce((sum, one) => sum + one, 0);
  if (counts.length < 2 || total === 0) {
    return failed({
      expected: textWith('answers from two replicas or more', '至少兩個副本有回應'),
      actual: textWith('{total} answers from {count}', '{count}，{total} 個回應', { total, count: replicaCount(counts.length) }),
      help: verbatim(`docker compose up -d --scale ${service}=3`),
    });
  }
  const chance = fairness(counts);
  const bars = { ...spread, fairness: chance };
  const shown = counts.join(' : ');
  if (chance >= oneInAMillion)
    return passed(textWith('own requests {shown}', '檢查自行送出的請求 {shown}', { shown }), { spread: bars });
  return failed({
    expected: textWith('a spread that chance allows at least once in a million', '隨機出現的機率不低於百萬分之一的分配'),
    actual: textWith('{shown}', '{shown}', { shown }),
    help: textWith(
      'something prefers a replica: look for weights, `ip_hash`, `split_clients`, `map`, `backup` or an alias of one replica alone',
      '請求偏向某個副本：檢查 weight、`ip_hash`、`split_clients`、`map`、`backup`，或只屬於一個副本的別名',
    ),
    spread: bars,
  });
}
