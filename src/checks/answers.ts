import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { joinTexts, type Text, text } from '../lab/text.ts';
import { failed, type Judgement, passed, type Verdict, waiting, withFaultIn } from '../lab/verdict.ts';
import type { Answer, World } from '../lab/world.ts';
import { explainAnswers } from './causes/answers.ts';
import { includesLoopback, isRefusal } from './evidence/http.ts';
import { restartsRepeatedly, withLogTail } from './evidence/log-tail.ts';
import { skippedWithoutProxy } from './evidence/probes.ts';
import { gatherReady, isAmong, type ReadyFacts } from './evidence/readiness.ts';
import { atAddress, namedIn, type SampleFacts, sameHostname, wordsIn } from './evidence/sample.ts';
import {
  addressesOf,
  exitCodeText,
  hostPortOf,
  listed,
  nameOf,
  quoted,
  replicasOf,
  runningOf,
  runningProxies,
  textWith,
} from './evidence/stack-facts.ts';
import { unknownHostnameHint } from './hostnames.ts';

type Gather<F> = (world: World) => Promise<F>;

/** The app of every running replica accepts requests. */
export function isReady<R extends string>(role: R): Check<ReadyFacts, R> {
  return defineCheck({
    id: `${role}-is-ready`,
    roles: [role],
    claim: textWith('the app in every replica of {role} takes requests', '{role} 每個副本裡的應用程式都能接受請求', { role }),
    gather: (world) => gatherReady(world, role),
    judge: (facts) => withFaultIn([role], judgeReady(facts, role)),
    explain: explainAnswers(role),
  });
}

function judgeReady(facts: ReadyFacts, role: string): Judgement {
  const skip = skippedWithoutProxy(facts, role);
  if (skip) return skip;
  const service = nameOf(facts, role);
  const all = replicasOf(facts, role);
  const replicas = runningOf(facts, role);
  const deaf = replicas.filter((one) => !isAmong(facts.ready, one));
  const statusOf = (one: Replica) => facts.errors?.find(([address]) => addressesOf(one).includes(address))?.[1];
  const refusing = deaf.some((one) => statusOf(one) === undefined);
  if (replicas.length > 0 && deaf.length === 0)
    return passed(textWith('{count} ready', '{count} 個就緒', { count: replicas.length }));
  const mismatch = {
    expected: textWith('an answer from every replica of {service}', '{service} 的每個副本都有回應', { service }),
    actual:
      replicas.length === 0
        ? ended(all, service)
        : joinTexts(
            deaf.map((one) => notReady(one.hostname, statusOf(one))),
            text('; ', '；'),
          ),
    help: refusing
      ? textWith(
          'it must listen on 0.0.0.0 (not on 127.0.0.1), port {port}; read its log: docker compose logs {service}',
          '它必須在 0.0.0.0（不是 127.0.0.1）的連接埠 {port} 上監聽；查看它的日誌：docker compose logs {service}',
          { port: facts.port, service },
        )
      : textWith('read its log: docker compose logs {service}', '查看它的日誌：docker compose logs {service}', {
          service,
        }),
    ...withLogTail(replicas.length === 0 ? all : deaf, facts.lastWords ?? {}),
  };
  if (all.some(restartsRepeatedly)) return failed(mismatch);
  const ends = all.some((one) => one.state === 'restarting');
  return replicas.length > 0 || ends ? waiting(mismatch, { evident: ends || facts.evident !== undefined }) : failed(mismatch);
}

const notReady = (hostname: string, status: string | undefined): Text => {
  if (status === undefined) return textWith('no connection to {hostname}', '無法連線到 {hostname}', { hostname });
  return status === '0'
    ? textWith('{hostname} accepted the request, but did not answer within 2 s', '{hostname} 收到請求，但 2 秒內沒有回應', {
        hostname,
      })
    : textWith('HTTP {status} from {hostname}', '{hostname} 回應 HTTP {status}', { status, hostname });
};

