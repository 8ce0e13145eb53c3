import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { type Text, text } from '../lab/text.ts';
import type { Role } from '../lab/tutorial.ts';
import { failed, passed, type Verdict, waiting } from '../lab/verdict.ts';
import type { Answer, World } from '../lab/world.ts';
import { readyScript } from '../probe/scripts.ts';
import { crashesOnAndOn, type LastWords, lastWordsOf, saidBy } from './last-words.ts';
import { addressesOf, listed, nameOf, replicasOf, runningOf, type StackFacts, say } from './look.ts';
import { runProbe, standAt } from './probing.ts';
import { atAddress, namedIn, type SampleFacts, shared } from './sample.ts';

type Gather<F> = (world: World) => Promise<F>;

interface ReadyFacts extends StackFacts {
  readonly ready: readonly string[];
  /** Of the replicas that are not. */
  readonly lastWords?: LastWords;
}

/** Every running replica's app takes requests. */
export function isReady(role: Role): Check<ReadyFacts> {
  return defineCheck({
    id: `${role}-is-ready`,
    claim: say('the app in every replica of {role} takes requests', '{role} 每個副本裡的應用程式都能接受請求', { role }),
    gather: async (world) => {
      const { stack, inside } = await standAt(world);
      const addresses = inside
        ? runningOf(stack, role)
            .map((one) => shared(inside, one))
            .filter((one) => one !== undefined)
        : [];
      const said =
        inside && addresses.length > 0
          ? await runProbe(world, inside, readyScript(addresses, world.spec.appPort, 100), 30_000)
          : undefined;
      const ready = (said?.stdout ?? '').split('\n').filter((line) => line !== '');
      const deaf = replicasOf(stack, role).filter((one) => !isAmong(ready, one));
      return { ...stack, ready, ...(deaf.length > 0 ? { lastWords: await lastWordsOf(world, deaf) } : {}) };
    },
    judge: (facts) => judgeReady(facts, role),
  });
}

const isAmong = (ready: readonly string[], replica: Replica): boolean =>
  addressesOf(replica).some((address) => ready.includes(address));

export function judgeReady(facts: ReadyFacts, role: Role): Verdict {
  const service = nameOf(facts, role);
  const all = replicasOf(facts, role);
  const replicas = runningOf(facts, role);
  const deaf = replicas.filter((one) => !isAmong(facts.ready, one));
  if (replicas.length > 0 && deaf.length === 0) return passed(say('{count} ready', '{count} 個就緒', { count: replicas.length }));
  const mismatch = {
    expected: say('an answer from every replica of {service}', '{service} 的每個副本都有回應', { service }),
    actual:
      replicas.length === 0
        ? ended(all, service)
        : say('no answer from {deaf}', '{deaf} 沒有回應', { deaf: listed(deaf.map((one) => one.hostname)) }),
    help: say('read what it says: docker compose logs {service}', '看看它說了什麼：docker compose logs {service}', { service }),
    ...saidBy(replicas.length === 0 ? all : deaf, facts.lastWords ?? {}),
  };
  if (all.some(crashesOnAndOn)) return failed(mismatch);
  return replicas.length > 0 || all.some((one) => one.state === 'restarting') ? waiting(mismatch) : failed(mismatch);
}

/** What became of a service of which nothing runs. */
const ended = (all: readonly Replica[], service: string): Text => {
  const last = all.find((one) => one.state === 'exited' || one.state === 'restarting');
  return last
    ? say('{service} started and ended again: exit code {code}', '{service} 啟動後又結束了（結束碼 {code}）', {
        service,
        code: last.exitCode,
      })
    : say('no replica of {service} runs', '沒有執行中的 {service} 副本', { service });
};

/** No connection, or a front whose app does not answer it yet. */
const gatewayErrors = new Set([502, 503, 504]);
const onItsWay = new Set([0, ...gatewayErrors]);
const broken = (answers: readonly Answer[]) => answers.filter((answer) => answer.status !== 200);

/** Nothing usable to judge: no answers at all, or broken ones. A refused connection may be an app on its way up. */
export function unanswered(facts: SampleFacts): Verdict | undefined {
  const service = nameOf(facts, facts.role);
  const bad = broken(facts.answers);
  if (facts.answers.length > 0 && bad.length === 0) return undefined;
  const first = bad[0];
  const mismatch = {
    expected: say('an answer to each request', '每個請求都有回應'),
    actual: !first
      ? say(
          'nothing could be asked: no replica of {service} runs, or nothing to ask from',
          '無法送出請求：{service} 沒有執行中的副本，或沒有可以送出請求的容器',
          { service },
        )
      : say('{bad} of {all} failed ({how})', '{all} 個中有 {bad} 個失敗（{how}）', {
          bad: bad.length,
          all: facts.answers.length,
          how:
            first.status === 0
              ? text('no connection, or no full answer', '無法連線，或回應不完整')
              : say('HTTP {status}', 'HTTP {status}', { status: first.status }),
        }),
    help: say('read what it says: docker compose logs {service}', '看看它說了什麼：docker compose logs {service}', {
      // a front says for itself why it could not pass a request on
      service: first && gatewayErrors.has(first.status) ? (facts.services.nginx ?? service) : service,
    }),
  };
  return bad.some((answer) => onItsWay.has(answer.status)) ? waiting(mismatch) : failed(mismatch);
}

/** Each answer names a replica that the engine knows by its hostname. */
export function hostnamesAreReplicas(id: string, claim: Text, gather: Gather<SampleFacts>): Check<SampleFacts> {
  return defineCheck({ id, claim, gather, judge: judgeHostnames });
}

