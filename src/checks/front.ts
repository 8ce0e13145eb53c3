import { type Check, defineCheck } from '../lab/check.ts';
import { type Text, text } from '../lab/text.ts';
import type { Role } from '../lab/tutorial.ts';
import { failed, passed, type Verdict } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { unanswered } from './answers.ts';
import { answered, judgeFair, spreadOf, withoutBars } from './balance.ts';
import { listed, nameOf, say } from './look.ts';
import type { SampleFacts } from './sample.ts';

type Gather<F> = (world: World) => Promise<F>;

/** Through the front, exactly `count` replicas are reached. With 1 of 3 that is the stale state: proven before it is cured. */
export function frontReaches(
  id: string,
  claim: Text,
  { front, count }: { front: Role; count: number },
  gather: Gather<SampleFacts>,
): Check<SampleFacts> {
  return defineCheck({
    id,
    claim,
    gather,
    judge: (facts) => (count === 1 ? judgeFront(facts, front, count) : withoutBars(judgeFront(facts, front, count))),
  });
}

export function judgeFront(facts: SampleFacts, front: Role, count: number): Verdict {
  const bad = unanswered(facts);
  if (bad) return bad;
  const { replicas, counts } = answered(facts);
  const spread = spreadOf(replicas, counts, (one) => one.hostname);
  const met = counts.filter((one) => one > 0).length;
  const names = { service: nameOf(facts, facts.role), front: nameOf(facts, front), all: replicas.length, met, count };
  const total = facts.answers.length;
  const strangers = total - counts.reduce((sum, one) => sum + one, 0);
  if (met === count && strangers === 0)
    return passed(say('{met} reached in {total} answers', '{total} 個回應，來自 {met} 個副本', { met, total }), { spread });
  if (met === count)
    return failed({
      expected: text("a replica's hostname in every answer", '每個回應裡都有副本的主機名稱'),
      actual: say('{strangers} of {total} answers name no replica', '{total} 個回應中有 {strangers} 個沒有副本的主機名稱', {
        strangers,
        total,
      }),
      help: say('see what else answers: docker compose logs {front}', '看看還有誰在回應：docker compose logs {front}', names),
      spread,
    });
  return failed({
    expected: say(
      '{front} reaches {count} of {all} {service} replicas',
      '{front} 把請求交給 {all} 個 {service} 副本中的 {count} 個',
      names,
    ),
    actual: say(
      '{all} {service} replicas run, {front} reaches {met}',
      '{service} 有 {all} 個副本在執行，{front} 只交給 {met} 個',
      names,
    ),
    help:
      met < count
        ? say(
            '{front} looked the name up once, when it started: docker compose restart {front}',
            '{front} 只在啟動時查過一次名稱：docker compose restart {front}',
            names,
          )
        : say(
            '{front} must have looked the name up again; scale before you restart it',
            '{front} 已經重新查過名稱；請先擴展，再重新啟動它',
            names,
          ),
    spread,
  });
}

/** Evenly: judged on the answers of one kept connection, which a single worker of nginx serves. */
export function frontSpreadsEvenly(
  role: Role,
  gather: Gather<SampleFacts & { kept: number }>,
): Check<SampleFacts & { kept: number }> {
  return defineCheck({
    id: 'front-spreads-evenly',
    claim: say('the load through the front is spread evenly over {role}', '經過前端的請求平均分給 {role} 的副本', { role }),
    gather,
    judge: (facts) => {
      const bad = unanswered(facts);
      if (bad) return bad;
      const { replicas, counts } = answered({ ...facts, answers: facts.answers.slice(0, facts.kept) });
      return judgeFair(
        counts,
        spreadOf(replicas, counts, (one) => one.hostname),
      );
    },
  });
}

/** One and the same replica answers everything. */
export function oneHostname(gather: Gather<SampleFacts>): Check<SampleFacts> {
  return defineCheck({
    id: 'one-hostname-answers',
    claim: text('every answer has the same hostname', '每個回應的主機名稱都相同'),
    gather,
    judge: judgeOneHostname,
  });
}

export function judgeOneHostname(facts: SampleFacts): Verdict {
  const bad = unanswered(facts);
  if (bad) return bad;
  const { replicas, counts } = answered(facts);
  const names = replicas.filter((_, at) => (counts[at] ?? 0) > 0).map((one) => one.hostname);
  const total = facts.answers.length;
  const named = counts.reduce((sum, count) => sum + count, 0);
  if (names.length === 1 && named === total)
    return passed(say('{total} answers, all {name}', '{total} 個回應，都是 {name}', { total, name: names[0] ?? '' }));
  return failed({
    expected: say('{total} answers with one hostname', '{total} 個回應，同一個主機名稱', { total }),
    actual:
      names.length === 1
        ? say('{named} are {name}, {others} name no replica', '{named} 個是 {name}，{others} 個不是副本的名稱', {
            named,
            name: names[0] ?? '',
            others: total - named,
          })
        : listed(names, text("no replica's hostname", '沒有副本的主機名稱')),
    help: say(
      'one replica of {service} is asked for here: docker compose up -d',
      '這一步 {service} 只要一個副本：docker compose up -d',
      {
        service: nameOf(facts, facts.role),
      },
    ),
  });
}