/** The state of a service that has no running replica. */
const ended = (all: readonly Replica[], service: string): Text => {
  const last = all.find((one) => one.state === 'exited' || one.state === 'restarting');
  return last
    ? textWith('{service} started and ended again: exit code {code}', '{service} 啟動後又結束了（結束碼 {code}）', {
        service,
        code: exitCodeText(last),
      })
    : textWith('no replica of {service} runs', '沒有執行中的 {service} 副本', { service });
};

/** The proxy cannot connect to the app, or gets no response from it yet. */
const gatewayErrors = new Set([502, 503, 504]);
const onItsWay = new Set([0, ...gatewayErrors]);
const isOfProxy = ({ throughProxy }: SampleFacts, { status }: Answer): boolean =>
  gatewayErrors.has(status) || (status === 0 && throughProxy === true);
const broken = (answers: readonly Answer[]) => answers.filter((answer) => answer.status !== 200);

/** A request without a nonce, for the plain page, as a learner sends it. */
const isPlain = ({ nonce }: Answer) => nonce === '';

/** Help for a stack that answers a learner's plain requests differently from ours. */
const alikeToAll = (facts: SampleFacts): Text =>
  textWith(
    'every client must get the page: is there a condition on parameters of a request (`$args`, `request.args`) in {front} or {service}? Try: curl http://localhost:{port}/',
    '所有用戶端都必須取得網頁：{front} 或 {service} 是否有取決於請求參數（`$args`、`request.args`）的條件？請試試：curl http://localhost:{port}/',
    {
      front: nameOf(facts, facts.proxy ?? facts.role),
      service: nameOf(facts, facts.role),
      port: hostPortOf(facts, runningProxies(facts)) ?? 80,
    },
  );

/** The failure if the requests went through the reverse proxy, and it does not run while the app does. */
function proxyAbsence(facts: SampleFacts): Judgement | undefined {
  const { throughProxy, proxy } = facts;
  if (!throughProxy || proxy === undefined || runningProxies(facts).length > 0) return undefined;
  if (runningOf(facts, facts.role).length === 0) return undefined;
  const all = replicasOf(facts, proxy);
  const front = nameOf(facts, proxy);
  const mismatch = {
    expected: textWith('an answer to each request through {front}', '透過 {front} 的每個請求都有回應', { front }),
    actual:
      all.length > 0
        ? textWith('{front} does not run', '{front} 沒有在執行', { front })
        : textWith('there is no container of {front}', '沒有 {front} 的容器', { front }),
    help:
      all.length > 0
        ? textWith('see why it does not run: docker compose logs {front}', '查看它沒有執行的原因：docker compose logs {front}', {
            front,
          })
        : textWith(
            'compose.yaml must have a service {front}; start it: docker compose up -d',
            'compose.yaml 必須有 {front} 服務；請啟動它：docker compose up -d',
            { front },
          ),
  };
  return all.some((one) => ['created', 'restarting', 'removing'].includes(one.state)) ? waiting(mismatch) : failed(mismatch);
}

/** The failure if the proxy's port is published, but on no address that loopback reaches: no request could be sent. */
function publishedElsewhere(facts: SampleFacts): Judgement | undefined {
  const ports = runningProxies(facts).flatMap((one) => one.published);
  if (!facts.throughProxy || ports.length === 0 || ports.some(({ hostIp }) => includesLoopback(hostIp))) return undefined;
  if (facts.answers.some(({ status }) => status !== 0)) return undefined;
  const names = { front: nameOf(facts, facts.proxy ?? facts.role), ...ports[0] };
  return failed({
    expected: textWith(
      'a port of {front} that this machine reaches at 127.0.0.1',
      '這台機器可以用 127.0.0.1 連到 {front} 的連接埠',
      names,
    ),
    actual: textWith('published on {hostIp}:{hostPort} only', '只發佈在 {hostIp}:{hostPort}', names),
    help: textWith(
      'under `ports:` of {front}: "127.0.0.1:{hostPort}:{containerPort}"; then docker compose up -d',
      '在 {front} 的 `ports:` 寫："127.0.0.1:{hostPort}:{containerPort}"；再執行 docker compose up -d',
      names,
    ),
  });
}

