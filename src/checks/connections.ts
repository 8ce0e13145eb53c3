import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { type Text, text } from '../lab/text.ts';
import { failed, type Judgement, passed } from '../lab/verdict.ts';
import type { Answer, World } from '../lab/world.ts';
import { requestFailure } from './answers.ts';
import { atAddress, namedIn, type SampleFacts } from './evidence/sample.ts';
import { nameOf, runningOf, textWith } from './evidence/stack-facts.ts';

type Gather<F> = (world: World) => Promise<F>;

/** Each answer comes from the address of the replica that it names. */
export function addressesMatch<R extends string>(id: string, claim: Text, gather: Gather<SampleFacts<R>>): Check<SampleFacts, R> {
  return defineCheck({ id, claim, gather, judge: judgeAddresses });
}

function judgeAddresses(facts: SampleFacts): Judgement {
  const bad = requestFailure(facts);
  if (bad) return bad;
  const replicas = runningOf(facts, facts.role);
  const odd = facts.answers.find((answer) => {
    const named = namedIn(replicas, answer.body);
    return !named || atAddress(replicas, answer.address)?.id !== named.id;
  });
  if (!odd)
    return passed(
      textWith('{count} connections, each to the replica that answered', '{count} 個連線，都連到實際回應的副本', {
        count: facts.answers.length,
      }),
    );
  return failed({
    expected: textWith('a connection to the replica that answered', '連線到實際回應的副本'),
    actual: textWith(
      'connected to {address} ({owner}), answered by {name}{more}',
      '連線到 {address}（{owner}），回應的卻是 {name}{more}',
      {
        address: odd.address,
        owner: atAddress(replicas, odd.address)?.hostname ?? text('no replica', '不是副本'),
        name: namedIn(replicas, odd.body)?.hostname ?? text('another program', '其他程式'),
        more: loggedBy(facts, replicas, odd),
      },
    ),
    help: isLie(replicas, odd)
      ? text(
          'the app must answer each request itself, not pass it on like a proxy, and with its own hostname: socket.gethostname()',
          '應用程式必須自己回應每個請求，不要像代理一樣轉送，並使用自己的主機名稱：socket.gethostname()',
        )
      : textWith(
          'something is in between: does an alias, a fixed `hostname:` or a proxy take the place of the replicas?',
          '中間有其他元件：是否有別名、固定的 `hostname:` 或代理取代了副本？',
        ),
  });
}

/** Which of the two replicas has the request in its log. */
function loggedBy(facts: SampleFacts, replicas: readonly Replica[], { address, body, nonce }: Answer): Text {
  const [at, named] = [atAddress(replicas, address), namedIn(replicas, body)];
  const has = (one: Replica | undefined) => one !== undefined && nonce !== '' && facts.logged[one.id]?.includes(nonce) === true;
  const names = { at: at?.hostname ?? '', name: named?.hostname ?? '' };
  if (has(named) && named?.id !== at?.id)
    return textWith(
      ', which has the request in its log: {at} passed it on',
      '，而且請求在 {name} 的日誌裡：是 {at} 轉送過去的',
      names,
    );
  if (has(at) && named)
    return textWith(
      ', which has no such request in its log: {at} gave the name of another replica',
      '，但 {name} 的日誌裡沒有這個請求：{at} 回應了別的副本的名稱',
      names,
    );
  return text('', '');
}

/** The address belongs to one replica, and the answer names another. */
const isLie = (replicas: readonly Replica[], { address, body }: Answer): boolean => {
  const named = namedIn(replicas, body)?.hostname;
  return named !== undefined && ![undefined, named].includes(atAddress(replicas, address)?.hostname);
};

/** Each of our nonces is in the log of the replica that answered it. */
export function foundInLogs<R extends string>(gather: Gather<SampleFacts<R>>): Check<SampleFacts, R> {
  return defineCheck({
    id: 'requests-are-in-the-replicas-logs',
    claim: text(
      "each request is in its own replica's log, where the app logs requests",
      '若應用程式會記錄請求，每個請求都能在處理它的副本日誌中找到',
    ),
    gather,
    judge: judgeLogs,
  });
}

function judgeLogs(facts: SampleFacts): Judgement {
  const bad = requestFailure(facts);
  if (bad) return bad;
  const replicas = runningOf(facts, facts.role);
  const unmatched = facts.answers.filter((answer) => {
    const at = atAddress(replicas, answer.address);
    return !at || !facts.logged[at.id]?.includes(answer.nonce);
  });
  const elsewhere = facts.answers.filter((answer) =>
    replicas.some((one) => one.id !== atAddress(replicas, answer.address)?.id && facts.logged[one.id]?.includes(answer.nonce)),
  );
  // An app that does not log requests is valid too: then only the connection shows which replica answered.
  if (Object.values(facts.logged).every((marks) => marks.length === 0))
    return passed(
      textWith('the app logs no requests: none of {count} is in any log', '應用程式不記錄請求：{count} 個請求都不在任何日誌裡', {
        count: facts.answers.length,
      }),
    );
  if (unmatched.length === 0 && elsewhere.length === 0)
    return passed(textWith('{count} of {count} found', '{count} 個請求都找到了', { count: facts.answers.length }));
  return failed({
    expected: textWith(
      'each of {count} requests in the log of the replica that answered',
      '{count} 個請求都在實際回應的副本日誌中',
      {
        count: facts.answers.length,
      },
    ),
    actual: textWith('{lost} not found, {elsewhere} in another log', '{lost} 個找不到，{elsewhere} 個在其他日誌裡', {
      lost: unmatched.length,
      elsewhere: elsewhere.length,
    }),
    help:
      elsewhere.length > 0 && unmatched.length === 0
        ? textWith(
            'the same request is in the logs of two replicas: the app of one passes requests on to another, like a proxy. It must answer itself: docker compose logs {service}',
            '同一個請求出現在兩個副本的日誌裡：其中一個的應用程式像代理一樣，把請求轉送給另一個。應用程式必須自己回應：docker compose logs {service}',
            { service: nameOf(facts, facts.role) },
          )
        : textWith('read the logs: docker compose logs {service}', '查看日誌：docker compose logs {service}', {
            service: nameOf(facts, facts.role),
          }),
  });
}