export function judgeHostnames(facts: SampleFacts): Verdict {
  const bad = unanswered(facts);
  if (bad) return bad;
  const replicas = runningOf(facts, facts.role);
  const strange = facts.answers.find((answer) => !namedIn(replicas, answer.body));
  if (!strange) {
    const names = new Set(facts.answers.map((answer) => namedIn(replicas, answer.body)?.hostname ?? ''));
    return passed(
      say('{count} answers from {names}', '{count} 個回應，來自 {names}', {
        count: facts.answers.length,
        names: listed([...names]),
      }),
    );
  }
  return failed({
    expected: say('the hostname of a replica: {names}', '副本的主機名稱：{names}', {
      names: listed(replicas.map((one) => one.hostname)),
    }),
    actual: say('"{body}"', '「{body}」', { body: strange.body.slice(0, 120) }),
    help: say(
      'the app is to answer with its own hostname: socket.gethostname()',
      '應用程式要回應自己的主機名稱：socket.gethostname()',
    ),
  });
}

/** The connection behind each answer was made to the very replica that the answer names. */
export function addressesMatch(id: string, claim: Text, gather: Gather<SampleFacts>): Check<SampleFacts> {
  return defineCheck({ id, claim, gather, judge: judgeAddresses });
}

export function judgeAddresses(facts: SampleFacts): Verdict {
  const bad = unanswered(facts);
  if (bad) return bad;
  const replicas = runningOf(facts, facts.role);
  const odd = facts.answers.find((answer) => {
    const named = namedIn(replicas, answer.body);
    return !named || atAddress(replicas, answer.address)?.id !== named.id;
  });
  if (!odd)
    return passed(
      say('{count} connections, each to the replica that answered', '{count} 個連線，都連到回應的那個副本', {
        count: facts.answers.length,
      }),
    );
  return failed({
    expected: say('a connection to the replica that answered', '連線到回應的那個副本'),
    actual: say('connected to {address} ({owner}), answered by {name}', '連線到 {address}（{owner}），回應的卻是 {name}', {
      address: odd.address,
      owner: atAddress(replicas, odd.address)?.hostname ?? text('no replica', '不是副本'),
      name: namedIn(replicas, odd.body)?.hostname ?? text('somebody else', '別的程式'),
    }),
    help: say(
      'something stands between: does an alias, a fixed `hostname:` or a proxy take the place of the replicas?',
      '中間有別的東西：是否有別名、固定的 `hostname:` 或代理取代了副本？',
    ),
  });
}

/** Each replica, asked at its own address, answers with its own hostname. */
export function eachAnswers(role: Role, gather: Gather<SampleFacts>): Check<SampleFacts> {
  return defineCheck({
    id: `each-${role}-answers`,
    claim: say('every replica of {role} answers with its own hostname', '{role} 的每個副本都回應自己的主機名稱', { role }),
    gather,
    judge: (facts) => {
      const replicas = runningOf(facts, role);
      const silent = replicas.filter(
        (one) =>
          !facts.answers.some(
            (answer) => answer.status === 200 && atAddress([one], answer.address) && namedIn([one], answer.body),
          ),
      );
      if (replicas.length > 0 && silent.length === 0) return passed(listed(replicas.map((one) => one.hostname)));
      return (
        unanswered(facts) ??
        failed({
          expected: say('each of {names} by itself', '{names} 各自回應', { names: listed(replicas.map((one) => one.hostname)) }),
          actual: say('not from {silent}', '{silent} 沒有用自己的名稱回應', {
            silent: listed(silent.map((one) => one.hostname)),
          }),
          help: say(
            'the app is to answer with its own hostname: socket.gethostname()',
            '應用程式要回應自己的主機名稱：socket.gethostname()',
          ),
        })
      );
    },
  });
}

/** Each mark of ours is in the log of the replica that answered it. */
export function foundInLogs(gather: Gather<SampleFacts>): Check<SampleFacts> {
  return defineCheck({
    id: 'requests-are-in-the-replicas-logs',
    claim: text("each request is in its own replica's log", '每個請求都出現在回應它的副本的日誌裡'),
    gather,
    judge: judgeLogs,
  });
}

export function judgeLogs(facts: SampleFacts): Verdict {
  const bad = unanswered(facts);
  if (bad) return bad;
  const replicas = runningOf(facts, facts.role);
  const lost = facts.answers.filter((answer) => {
    const at = atAddress(replicas, answer.address);
    return !at || !facts.logged[at.id]?.includes(answer.nonce);
  });
  const elsewhere = facts.answers.filter((answer) =>
    replicas.some((one) => one.id !== atAddress(replicas, answer.address)?.id && facts.logged[one.id]?.includes(answer.nonce)),
  );
  if (lost.length === 0 && elsewhere.length === 0)
    return passed(say('{count} of {count} found', '{count} 個請求都找到了', { count: facts.answers.length }));
  return failed({
    expected: say('each of {count} requests in the log of the replica that answered', '{count} 個請求都在回應的副本的日誌裡', {
      count: facts.answers.length,
    }),
    actual: say('{lost} not found, {elsewhere} in another log', '{lost} 個找不到，{elsewhere} 個在別的日誌裡', {
      lost: lost.length,
      elsewhere: elsewhere.length,
    }),
    help: say('look yourself: docker compose logs {service}', '自己看看：docker compose logs {service}', {
      service: nameOf(facts, facts.role),
    }),
  });
}