/**
 * The failure if the answers cannot be judged: none, or broken ones. A refused connection may mean that the app is still
 * starting.
 */
export function requestFailure(facts: SampleFacts): Judgement | undefined {
  const absent = proxyAbsence(facts) ?? publishedElsewhere(facts);
  if (absent) return absent;
  const service = nameOf(facts, facts.role);
  const bad = broken(facts.answers);
  if (facts.answers.length > 0 && bad.length === 0) return undefined;
  const first = bad[0];
  const how =
    first?.status === 0
      ? text('no connection, or no full answer', '無法連線，或回應不完整')
      : textWith('HTTP {status}', 'HTTP {status}', { status: first?.status ?? '' });
  const plainAlone = bad.every(isPlain) && bad.length < facts.answers.length;
  const mismatch = {
    expected: textWith('an answer to each request', '每個請求都有回應'),
    actual: !first
      ? textWith(
          'no request could be sent: no replica of {service} runs, or no container to send it from',
          '無法送出請求：{service} 沒有執行中的副本，或沒有可以送出請求的容器',
          { service },
        )
      : plainAlone
        ? textWith(
            'a plain `/` failed ({how}), while `/?lab=…` was answered',
            '不帶參數的 `/` 失敗（{how}），`/?lab=…` 卻有回應',
            {
              how,
            },
          )
        : textWith('{bad} of {all} failed ({how})', '{all} 個中有 {bad} 個失敗（{how}）', {
            bad: bad.length,
            all: facts.answers.length,
            how,
          }),
    help: plainAlone
      ? alikeToAll(facts)
      : first && isRefusal(first)
        ? textWith(
            'if a rate limit (`limit_req`) refuses the requests, allow more of them, or a larger `burst`; read the log: docker compose logs {front}',
            '如果是速率限制（`limit_req`）拒絕了請求，請允許更多請求，或加大 `burst`；查看日誌：docker compose logs {front}',
            { front: nameOf(facts, facts.throughProxy && facts.proxy ? facts.proxy : facts.role) },
          )
        : textWith('read its log: docker compose logs {service}', '查看它的日誌：docker compose logs {service}', {
            // the reason why the proxy could not pass a request on, or does not answer, is in the proxy's own log
            service: first && isOfProxy(facts, first) ? nameOf(facts, facts.proxy ?? facts.role) : service,
          }),
  };
  return bad.some((answer) => onItsWay.has(answer.status)) ? waiting(mismatch) : failed(mismatch);
}

/** Fails if replicas share a hostname: their answers cannot be told apart. */
export function shareName(replicas: readonly Replica[]): Verdict | undefined {
  const hostname = replicas.find(
    (one, at) => replicas.findIndex((two) => sameHostname(two.hostname, one.hostname)) < at,
  )?.hostname;
  if (hostname === undefined) return undefined;
  return failed({
    expected: textWith('a different hostname for each of {count} replicas', '{count} 個副本各有自己的主機名稱', {
      count: replicas.length,
    }),
    actual: textWith('{count} have the hostname {hostname}', '有 {count} 個的主機名稱是 {hostname}', {
      count: replicas.filter((one) => sameHostname(one.hostname, hostname)).length,
      hostname,
    }),
    help: text(
      'remove `hostname:` from compose.yaml: Docker gives each container its own name',
      '移除 compose.yaml 裡的 `hostname:`：Docker 會給每個容器不同的名稱',
    ),
  });
}

/** Each answer contains the hostname of a replica that the engine reports. */
export function hostnamesAreReplicas<R extends string>(
  id: string,
  claim: Text,
  gather: Gather<SampleFacts<R>>,
): Check<SampleFacts, R> {
  return defineCheck({
    id,
    claim,
    gather,
    judge: (facts) => withFaultIn([facts.role, 'conf'], judgeHostnames(facts)),
    explain: (world, facts) => explainAnswers(facts.role)(world, facts),
  });
}

function judgeHostnames(facts: SampleFacts): Judgement {
  const bad = requestFailure(facts);
  if (bad) return bad;
  const replicas = runningOf(facts, facts.role);
  const alike = shareName(replicas);
  if (alike) return alike;
  const strange = facts.answers.find((answer) => !namedIn(replicas, answer.body));
  if (!strange) {
    const names = new Set(facts.answers.map((answer) => namedIn(replicas, answer.body)?.hostname ?? ''));
    return passed(
      textWith('{count} answers from {names}', '{count} 個回應，來自 {names}', {
        count: facts.answers.length,
        names: listed([...names]),
      }),
      noteOnCase(replicas, facts.answers),
    );
  }
  const body = quoted(strange.body.slice(0, 120));
  return failed({
    expected: textWith('the hostname of a replica: {names}', '副本的主機名稱：{names}', {
      names: listed(replicas.map((one) => one.hostname)),
    }),
    actual: isPlain(strange) ? textWith('{body} to a plain `/`', '對不帶參數的 `/` 回應{body}', { body }) : body,
    help: isPlain(strange) ? alikeToAll(facts) : unknownHostnameHint(facts, facts.role),
  });
}

/** A note if an answer has a hostname in other letters, upper or lower case, than the engine. */
function noteOnCase(replicas: readonly Replica[], answers: readonly Answer[]): { note?: Text } {
  for (const { body } of answers) {
    const hostname = namedIn(replicas, body)?.hostname ?? '';
    const words = wordsIn(body).filter((word) => sameHostname(word, hostname));
    const [shown] = words;
    if (shown !== undefined && !words.includes(hostname))
      return {
        note: textWith(
          'the app answers {shown}, and the hostname is {hostname}: upper and lower case are the same in a hostname',
          '應用程式回應 {shown}，主機名稱是 {hostname}：主機名稱不分大小寫',
          { shown, hostname },
        ),
      };
  }
  return {};
}

/** Each replica, requested at its own address, answers with its own hostname. */
export function eachAnswers<R extends string>(role: R, gather: Gather<SampleFacts>): Check<SampleFacts, R> {
  return defineCheck({
    id: `each-${role}-answers`,
    roles: [role],
    claim: textWith('every replica of {role} answers with its own hostname', '{role} 的每個副本都以自己的主機名稱回應', { role }),
    gather,
    judge: (facts) => withFaultIn([role], judgeEach(facts, role)),
    explain: (world, facts) => explainAnswers(role)(world, facts),
  });
}

/** The name of another replica that one of these gave. */
function givenName(facts: SampleFacts, replicas: readonly Replica[], silent: readonly Replica[]): Text {
  for (const one of silent) {
    const answer = facts.answers.find(({ address, status }) => status === 200 && atAddress([one], address));
    const other = answer && namedIn(replicas, answer.body)?.hostname;
    if (other !== undefined)
      return textWith(': {one} answered with the name {other}', '：{one} 回應的名稱是 {other}', { one: one.hostname, other });
  }
  return text('', '');
}

function judgeEach(facts: SampleFacts, role: string): Judgement {
  const skip = skippedWithoutProxy(facts, role);
  if (skip) return skip;
  const replicas = runningOf(facts, role);
  const alike = shareName(replicas);
  if (alike) return alike;
  const silent = replicas.filter(
    (one) =>
      !facts.answers.some((answer) => answer.status === 200 && atAddress([one], answer.address) && namedIn([one], answer.body)),
  );
  if (replicas.length > 0 && silent.length === 0)
    return passed(listed(replicas.map((one) => one.hostname)), noteOnCase(replicas, facts.answers));
  return (
    requestFailure(facts) ??
    failed({
      expected: textWith('each of {names} by itself', '{names} 各自回應', {
        names: listed(replicas.map((one) => one.hostname)),
      }),
      actual: textWith('not from {silent}{given}', '{silent} 沒有以自己的名稱回應{given}', {
        silent: listed(silent.map((one) => one.hostname)),
        given: givenName(facts, replicas, silent),
      }),
      help: textWith(
        'the app must answer with its own hostname: socket.gethostname()',
        '應用程式必須以自己的主機名稱回應：socket.gethostname()',
      ),
    })
  );
}
